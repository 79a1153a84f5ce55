package bindep

import "slices"

// Unmet is what rules ask for and a system doesn't have.
type Unmet struct {
	Missing []string // the packages that aren't there, sorted, each once: what `bindep -b` prints
	Wrong   []Wrong  // for each rule and relation that the version installed doesn't hold, in the order of the rules
}

// Wrong is a package that is there in a version that won't do.
type Wrong struct {
	Name      string
	Relation  Relation
	Installed string
}

// Nothing says that all is there.
func (u Unmet) Nothing() bool { return len(u.Missing) == 0 && len(u.Wrong) == 0 }

// Check compares the rules, of which all count (see Active), with the packages that are installed, by name. An empty version
// is a package that isn't. Names in rules may also be those of files, and with rpm of whatever packages provide: whoever makes
// the map knows whether they are there.
func (rs Rules) Check(installed map[string]string) Unmet {
	var u Unmet
	for _, r := range rs {
		version := installed[r.Name]
		if version == "" {
			u.Missing = append(u.Missing, r.Name)
			continue
		}
		for _, v := range r.Versions {
			if !v.Holds(version) {
				u.Wrong = append(u.Wrong, Wrong{Name: r.Name, Relation: v, Installed: version})
			}
		}
	}
	slices.Sort(u.Missing)
	u.Missing = slices.Compact(u.Missing)
	return u
}

// Holds says whether an installed version will do. == and != compare the texts, so that 1.0 isn't 1.0-0; the others compare by
// Debian's order, whatever the package manager.
func (r Relation) Holds(installed string) bool {
	switch r.Op {
	case "==":
		return installed == r.Version
	case "!=":
		return installed != r.Version
	case "<":
		return CompareVersions(installed, r.Version) < 0
	case "<=":
		return CompareVersions(installed, r.Version) <= 0
	case ">":
		return CompareVersions(installed, r.Version) > 0
	case ">=":
		return CompareVersions(installed, r.Version) >= 0
	}
	return false
}
