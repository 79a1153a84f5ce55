// Package elf reads of ELF files what decides where they run: their architecture, the libraries that they need, and the newest
// version of glibc whose symbols they need.
//
// It reads what the dynamic loader reads, the program headers and the dynamic segment, so that a file without a table of sections hides
// nothing. The files are of strangers: time and memory are bounded whatever is in them, which debug/elf doesn't promise (it unpacks a
// compressed table of names without a limit, and follows chains of versions for hours).
//
// Sources: System V ABI ("Dynamic Linking"), Linux Standard Base ("Symbol Versioning"). The oracle of the tests is debug/elf, on the
// system's own libraries.
package elf

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrNot: it isn't an ELF file at all.
var ErrNot = errors.New("no ELF file")

// File is what an ELF file says.
type File struct {
	Arch    string   // as `uname -m` says; "": none that is known here
	Machine string   // what ELF calls it, for people: "EM_X86_64 (ELFCLASS64, ELFDATA2LSB)"
	Needed  []string // shared libraries, in the file's order
	RunPath []string // where it looks for them before all other places
	Glibc   string   // the newest version of glibc whose symbols it needs: "2.34"; "": none
}

// What an honest file has at most.
const (
	maxHeaders = 1_000
	maxEntries = 10_000   // of the dynamic segment
	maxTable   = 16 << 20 // bytes of names, or of versions
)

// Read reads a file of that size. ErrNot when it is no ELF file; other errors say that it is damaged, or what r said. A file without a
// dynamic segment, such as one that isn't linked yet, is no error.
func Read(r io.ReaderAt, size int64) (File, error) {
	var id [elf.EI_NIDENT]byte
	if n, err := r.ReadAt(id[:], 0); err != nil && err != io.EOF {
		return File{}, err
	} else if n < len(id) || string(id[:len(elf.ELFMAG)]) != elf.ELFMAG {
		return File{}, ErrNot
	}
	f := file{r: r, size: uint64(size), class: elf.Class(id[elf.EI_CLASS]), data: elf.Data(id[elf.EI_DATA]), order: binary.LittleEndian}
	if f.data == elf.ELFDATA2MSB {
		f.order = binary.BigEndian
	}
	if err := f.readHeaders(); err != nil {
		return File{}, err
	}
	out := File{Arch: f.arch(), Machine: fmt.Sprintf("%v (%v, %v)", f.machine, f.class, f.data)}
	d, err := f.readDynamic()
	if err != nil {
		return out, err
	}
	if out.Needed, err = d.texts(elf.DT_NEEDED); err != nil {
		return out, err
	}
	if out.RunPath, err = d.runPath(); err != nil {
		return out, err
	}
	out.Glibc, err = d.glibc()
	return out, err
}
