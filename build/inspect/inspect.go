// Package inspect looks at a wheel that was built: whether it is what was ordered, whether it will work where it is meant to, and whether
// something is missing that upstream's own wheels have.
//
// It runs nothing itself and changes nothing. What it can't find out is no fault of the wheel's.
package inspect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

// Report is what was found.
type Report struct {
	Objects  []Object // ELF files, by path
	Modules  []string // dotted names of extension modules, sorted
	Top      []string // modules that can be imported, sorted
	Compared string   // upstream's wheel that it was compared with; "": none
	Missing  []string // extension modules that that one has
	Notes    []string // what people may want to know, and is no fault
}

// Fault is what makes a wheel unfit. Kind tells the two sorts apart.
type Fault struct {
	Kind   Kind
	Reason string
	Advice string
}

func (f *Fault) Error() string { return f.Reason }

// Kind of a fault.
type Kind int

// The kinds: it isn't what it says or should be; it lacks something.
const (
	Wrong Kind = iota
	Lacking
)

func wrong(format string, args ...any) *Fault {
	return &Fault{Kind: Wrong, Reason: fmt.Sprintf(format, args...)}
}

// Ordered is what a wheel should be.
type Ordered struct {
	Project project.Name
	Version string
	Target  platform.Target
}

// Identity checks name, version and tags, in the file's name and in its metadata; a *Fault when they aren't those of the order.
func Identity(filename string, a *wheel.Archive, o Ordered) (wheel.Filename, error) {
	name, err := wheel.ParseFilename(filename)
	if err != nil {
		return name, wrong("%s is no name of a wheel: %v", filename, err)
	}
	if name.Project != o.Project {
		return name, wrong("it made a wheel of %s instead of %s: %s", name.Project, o.Project, filename)
	}
	if err := sameVersion(name.Version, o.Version, filename); err != nil {
		return name, err
	}
	if _, _, ok := o.Target.Tags.Best(name.Tags); !ok {
		return name, wrong("it made a wheel that %s doesn't take: %s", o.Target.Name(), filename)
	}
	return name, metadata(a, name, o)
}

func sameVersion(v pep440.Version, ordered, where string) error {
	want, err := pep440.Parse(ordered)
	if err != nil {
		return fmt.Errorf("the ordered version: %w", err)
	}
	if v.Compare(want) != 0 {
		return wrong("it made version %s instead of %s: %s", v, want, where)
	}
	return nil
}

func metadata(a *wheel.Archive, name wheel.Filename, o Ordered) error {
	md, _, err := a.Metadata()
	if err != nil {
		return wrong("its METADATA can't be read: %v", err)
	}
	if project.Normalize(md.Name) != o.Project {
		return wrong("its METADATA names the project %q", md.Name)
	}
	v, err := pep440.Parse(md.Version)
	if err != nil {
		return wrong("its METADATA has the version %q", md.Version)
	}
	if err := sameVersion(v, o.Version, "METADATA"); err != nil {
		return err
	}
	info, err := a.Info()
	if err != nil {
		return wrong("its file WHEEL can't be read: %v", err)
	}
	for _, t := range name.Tags {
		if len(info.Tags) > 0 && !slices.Contains(info.Tags, t) {
			return wrong("its name has the tag %s, its file WHEEL doesn't", t)
		}
	}
	return nil
}

// suffixes of extension modules begin at the first dot: _x.cpython-311-x86_64-linux-gnu.so, _x.abi3.so, _x.so.
const sharedSuffix = ".so"

// Modules are the dotted names of the extension modules among a wheel's members, sorted. Libraries that auditwheel and others bundle aren't modules.
func Modules(members []string) []string {
	var names []string
	for _, m := range members {
		if !strings.HasSuffix(m, sharedSuffix) {
			continue
		}
		if name, ok := moduleName(Installed(m)); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// moduleName makes a/b/_x.abi3.so to a.b._x.
func moduleName(file string) (string, bool) {
	dir, base := path.Split(file)
	base, _, _ = strings.Cut(base, ".")
	parts := append(strings.FieldsFunc(dir, func(r rune) bool { return r == '/' }), base)
	for _, p := range parts {
		if !identifier(p) {
			return "", false
		}
	}
	return strings.Join(parts, "."), true
}

// identifier as Python has them, as far as names of files go.
func identifier(s string) bool {
	for i, r := range s {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 || i > 0 && r >= '0' && r <= '9' {
			continue
		}
		return false
	}
	return s != ""
}

// Installed is where a member of a wheel goes in site-packages; "" when it goes elsewhere.
func Installed(member string) string {
	first, rest, _ := strings.Cut(member, "/")
	if !strings.HasSuffix(first, ".data") {
		return member
	}
	scheme, file, _ := strings.Cut(rest, "/")
	if scheme == "purelib" || scheme == "platlib" {
		return file
	}
	return ""
}

// Top are the modules that a wheel's members let one import, sorted: packages, and files at the top.
func Top(members []string) []string {
	var names []string
	for _, m := range members {
		file := Installed(m)
		first, rest, nested := strings.Cut(file, "/")
		switch {
		case nested && (rest == "__init__.py" || strings.HasPrefix(rest, "__init__.") && strings.HasSuffix(rest, sharedSuffix)):
		case !nested && strings.HasSuffix(first, ".py"):
			first = strings.TrimSuffix(first, ".py")
		case !nested && strings.HasSuffix(first, sharedSuffix):
			first, _, _ = strings.Cut(first, ".")
		default:
			continue
		}
		if identifier(first) && first != "__init__" {
			names = append(names, first)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
