package plan

import (
	"cmp"
	"slices"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/source"
)

// askKey: wants with one key share a decision. range is set only where no version is known.
type askKey struct {
	project project.Name
	version string
	target  int
	within  string
}

func (a *ask) key(w source.Want) askKey {
	k := askKey{project: a.project, version: a.version, target: a.target.index}
	if a.version == "" {
		k.within = w.Versions.String()
	}
	return k
}

func merge(asks map[askKey]*ask, a *ask, l line) {
	k := a.key(l.Want)
	have := asks[k]
	if have == nil {
		asks[k] = a
		have = a
	} else if have.settled != nil && a.settled != nil && have.settled.reason > a.settled.reason {
		have.settled = a.settled // of several reasons the same one, whatever the order of the wants
	} else if have.settled != nil && a.settled == nil {
		have.settled, have.release = nil, a.release
	}
	have.pinned = have.pinned || a.pinned
	if !slices.Contains(have.wantedBy, l.Origin) {
		have.wantedBy = append(have.wantedBy, l.Origin)
	}
}

// sorted puts the questions in the plan's order: project, version, target. What is no version comes before those that are.
func sorted(asks map[askKey]*ask) []*ask {
	list := make([]sortable, 0, len(asks))
	for k, a := range asks {
		slices.SortFunc(a.wantedBy, compareOrigins)
		s := sortable{askKey: k, ask: a}
		if a.release != nil {
			s.parsed = a.release.version
		} else if v, err := pep440.Parse(a.version); err == nil {
			s.parsed = v
		}
		list = append(list, s)
	}
	slices.SortFunc(list, sortable.compare)
	out := make([]*ask, len(list))
	for i, s := range list {
		out[i] = s.ask
	}
	return out
}

type sortable struct {
	askKey
	ask    *ask
	parsed pep440.Version // zero: no version
}

func (s sortable) compare(o sortable) int {
	if c := cmp.Compare(s.project, o.project); c != 0 {
		return c
	}
	if a, b := s.parsed.IsZero(), o.parsed.IsZero(); a != b {
		if a {
			return -1
		}
		return 1
	} else if !a {
		if c := s.parsed.Compare(o.parsed); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(s.version, o.version), cmp.Compare(s.within, o.within), cmp.Compare(s.target, o.target))
}

func compareOrigins(a, b source.Origin) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Series, b.Series), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}
