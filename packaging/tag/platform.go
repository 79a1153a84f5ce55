package tag

import (
	"fmt"
	"strings"
)

// Libc is the C library that the interpreter is linked against; of one with another name, no portable tags are known.
type Libc struct {
	Name         string // "glibc", "musl"
	Major, Minor int
}

// Platform is what the tags depend on, of a Linux system.
//
// The architecture is the interpreter's: a 32-bit Python on an x86_64 kernel is i686, on an aarch64 kernel armv8l.
// armv7l and armv8l mean the hard-float ABI, the only one that manylinux knows there.
type Platform struct {
	Arch string // as `uname -m` prints it: x86_64, aarch64, armv7l, riscv64
	Libc Libc
}

// manylinuxArchs are the architectures that manylinux takes by name (PEP 600 and packaging's list).
var manylinuxArchs = map[string]bool{
	"x86_64": true, "aarch64": true, "ppc64": true, "ppc64le": true, "s390x": true, "loongarch64": true, "riscv64": true,
	"armv7l": true, "i686": true,
}

// legacyNames are the aliases from before PEP 600, by glibc 2's minor version: PEP 599, 571, 513.
var legacyNames = map[int]string{17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

// lastMinor is the minor version at which packaging assumes an earlier major version of glibc to have ended.
const lastMinor = 50

func (p Platform) archs() []string {
	arch := strings.NewReplacer(".", "_", "-", "_", " ", "_").Replace(strings.ToLower(p.Arch))
	if arch == "armv8l" {
		return []string{arch, "armv7l"}
	}
	return []string{arch}
}

// tags is the platform part of the tags, best first.
func (p Platform) tags() []string {
	archs := p.archs()
	var tags []string
	for _, arch := range archs {
		tags = append(tags, "linux_"+arch)
	}
	switch p.Libc.Name {
	case "glibc":
		if manylinuxArchs[archs[len(archs)-1]] {
			for _, arch := range archs {
				tags = p.Libc.manylinux(tags, arch)
			}
		}
	case "musl":
		for _, arch := range archs {
			tags = p.Libc.musllinux(tags, arch)
		}
	}
	return tags
}

// manylinux adds the tags of PEP 600, from this glibc down to 2.17, on x86 to 2.5.
func (l Libc) manylinux(tags []string, arch string) []string {
	oldest := 17
	if arch == "x86_64" || arch == "i686" {
		oldest = 5
	}
	newest := l.Minor
	for major := l.Major; major >= 2; major-- {
		last := 0
		if major == 2 {
			last = oldest
		}
		for minor := newest; minor >= last; minor-- {
			tags = append(tags, fmt.Sprintf("manylinux_%d_%d_%s", major, minor, arch))
			if legacy := legacyNames[minor]; major == 2 && legacy != "" {
				tags = append(tags, legacy+"_"+arch)
			}
		}
		newest = lastMinor
	}
	return tags
}

// musllinux adds the tags of PEP 656: this minor version of musl and all before it.
func (l Libc) musllinux(tags []string, arch string) []string {
	for minor := l.Minor; minor >= 0; minor-- {
		tags = append(tags, fmt.Sprintf("musllinux_%d_%d_%s", l.Major, minor, arch))
	}
	return tags
}
