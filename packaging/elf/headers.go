package elf

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// file is an ELF file being read.
type file struct {
	r       io.ReaderAt
	size    uint64
	class   elf.Class
	data    elf.Data
	order   binary.ByteOrder
	machine elf.Machine
	loads   []elf.Prog64 // the segments that are loaded
	dynamic *elf.Prog64  // nil: it has none
}

var errCutOff = errors.New("it is cut off")

// get reads a struct, or a slice of bytes, at an offset.
func (f *file) get(off uint64, v any) error {
	n := uint64(binary.Size(v))
	if off > f.size || n > f.size-off {
		return errCutOff
	}
	return binary.Read(io.NewSectionReader(f.r, int64(off), int64(n)), f.order, v)
}

// readHeaders reads the file's head and its program headers.
func (f *file) readHeaders() error {
	var h elf.Header64
	switch f.class {
	case elf.ELFCLASS64:
		if err := f.get(0, &h); err != nil {
			return err
		}
	case elf.ELFCLASS32:
		var narrow elf.Header32
		if err := f.get(0, &narrow); err != nil {
			return err
		}
		h.Machine, h.Phoff, h.Phnum, h.Phentsize = narrow.Machine, uint64(narrow.Phoff), narrow.Phnum, narrow.Phentsize
	default:
		return fmt.Errorf("it is of the class %v", f.class)
	}
	f.machine = elf.Machine(h.Machine)
	if h.Phnum > maxHeaders {
		return fmt.Errorf("it has %d program headers", h.Phnum)
	}
	for i := range uint64(h.Phnum) {
		p, err := f.program(h.Phoff, i, uint64(h.Phentsize))
		if err != nil {
			return err
		}
		switch elf.ProgType(p.Type) {
		case elf.PT_LOAD:
			f.loads = append(f.loads, p)
		case elf.PT_DYNAMIC:
			f.dynamic = &p
		}
	}
	return nil
}

// program is the header number i, in the form of 64 bits.
func (f *file) program(table, i, entry uint64) (p elf.Prog64, err error) {
	if table > f.size {
		return p, errCutOff
	}
	at := table + i*entry
	if f.class == elf.ELFCLASS64 {
		if int(entry) != binary.Size(p) {
			return p, fmt.Errorf("its program headers have %d bytes each", entry)
		}
		return p, f.get(at, &p)
	}
	var narrow elf.Prog32
	if int(entry) != binary.Size(narrow) {
		return p, fmt.Errorf("its program headers have %d bytes each", entry)
	}
	err = f.get(at, &narrow)
	return elf.Prog64{Type: narrow.Type, Off: uint64(narrow.Off), Vaddr: uint64(narrow.Vaddr), Filesz: uint64(narrow.Filesz)}, err
}

// at finds where in the file an address of memory is, and how many bytes of the file follow it there.
func (f *file) at(address uint64) (off, rest uint64, err error) {
	for _, p := range f.loads {
		if within := address - p.Vaddr; address >= p.Vaddr && within < p.Filesz {
			return p.Off + within, p.Filesz - within, nil
		}
	}
	return 0, 0, fmt.Errorf("the address %#x is in no segment", address)
}

// table reads what is at an address: n bytes, or all that is there up to maxTable when n is 0.
func (f *file) table(address, n uint64) ([]byte, error) {
	off, rest, err := f.at(address)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		n = min(rest, maxTable)
	}
	if n > rest || off > f.size || n > f.size-off {
		return nil, errCutOff
	}
	if n > maxTable {
		return nil, fmt.Errorf("it has a table of %d bytes", n)
	}
	text := make([]byte, n)
	return text, f.get(off, text)
}
