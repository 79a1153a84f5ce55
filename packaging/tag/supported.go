package tag

import (
	"fmt"
	"slices"
	"strings"
)

// Interpreter is what the tags depend on, of one Python.
type Interpreter struct {
	Implementation string // sys.implementation.name: "cpython", "pypy"
	Major, Minor   int
	ABIs           []string // those of its own extension modules, best first: "cp311"; "cp313t"; "pypy310_pp73"; a debug build has "cp311d", "cp311"
}

// shortNames are the abbreviations that PEP 425 reserves; any other implementation goes by its own name.
var shortNames = map[string]string{"python": "py", "cpython": "cp", "pypy": "pp", "ironpython": "ip", "jython": "jy"}

// name is what its tags begin with: "cp311".
func (in Interpreter) name() string {
	implementation := strings.ToLower(in.Implementation)
	if short, ok := shortNames[implementation]; ok {
		implementation = short
	}
	return implementation + in.version(in.Minor)
}

func (in Interpreter) version(minor int) string { return fmt.Sprintf("%d%d", in.Major, minor) }

// isThreaded tells a free-threaded CPython, by its first ABI: "cp313t".
func (in Interpreter) isThreaded() bool {
	if len(in.ABIs) == 0 {
		return false
	}
	flags, ok := strings.CutPrefix(in.ABIs[0], "cp")
	if !ok || flags == "" || flags[0] < '0' || flags[0] > '9' {
		return false
	}
	return strings.Contains(strings.TrimLeft(flags, "0123456789"), "t")
}

// Supported is every tag that the interpreter takes on the platform, best first and none twice, in pip's order:
// the interpreter's own ABIs, the stable ABI (abi3, or abi3t of a free-threaded build), its pure-Python tags, the stable ABI
// of earlier minor versions, then those of any interpreter.
//
// Of an interpreter that isn't CPython it is what pip computes: packaging's own sys_tags names one tag of PyPy otherwise
// ("pp3-none-any" for pip's "pp310-none-any"), and it is pip that installs.
func Supported(in Interpreter, p Platform) []Tag {
	l := list{platforms: p.tags(), seen: map[Tag]bool{}}
	if strings.EqualFold(in.Implementation, "cpython") {
		l.cpython(in)
	} else {
		l.generic(in)
	}
	l.compatible(in)
	return l.tags
}

type list struct {
	platforms []string
	tags      []Tag
	seen      map[Tag]bool
}

func (l *list) add(python, abi, platform string) {
	t := Tag{strings.ToLower(python), strings.ToLower(abi), platform}
	if !l.seen[t] {
		l.seen[t] = true
		l.tags = append(l.tags, t)
	}
}

func (l *list) onEach(python, abi string) {
	for _, platform := range l.platforms {
		l.add(python, abi, platform)
	}
}

func (l *list) cpython(in Interpreter) {
	stable, python := "abi3", in.name()
	if in.isThreaded() {
		stable = "abi3t"
	}
	for _, abi := range in.ABIs {
		if abi != "none" && abi != "abi3" && abi != stable {
			l.onEach(python, abi)
		}
	}
	hasStable := in.Major > 3 || in.Major == 3 && in.Minor >= 2
	if hasStable {
		l.onEach(python, stable)
	}
	l.onEach(python, "none")
	if !hasStable {
		return
	}
	for minor := in.Minor - 1; minor > 1; minor-- {
		l.onEach("cp"+in.version(minor), stable)
	}
}

func (l *list) generic(in Interpreter) {
	for _, abi := range in.ABIs {
		l.onEach(in.name(), abi)
	}
	if !slices.Contains(in.ABIs, "none") {
		l.onEach(in.name(), "none")
	}
}

func (l *list) compatible(in Interpreter) {
	pythons := []string{"py" + in.version(in.Minor), fmt.Sprintf("py%d", in.Major)}
	for minor := in.Minor - 1; minor >= 0; minor-- {
		pythons = append(pythons, "py"+in.version(minor))
	}
	for _, python := range pythons {
		l.onEach(python, "none")
	}
	l.add(in.name(), "none", "any")
	for _, python := range pythons {
		l.add(python, "none", "any")
	}
}
