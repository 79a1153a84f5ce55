package plan

import (
	"cmp"
	"fmt"
	"slices"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/yard"
)

// form is what an sdist turns into.
type form int

const (
	formless       form = iota // not known
	pure                       // one wheel for all
	perPlatform                // one wheel for all interpreters of a platform, from base on
	perInterpreter             // one wheel each
)

// shape is the prediction of what an sdist turns into. It only decides which orders go first: a wrong one costs a
// superfluous or a later build.
type shape struct {
	form form
	base [2]int // of perPlatform: the lowest Python that its ABI suits
	abi3 bool   // of perPlatform: for CPython that is not free-threaded only
	from string // the evidence, for people
}

// serves: a wheel of a perPlatform shape suits the target, if it was built for a Python not above its own.
func (s shape) serves(t *target) bool {
	if s.abi3 && (!t.cpython || t.freeThreaded) {
		return false
	}
	return cmp.Or(cmp.Compare(t.major, s.base[0]), cmp.Compare(t.minor, s.base[1])) >= 0
}

// ownBuild is one wheel that we have or had.
type ownBuild struct {
	version  pep440.Version
	filename string
	tags     []tag.Tag
}

// sortBuilt collects what our own builds of the projects gave, whether it is still held or not.
func (p *planner) sortBuilt(names []project.Name) {
	for _, name := range names {
		for _, w := range p.held[name] {
			p.built[name] = append(p.built[name], ownBuild{w.version, w.Filename, w.tags.tags})
		}
	}
	for _, a := range p.in.Attempts {
		if l := p.listings[a.Project]; l == nil || a.Class != yard.Built {
			continue
		}
		if f, err := wheel.ParseFilename(a.Wheel.Filename); err == nil {
			p.built[a.Project] = append(p.built[a.Project], ownBuild{f.Version, f.String(), f.Tags})
		}
	}
	for _, list := range p.built {
		slices.SortFunc(list, func(a, b ownBuild) int {
			return cmp.Or(b.version.Compare(a.version), cmp.Compare(a.filename, b.filename))
		})
	}
}

// predict tells what the sdists of a release turn into, by the nearest evidence: our builds of this version, or else of
// the version before it (or after); upstream's wheels of this version, or else of the one before it (or after).
func (p *planner) predict(r *release) shape {
	own := p.built[r.listing.name]
	at, ok := closest(len(own), func(i int) int { return own[i].version.Compare(r.version) }, func(int) bool { return true })
	if ok {
		var sets [][]tag.Tag
		for _, b := range own {
			if b.version.Compare(own[at].version) == 0 {
				sets = append(sets, b.tags)
			}
		}
		return shapeOf(sets, "our build of "+own[at].version.String())
	}
	all := r.listing.releases
	at, ok = closest(len(all), func(i int) int { return all[i].version.Compare(r.version) },
		func(i int) bool { return len(p.wheels(all[i])) > 0 })
	if !ok {
		return shape{}
	}
	return shapeOf(p.wheels(all[at]), "upstream's wheels of "+all[at].text)
}

func (p *planner) wheels(r *release) [][]tag.Tag {
	var sets [][]tag.Tag
	for _, f := range p.open(r).files {
		if f.bad == "" && !f.sdist {
			sets = append(sets, f.tags.tags)
		}
	}
	return sets
}

// closest finds, in a list sorted from new to old, the entry equal to what compare measures against, else the next
// older, else the next newer, of those that count.
func closest(n int, compare func(int) int, counts func(int) bool) (int, bool) {
	first := 0
	for first < n && compare(first) > 0 {
		first++
	}
	for i := first; i < n; i++ {
		if counts(i) {
			return i, true
		}
	}
	for i := first - 1; i >= 0; i-- {
		if counts(i) {
			return i, true
		}
	}
	return 0, false
}

// shapeOf reads the shape off the tags of one version's wheels: what serves many interpreters of a platform before what
// serves one, and that before pure ones, which then are only there for platforms without a compiler.
func shapeOf(sets [][]tag.Tag, from string) shape {
	s := shape{from: from}
	for _, set := range sets {
		f, base, abi3 := formOf(set)
		switch {
		case f == perPlatform && (s.form != perPlatform || slices.Compare(base[:], s.base[:]) < 0):
			s.form, s.base, s.abi3 = f, base, abi3
		case s.form != perPlatform:
			s.form = max(s.form, f)
		}
	}
	return s
}

func formOf(set []tag.Tag) (f form, base [2]int, abi3 bool) {
	if tag.Pure(set) {
		return pure, base, false
	}
	for _, t := range set {
		if t.ABI == "abi3" || t.ABI == "none" {
			v, _ := pythonVersion(t.Python)
			if f != perPlatform || slices.Compare(v[:], base[:]) < 0 {
				f, base, abi3 = perPlatform, v, t.ABI == "abi3"
			}
		}
	}
	if f == perPlatform {
		return f, base, abi3
	}
	return perInterpreter, base, false
}

func (s shape) String() string {
	switch s.form {
	case pure:
		return fmt.Sprintf("thought to be pure by %s", s.from)
	case perPlatform:
		return fmt.Sprintf("thought to serve Python %d.%d and later by %s", s.base[0], s.base[1], s.from)
	case perInterpreter:
		return fmt.Sprintf("one wheel for each interpreter by %s", s.from)
	}
	return "never built before"
}
