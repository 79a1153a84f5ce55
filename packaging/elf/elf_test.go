package elf

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/internal/elftest"
)

func read(text []byte) (File, error) { return Read(bytes.NewReader(text), int64(len(text))) }

const x86 = "EM_X86_64 (ELFCLASS64, ELFDATA2LSB)"

func TestRead(t *testing.T) {
	type lib = elftest.Library
	for _, c := range []struct {
		lib  lib
		want File
	}{
		{lib{}, File{Arch: "x86_64", Machine: x86}},
		{lib{Static: true, Needed: []string{"libc.so.6"}}, File{Arch: "x86_64", Machine: x86}},
		{lib{Glibc: []string{"2.14", "2.2.5", "PRIVATE"}}, File{Arch: "x86_64", Machine: x86, Glibc: "2.14"}},
		{lib{Glibc: []string{"2.2.5", "2.34", "2.4"}}, File{Arch: "x86_64", Machine: x86, Glibc: "2.34"}},
		{lib{Glibc: []string{"2.2.5", "ABI_DT_RELR"}}, File{Arch: "x86_64", Machine: x86, Glibc: "2.36"}},
		{lib{Needed: []string{"libz.so.1", "libc.so.6"}, RunPath: "$ORIGIN/../x.libs:/opt", RPath: "/old"},
			File{Arch: "x86_64", Machine: x86, Needed: []string{"libz.so.1", "libc.so.6"}, RunPath: []string{"$ORIGIN/../x.libs", "/opt"}}},
		{lib{RPath: "/old"}, File{Arch: "x86_64", Machine: x86, RunPath: []string{"/old"}}},
		{lib{Machine: elf.EM_S390, Data: elf.ELFDATA2MSB, Glibc: []string{"2.28"}, Needed: []string{"libm.so.6"}},
			File{Arch: "s390x", Machine: "EM_S390 (ELFCLASS64, ELFDATA2MSB)", Glibc: "2.28", Needed: []string{"libm.so.6"}}},
		{lib{Machine: elf.EM_PPC64}, File{Arch: "ppc64le", Machine: "EM_PPC64 (ELFCLASS64, ELFDATA2LSB)"}},
		{lib{Machine: elf.EM_PPC64, Data: elf.ELFDATA2MSB}, File{Arch: "ppc64", Machine: "EM_PPC64 (ELFCLASS64, ELFDATA2MSB)"}},
		{lib{Class: elf.ELFCLASS32, Machine: elf.EM_ARM, Glibc: []string{"2.4"}, Needed: []string{"libc.so.6"}},
			File{Arch: "armv7l", Machine: "EM_ARM (ELFCLASS32, ELFDATA2LSB)", Glibc: "2.4", Needed: []string{"libc.so.6"}}},
		{lib{Class: elf.ELFCLASS32}, File{Arch: "x32", Machine: "EM_X86_64 (ELFCLASS32, ELFDATA2LSB)"}},
		{lib{Machine: elf.EM_ALPHA}, File{Machine: "EM_ALPHA (ELFCLASS64, ELFDATA2LSB)"}},
		// Each entry claims to be a library with all that follow as its versions: that would be some 10^10 steps.
		{lib{Verneed: bytes.Repeat([]byte{1, 0, 255, 255, 0, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0}, 1<<19)}, File{Arch: "x86_64", Machine: x86}},
	} {
		got, err := read(c.lib.Bytes())
		if err != nil {
			t.Errorf("%+v: %v", c.want, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestNotELF(t *testing.T) {
	for _, text := range []string{"", "\x7fELF", "PK\x03\x04", "#!/bin/sh\nexit 0\n# long enough"} {
		if _, err := read([]byte(text)); !errors.Is(err, ErrNot) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestDamaged: a file that is cut off anywhere, or any byte of which is turned, is read or refused; a cut is noticed.
func TestDamaged(t *testing.T) {
	for _, class := range []elf.Class{elf.ELFCLASS64, elf.ELFCLASS32} {
		text := elftest.Library{Class: class, Machine: elf.EM_386, Needed: []string{"libc.so.6"}, RunPath: "/a:/b", Glibc: []string{"2.5"}}.Bytes()
		for n := elf.EI_NIDENT; n < len(text)-32; n++ { // what is cut off at the very end is only the mark of the end
			if _, err := read(text[:n]); err == nil {
				t.Errorf("%v: cut off after %d bytes", class, n)
			}
		}
		for i := range text {
			for _, bit := range []byte{1, 0x80} {
				turned := slices.Clone(text)
				turned[i] ^= bit
				read(turned)
			}
		}
	}
}

// TestSystem holds the reading of the system's own libraries against debug/elf's.
func TestSystem(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"/usr/lib/*-linux-gnu*/*.so*", "/usr/lib64/*.so*", "/usr/lib/python3*/lib-dynload/*.so"} {
		found, _ := filepath.Glob(pattern)
		paths = append(paths, found...)
	}
	seen := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		want, err := byStandard(text)
		if err != nil {
			continue
		}
		got, err := read(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		got.Arch, got.Machine = "", ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", path, d)
		}
		seen++
	}
	if seen == 0 {
		t.Skip("no library is where it is looked for")
	}
	t.Logf("%d libraries", seen)
}

// byStandard is what debug/elf reads, which looks at sections.
func byStandard(text []byte) (out File, err error) {
	f, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return out, err
	}
	if f.Section(".dynamic") == nil {
		return out, errors.New("nothing to compare")
	}
	if out.Needed, err = f.DynString(elf.DT_NEEDED); err != nil {
		return out, err
	}
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		if paths, err := f.DynString(tag); err == nil && len(paths) > 0 {
			out.RunPath = strings.Split(strings.Join(paths, ":"), ":")
		}
	}
	needs, err := f.DynamicVersionNeeds()
	for _, n := range needs {
		for _, v := range n.Needs {
			version := strings.TrimPrefix(v.Dep, "GLIBC_")
			if version == "ABI_DT_RELR" {
				version = "2.36"
			}
			if version != v.Dep && NewerLibc(version, out.Glibc) {
				out.Glibc = version
			}
		}
	}
	return out, err
}

func TestRunsOn(t *testing.T) {
	for _, c := range []struct {
		is, arch string
		want     bool
	}{
		{"x86_64", "x86_64", true}, {"x86_64", "aarch64", false}, {"x86_64", "i686", false}, {"x86_64", "", false}, {"armv7l", "armv6l", true},
		{"armv7l", "armv8l", true}, {"i686", "i386", true}, {"x86_64", "mips64", false}, {"", "mips64", true}, {"", "x86_64", false}, {"", "", false},
	} {
		if got := (File{Arch: c.is}).RunsOn(c.arch); got != c.want {
			t.Errorf("%s on %s: %t", c.is, c.arch, got)
		}
	}
}

func TestNewerLibc(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2.34", "2.5", true}, {"2.5", "2.34", false}, {"2.34", "2.34", false}, {"2.2.5", "2.2", true}, {"PRIVATE", "", false}, {"2.0", "", true}, {"", "2.0", false}} {
		if got := NewerLibc(c.a, c.b); got != c.want {
			t.Errorf("%s after %s: %t", c.a, c.b, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(elftest.Library{Glibc: []string{"2.14", "2.2.5"}, Needed: []string{"libc.so.6"}, RunPath: "/a"}.Bytes())
	f.Add(elftest.Library{Machine: elf.EM_S390, Data: elf.ELFDATA2MSB, Glibc: []string{"2.28"}}.Bytes())
	f.Add(elftest.Library{Class: elf.ELFCLASS32, Machine: elf.EM_ARM}.Bytes())
	f.Add([]byte(elf.ELFMAG))
	f.Fuzz(func(t *testing.T, text []byte) {
		if o, err := read(text); err == nil && o.Machine == "" {
			t.Errorf("%+v", o)
		}
	})
}

func Example() {
	library := elftest.Library{Needed: []string{"libyaml-0.so.2", "libc.so.6"}, Glibc: []string{"2.14"}}.Bytes()
	f, err := Read(bytes.NewReader(library), int64(len(library)))
	fmt.Println(f.Arch, f.Needed, f.Glibc, err)
	// Output: x86_64 [libyaml-0.so.2 libc.so.6] 2.14 <nil>
}
