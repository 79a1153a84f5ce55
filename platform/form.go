package platform

import (
	"fmt"
	"regexp"
	"strconv"
)

var libcVersion = regexp.MustCompile(`^([0-9]{1,4})\.([0-9]{1,4})(?:$|[^0-9])`)

// numbers of a version such as 2.36, or 2.20-2014.11 as some vendors write it.
func (l Libc) numbers() (major, minor int, err error) {
	m := libcVersion.FindStringSubmatch(l.Version)
	if m == nil {
		return 0, 0, fmt.Errorf("%q is no version of a C library", l.Version)
	}
	major, _ = strconv.Atoi(m[1])
	minor, _ = strconv.Atoi(m[2])
	return major, minor, nil
}

// form is an interpreter as the tags need it.
type form struct {
	implementation string // sys.implementation.name
	minor          int
	abis           []string
}

var (
	version3  = regexp.MustCompile(`^3\.([0-9]{1,3})(?:\.|$)`)
	abiCP     = regexp.MustCompile(`^cp3([0-9]{1,3})(t?)(d?)(m?)$`)
	abiPyPy   = regexp.MustCompile(`^pypy3([0-9]{1,3})_pp[0-9]+$`)
	knownImpl = map[string]string{"CPython": "cpython", "PyPy": "pypy"}
)

// formOf reads an interpreter and checks that its fields agree.
func formOf(in Interpreter) (form, error) {
	v := version3.FindStringSubmatch(in.Version)
	if v == nil {
		return form{}, fmt.Errorf("version: %q is no version of Python 3", in.Version)
	}
	f := form{implementation: knownImpl[in.Implementation], abis: []string{in.ABI}}
	f.minor, _ = strconv.Atoi(v[1])
	var abi []string
	var target string
	switch f.implementation {
	case "cpython":
		if abi = abiCP.FindStringSubmatch(in.ABI); abi != nil {
			target = "cp3" + abi[1] + abi[2] + abi[3]
			if abi[3] == "d" && f.minor >= 8 { // a debug build takes ordinary extension modules too
				f.abis = append(f.abis, "cp3"+abi[1]+abi[2])
			}
		}
	case "pypy":
		if abi = abiPyPy.FindStringSubmatch(in.ABI); abi != nil {
			target = "pp3" + abi[1]
		}
	default:
		return form{}, fmt.Errorf(`implementation: %q is not known: "CPython" or "PyPy"`, in.Implementation)
	}
	switch {
	case abi == nil || abi[1] != v[1]:
		return form{}, fmt.Errorf("abi: %q is no ABI of %s %s", in.ABI, in.Implementation, in.Version)
	case target != in.Target:
		return form{}, fmt.Errorf("target: %q: with this ABI it is called %q", in.Target, target)
	}
	return f, nil
}
