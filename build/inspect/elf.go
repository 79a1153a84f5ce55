package inspect

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"wheelyard/platform"
)

// Object is an ELF file of a wheel.
type Object struct {
	Path    string
	Arch    string    // as `uname -m` says; "": not known
	Needed  []Library // shared libraries, in the file's order
	Glibc   string    // the highest version of glibc's symbols that it needs: "2.34"; "": none
	RunPath []string
}

// Library is one that an object needs.
type Library struct {
	Name    string
	Path    string // on the host; "": it is in the wheel, or nowhere
	Package string // of the distribution, that has it; "": not known
}

var errNoELF = errors.New("no ELF file")

// readObject reads an ELF file. Damaged ones are errors.
func readObject(file string, r io.ReaderAt) (o Object, err error) {
	defer func() { // debug/elf is robust, but what it reads was made by strangers
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", file, p)
		}
	}()
	var magic [4]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil || string(magic[:]) != elf.ELFMAG {
		return Object{}, errNoELF
	}
	f, err := elf.NewFile(r)
	if err != nil {
		return Object{}, fmt.Errorf("%s: %w", file, err)
	}
	defer f.Close()
	o = Object{Path: file, Arch: machine(f)}
	needed, err := f.ImportedLibraries()
	if err != nil {
		return o, nil // a program without a dynamic part
	}
	for _, n := range needed {
		o.Needed = append(o.Needed, Library{Name: n})
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		paths, _ := f.DynString(tag)
		for _, p := range paths {
			o.RunPath = append(o.RunPath, strings.Split(p, ":")...)
		}
	}
	versions, _ := f.DynamicVersionNeeds()
	for _, v := range versions {
		for _, n := range v.Needs {
			if g, ok := strings.CutPrefix(n.Dep, "GLIBC_"); ok && newerLibc(g, o.Glibc) {
				o.Glibc = g
			}
		}
	}
	return o, nil
}

// newerLibc compares "2.34" with "2.5"; "" is older than all, and "PRIVATE" is none.
func newerLibc(a, b string) bool {
	x, ok := libcNumbers(a)
	if !ok {
		return false
	}
	y, _ := libcNumbers(b)
	return slices.Compare(x, y) > 0
}

func libcNumbers(s string) (numbers []int, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

func machine(f *elf.File) string {
	little := f.Data == elf.ELFDATA2LSB
	switch f.Machine {
	case elf.EM_X86_64:
		if f.Class == elf.ELFCLASS32 {
			return "x32"
		}
		return "x86_64"
	case elf.EM_386:
		return "i686"
	case elf.EM_AARCH64:
		return "aarch64"
	case elf.EM_ARM:
		return "armv7l"
	case elf.EM_RISCV:
		if f.Class == elf.ELFCLASS64 {
			return "riscv64"
		}
		return "riscv32"
	case elf.EM_PPC64:
		if little {
			return "ppc64le"
		}
		return "ppc64"
	case elf.EM_S390:
		return "s390x"
	case elf.EM_LOONGARCH:
		return "loongarch64"
	}
	return ""
}

// sameArch allows for names of one architecture that differ only in the kernel's view.
func sameArch(a, b string) bool {
	norm := func(s string) string {
		switch s {
		case "armv8l", "armv6l", "arm":
			return "armv7l"
		case "i386", "i486", "i586":
			return "i686"
		}
		return s
	}
	return norm(a) == norm(b)
}

// isLibrary: something that is loaded, and not just carried along.
func isLibrary(file string) bool {
	base := path.Base(file)
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// checkObjects compares what the objects are with what the target takes.
func checkObjects(objects []Object, pure bool, t platform.Target) error {
	for _, o := range objects {
		if !isLibrary(o.Path) {
			continue
		}
		if pure {
			return wrong("its tag says that it runs everywhere, but it has %s, which is for %s", o.Path, o.Arch)
		}
		if o.Arch != "" && !sameArch(o.Arch, t.Arch) {
			return wrong("%s is for %s, the target is %s", o.Path, o.Arch, t.Arch)
		}
		if t.Libc.Name == "glibc" && o.Glibc != "" && newerLibc(o.Glibc, t.Libc.Version) {
			return wrong("%s needs glibc %s, the target has %s", o.Path, o.Glibc, t.Libc.Version)
		}
	}
	return nil
}
