// Package elftest makes small ELF libraries for tests: nothing in them runs, and all of what the dynamic loader looks at is there.
package elftest

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// Library is one to be made. Its zero value is an empty one for x86-64.
type Library struct {
	Machine elf.Machine // 0: x86-64
	Class   elf.Class   // 0: 64 bits
	Data    elf.Data    // 0: little-endian
	Needed  []string
	RunPath string   // "": none
	RPath   string   // "": none
	Glibc   []string // versions of glibc that it needs, as "2.34" or "PRIVATE"
	Verneed []byte   // instead of a good table of versions; nil: that of Glibc
	Static  bool     // without a dynamic segment
}

type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// at is where the file is in memory: nothing of it is at the offset that is its address.
const at = 0x10000

// Bytes makes the file: head, program headers, names, versions, and the dynamic segment. It has no table of sections.
func (l Library) Bytes() []byte {
	if l.Machine == 0 {
		l.Machine = elf.EM_X86_64
	}
	if l.Class == 0 {
		l.Class = elf.ELFCLASS64
	}
	if l.Data == 0 {
		l.Data = elf.ELFDATA2LSB
	}
	w := writer{order: binary.LittleEndian, wide: l.Class == elf.ELFCLASS64}
	if l.Data == elf.ELFDATA2MSB {
		w.order = binary.BigEndian
	}
	names := []byte{0}
	add := func(name string) uint64 {
		from := len(names)
		names = append(append(names, name...), 0)
		return uint64(from)
	}
	var entries []elf.Dyn64
	for _, n := range l.Needed {
		entries = append(entries, elf.Dyn64{Tag: int64(elf.DT_NEEDED), Val: add(n)})
	}
	for tag, text := range map[elf.DynTag]string{elf.DT_RUNPATH: l.RunPath, elf.DT_RPATH: l.RPath} {
		if text != "" {
			entries = append(entries, elf.Dyn64{Tag: int64(tag), Val: add(text)})
		}
	}
	versions := l.Verneed
	if versions == nil {
		versions = l.versions(w.order, add)
	}
	head := uint64(64 + 2*56)
	if !w.wide {
		head = 52 + 2*32
	}
	namesAt, versionsAt := head, head+uint64(len(names))
	dynamicAt := versionsAt + uint64(len(versions))
	entries = append(entries, elf.Dyn64{Tag: int64(elf.DT_STRTAB), Val: at + namesAt}, elf.Dyn64{Tag: int64(elf.DT_STRSZ), Val: uint64(len(names))})
	if len(versions) > 0 {
		entries = append(entries, elf.Dyn64{Tag: int64(elf.DT_VERNEED), Val: at + versionsAt}, elf.Dyn64{Tag: int64(elf.DT_VERNEEDNUM), Val: 1})
	}
	entries = append(entries, elf.Dyn64{})
	dynamic := writer{order: w.order, wide: w.wide}
	for _, e := range entries {
		dynamic.entry(e)
	}
	w.head(l, 2)
	size := dynamicAt + uint64(dynamic.Len())
	w.program(elf.Prog64{Type: uint32(elf.PT_LOAD), Vaddr: at, Filesz: size, Memsz: size})
	segment := elf.Prog64{Type: uint32(elf.PT_DYNAMIC), Off: dynamicAt, Vaddr: at + dynamicAt, Filesz: uint64(dynamic.Len())}
	if l.Static {
		segment.Type = uint32(elf.PT_NOTE)
	}
	w.program(segment)
	w.Write(names)
	w.Write(versions)
	w.Write(dynamic.Bytes())
	return w.Bytes()
}

// versions is a table (SHT_GNU_verneed) with one library.
func (l Library) versions(order order, add func(string) uint64) []byte {
	if len(l.Glibc) == 0 {
		return nil
	}
	table := order.AppendUint16(nil, 1)
	table = order.AppendUint16(table, uint16(len(l.Glibc)))
	for _, n := range []uint32{uint32(add("libc.so.6")), 16, 0} {
		table = order.AppendUint32(table, n)
	}
	for i, v := range l.Glibc {
		next := uint32(16)
		if i == len(l.Glibc)-1 {
			next = 0
		}
		table = order.AppendUint32(table, 0)
		table = order.AppendUint16(table, 0)
		table = order.AppendUint16(table, uint16(i+2))
		table = order.AppendUint32(table, uint32(add("GLIBC_"+v)))
		table = order.AppendUint32(table, next)
	}
	return table
}

type writer struct {
	bytes.Buffer
	order order
	wide  bool // of 64 bits
}

func (w *writer) put(v any) { binary.Write(&w.Buffer, w.order, v) } // writing to memory can't fail

func (w *writer) head(l Library, programs uint16) {
	var id [elf.EI_NIDENT]byte
	copy(id[:], elf.ELFMAG)
	id[elf.EI_CLASS], id[elf.EI_DATA], id[elf.EI_VERSION] = byte(l.Class), byte(l.Data), 1
	if w.wide {
		w.put(elf.Header64{Ident: id, Type: uint16(elf.ET_DYN), Machine: uint16(l.Machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: programs})
		return
	}
	w.put(elf.Header32{Ident: id, Type: uint16(elf.ET_DYN), Machine: uint16(l.Machine), Version: 1, Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: programs})
}

func (w *writer) program(p elf.Prog64) {
	if w.wide {
		w.put(p)
		return
	}
	w.put(elf.Prog32{Type: p.Type, Off: uint32(p.Off), Vaddr: uint32(p.Vaddr), Filesz: uint32(p.Filesz), Memsz: uint32(p.Memsz)})
}

func (w *writer) entry(e elf.Dyn64) {
	if w.wide {
		w.put(e)
		return
	}
	w.put(elf.Dyn32{Tag: int32(e.Tag), Val: uint32(e.Val)})
}
