package plan

import (
	"fmt"
	"slices"
	"strings"

	"wheelyard/packaging/tag"
)

// explain says why none of a wheel's tags suits a target: what is wrong with the interpreter, with the platform, or both.
func explain(tags []tag.Tag, t *target) misfit {
	var forPython []tag.Tag
	for _, w := range tags {
		if t.pythons[[2]string{w.Python, w.ABI}] {
			forPython = append(forPython, w)
		}
	}
	if len(forPython) > 0 {
		if m, ok := platformMisfit(forPython, t); ok {
			return m
		}
		return misfit{WrongPlatform, "not for this interpreter and platform together"}
	}
	m := pythonMisfit(tags, t)
	if other, wrong := platformMisfit(tags, t); wrong {
		m.why += ", " + other.why
	}
	return m
}

// pythonMisfit compares interpreter and ABI, given that no tag suits.
func pythonMisfit(tags []tag.Tag, t *target) misfit {
	nearest, found := tags[0], false
	for _, w := range tags { // of py2.py3 or cp27.cp312, the one that is nearest to the target
		if v, ok := pythonVersion(w.Python); ok && v[0] == t.major && !found {
			nearest, found = w, true
		}
	}
	version, versioned := pythonVersion(nearest.Python)
	dotted := fmt.Sprintf("%d.%d", version[0], version[1])
	switch python, abi := nearest.Python, nearest.ABI; {
	case (abi == "abi3" || abi == "abi3t") && !t.cpython:
		return misfit{WrongPython, "built for CPython (" + python + "-" + abi + ")"}
	case abi == "abi3" && t.freeThreaded:
		return misfit{WrongThreading, "abi3, which a free-threaded CPython cannot load"}
	case abi == "abi3t" && !t.freeThreaded:
		return misfit{WrongThreading, "built for free-threaded CPython " + dotted + " or later (abi3t)"}
	case abi == "abi3", abi == "abi3t":
		return misfit{WrongABI, "needs CPython " + dotted + " or later (" + abi + ")"}
	case strings.HasPrefix(abi, "cp") && strings.HasSuffix(abi, "t") && !t.freeThreaded:
		return misfit{WrongThreading, "built for free-threaded CPython " + dotted + " (" + abi + ")"}
	case t.freeThreaded && abi == t.Python[:len(t.Python)-1]:
		return misfit{WrongThreading, "built for " + abi + ", and not free-threaded"}
	case strings.HasPrefix(python, "pp") && versioned:
		return misfit{WrongPython, "built for PyPy " + dotted}
	case strings.HasPrefix(python, "py") && versioned && version[0] == 2:
		return misfit{WrongPython, "built for Python 2"}
	case abi != "none" && !strings.HasPrefix(abi, python):
		return misfit{WrongPython, "built for " + python + " (" + abi + ")"}
	default:
		return misfit{WrongPython, "built for " + python}
	}
}

// pythonVersion reads "cp311", "py3" and "pp310"; a missing minor version is 0.
func pythonVersion(s string) (v [2]int, ok bool) {
	digits := strings.TrimLeft(s, "abcdefghijklmnopqrstuvwxyz")
	if digits == "" || digits == s {
		return v, false
	}
	if _, err := fmt.Sscanf(digits[:1], "%d", &v[0]); err != nil {
		return v, false
	}
	if len(digits) > 1 {
		if _, err := fmt.Sscanf(digits[1:], "%d", &v[1]); err != nil {
			return v, false
		}
	}
	return v, true
}

// platformMisfit says what is wrong with the platforms; ok is false when one of them suits. Of several reasons the one
// nearest to a fit is given: a C library too old before another architecture before another operating system.
func platformMisfit(tags []tag.Tag, t *target) (m misfit, ok bool) {
	for _, w := range tags {
		if t.platforms[w.Platform] {
			return misfit{}, false
		}
		if n := onePlatform(w.Platform, t); m.kind == "" || nearness(n.kind) < nearness(m.kind) {
			m = n
		}
	}
	return m, true
}

func nearness(m Mismatch) int {
	return slices.Index([]Mismatch{WrongLibc, WrongMusl, WrongArch, WrongPlatform}, m)
}

func onePlatform(tag string, t *target) misfit {
	libc, major, minor, arch := linuxTag(tag)
	switch {
	case libc == "":
		return misfit{WrongPlatform, "for " + system(tag)}
	case arch != t.Arch:
		return misfit{WrongArch, "for " + arch}
	case libc == "linux":
		return misfit{WrongPlatform, "for " + tag}
	case libc == "musl" && t.Libc.Name != "musl":
		return misfit{WrongMusl, fmt.Sprintf("for musl %d.%d, platform has %s %s", major, minor, t.Libc.Name, t.Libc.Version)}
	case libc == "glibc" && t.Libc.Name != "glibc":
		return misfit{WrongMusl, fmt.Sprintf("for glibc %d.%d, platform has %s %s", major, minor, t.Libc.Name, t.Libc.Version)}
	default:
		return misfit{WrongLibc, fmt.Sprintf("needs %s %d.%d, platform has %s", libc, major, minor, t.Libc.Version)}
	}
}

// linuxTag reads manylinux, musllinux and plain linux platform tags (PEP 600 with its aliases, PEP 656). libc is "" for
// any other platform.
func linuxTag(tag string) (libc string, major, minor int, arch string) {
	for prefix, version := range map[string]int{"manylinux1_": 5, "manylinux2010_": 12, "manylinux2014_": 17} {
		if arch, ok := strings.CutPrefix(tag, prefix); ok {
			return "glibc", 2, version, arch
		}
	}
	for prefix, libc := range map[string]string{"manylinux_": "glibc", "musllinux_": "musl"} {
		rest, ok := strings.CutPrefix(tag, prefix)
		if !ok {
			continue
		}
		if parts := strings.SplitN(rest, "_", 3); len(parts) == 3 {
			if n, _ := fmt.Sscanf(parts[0]+" "+parts[1], "%d %d", &major, &minor); n == 2 {
				return libc, major, minor, parts[2]
			}
		}
	}
	if arch, ok := strings.CutPrefix(tag, "linux_"); ok {
		return "linux", 0, 0, arch
	}
	return "", 0, 0, ""
}

// system names the operating system of a platform tag as people do.
func system(tag string) string {
	switch {
	case strings.HasPrefix(tag, "macosx_"):
		return "macOS (" + tag + ")"
	case strings.HasPrefix(tag, "win"):
		return "Windows (" + tag + ")"
	default:
		return tag
	}
}
