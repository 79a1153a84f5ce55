package inspect

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"strings"

	"wheelyard/packaging/elf"
	"wheelyard/platform"
)

// Object is an ELF file of a wheel.
type Object struct {
	Path    string
	Arch    string    // as `uname -m` says; "": not known
	Machine string    // as ELF says it
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

// readObject reads an ELF file; elf.ErrNot when it is none. Other errors say that it is damaged, or that it can't be read.
func readObject(member string, f *os.File) (Object, error) {
	info, err := f.Stat()
	if err != nil {
		return Object{}, err
	}
	e, err := elf.Read(f, info.Size())
	if err != nil {
		return Object{}, fmt.Errorf("%s: %w", member, err)
	}
	o := Object{Path: member, Arch: e.Arch, Machine: e.Machine, Glibc: e.Glibc, RunPath: e.RunPath}
	for _, n := range e.Needed {
		o.Needed = append(o.Needed, Library{Name: n})
	}
	return o, nil
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
			return wrong("its tag says that it runs everywhere, but it has %s, which is for %s", o.Path, cmp.Or(o.Arch, o.Machine))
		}
		if !(elf.File{Arch: o.Arch}).RunsOn(t.Arch) {
			return wrong("%s is for %s, the target is %s", o.Path, cmp.Or(o.Arch, o.Machine), t.Arch)
		}
		if t.Libc.Name == "glibc" && o.Glibc != "" && elf.NewerLibc(o.Glibc, t.Libc.Version) {
			return wrong("%s needs glibc %s, the target has %s", o.Path, o.Glibc, t.Libc.Version)
		}
	}
	return nil
}
