package elf

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// dynamic is the dynamic segment: tags with values, and the names that some of the values stand for.
type dynamic struct {
	file    *file
	entries []elf.Dyn64
	names   []byte
}

// readDynamic reads the segment, which has no entries when the file has none.
func (f *file) readDynamic() (d dynamic, err error) {
	d.file = f
	if f.dynamic == nil {
		return d, nil
	}
	size := uint64(binary.Size(elf.Dyn64{}))
	if f.class == elf.ELFCLASS32 {
		size = uint64(binary.Size(elf.Dyn32{}))
	}
	for i := range f.dynamic.Filesz / size {
		if i == maxEntries {
			return d, fmt.Errorf("its dynamic segment has more than %d entries", maxEntries)
		}
		e, err := f.dynamicEntry(f.dynamic.Off + i*size)
		if err != nil {
			return d, err
		}
		if elf.DynTag(e.Tag) == elf.DT_NULL {
			break
		}
		d.entries = append(d.entries, e)
	}
	if len(d.entries) == 0 {
		return d, nil
	}
	at, ok := d.value(elf.DT_STRTAB)
	n, sized := d.value(elf.DT_STRSZ)
	if !ok || !sized {
		return d, nil // nothing in it has a name
	}
	if n == 0 {
		return d, nil
	}
	d.names, err = f.table(at, n)
	return d, err
}

func (f *file) dynamicEntry(off uint64) (e elf.Dyn64, err error) {
	if f.class == elf.ELFCLASS64 {
		return e, f.get(off, &e)
	}
	var narrow elf.Dyn32
	err = f.get(off, &narrow)
	return elf.Dyn64{Tag: int64(narrow.Tag), Val: uint64(narrow.Val)}, err
}

// value is that of the first entry with a tag.
func (d *dynamic) value(tag elf.DynTag) (v uint64, ok bool) {
	for _, e := range d.entries {
		if elf.DynTag(e.Tag) == tag {
			return e.Val, true
		}
	}
	return 0, false
}

// texts are the names that all entries with a tag stand for.
func (d *dynamic) texts(tag elf.DynTag) (texts []string, err error) {
	for _, e := range d.entries {
		if elf.DynTag(e.Tag) != tag {
			continue
		}
		text, ok := name(d.names, e.Val)
		if !ok {
			return texts, fmt.Errorf("its entry %v has no name", tag)
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// maxName is the longest path that a name may be.
const maxName = 4096

// name is the text at a place in a table of names.
func name(names []byte, at uint64) (text string, ok bool) {
	if at >= uint64(len(names)) {
		return "", false
	}
	text1, _, ended := bytes.Cut(names[at:min(uint64(len(names)), at+maxName)], []byte{0})
	return string(text1), ended
}

// runPath: the older DT_RPATH counts only where there is no DT_RUNPATH.
func (d *dynamic) runPath() (folders []string, err error) {
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		texts, err := d.texts(tag)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			folders = append(folders, strings.Split(text, ":")...)
		}
		if len(folders) > 0 {
			return folders, nil
		}
	}
	return nil, nil
}
