package pep440

import (
	"slices"
	"strings"

	"wheelyard/internal/pystr"
)

// Prereleases says whether pre-releases match: packaging's None, True, False.
type Prereleases int

const (
	// PrereleasesDefault takes pre-releases when some specifier names one, or when nothing else matches
	// (PEP 440, "Handling of pre-releases").
	PrereleasesDefault Prereleases = iota
	PrereleasesAllow
	PrereleasesDeny
)

// Specifiers is a set of version specifiers, all of which must match. The zero value has none, and matches all versions.
type Specifiers struct {
	clauses []clause // sorted by text, without those that mean the same as an earlier one
	text    string
}

// ParseSpecifiers reads specifiers with commas between (PEP 440, "Version specifiers"). Nothing between two commas is
// ignored, so that "" is the empty set. The error is an *InvalidSpecifierError for the first clause that is wrong.
func ParseSpecifiers(s string) (Specifiers, error) {
	var clauses []clause
	for part := range strings.SplitSeq(s, ",") {
		if part = pystr.Trim(part); part == "" {
			continue
		}
		c, err := parseClause(part)
		if err != nil {
			return Specifiers{}, err
		}
		clauses = append(clauses, c)
	}
	return newSpecifiers(clauses), nil
}

// ParseSpecifier reads exactly one specifier, as packaging's Specifier does: a comma after === belongs to the version.
// The error is an *InvalidSpecifierError.
func ParseSpecifier(s string) (Specifiers, error) {
	c, err := parseClause(pystr.Trim(s))
	if err != nil {
		return Specifiers{}, err
	}
	return newSpecifiers([]clause{c}), nil
}

func newSpecifiers(clauses []clause) Specifiers {
	if len(clauses) == 0 {
		return Specifiers{}
	}
	if len(clauses) == 1 {
		return Specifiers{clauses, clauses[0].text}
	}
	slices.SortStableFunc(clauses, func(a, b clause) int { return strings.Compare(a.text, b.text) })
	seen := make(map[identity]bool, len(clauses))
	clauses = slices.DeleteFunc(clauses, func(c clause) bool {
		id := c.identity()
		again := seen[id]
		seen[id] = true
		return again
	})
	texts := make([]string, len(clauses))
	for i := range clauses {
		texts[i] = clauses[i].text
	}
	return Specifiers{clauses, strings.Join(texts, ",")}
}

// String is the set as packaging prints it: as written but for white space, sorted, and each only once.
func (s Specifiers) String() string { return s.text }

// IsEmpty says whether there is no specifier at all.
func (s Specifiers) IsEmpty() bool { return len(s.clauses) == 0 }

// Equal says whether both have the same specifiers: ==1.0 is ==1 too, but >=1,>=2 is not >=2.
func (s Specifiers) Equal(t Specifiers) bool {
	return slices.EqualFunc(s.clauses, t.clauses, func(a, b clause) bool { return a.identity() == b.identity() })
}

// Contains says whether v matches. By default pre-releases do: one version has no alternatives.
// The zero Version matches nothing but the empty set.
func (s Specifiers) Contains(v Version, pre Prereleases) bool {
	if pre == PrereleasesDeny && v.IsPrerelease() || v.IsZero() && !s.IsEmpty() {
		return false
	}
	for i := range s.clauses {
		if !s.clauses[i].matches(&v) {
			return false
		}
	}
	return true
}

// ContainsText is Contains for a version as somebody wrote it: === compares with that, and what is no version can only
// match ===, or the empty set.
func (s Specifiers) ContainsText(text string, pre Prereleases) bool {
	v, err := Parse(text)
	if pre == PrereleasesDeny && v.IsPrerelease() {
		return false
	}
	for i := range s.clauses {
		c := &s.clauses[i]
		if c.op == arbitrary {
			if pystr.Lower(text) != c.literal {
				return false
			}
		} else if err != nil || !c.matches(&v) {
			return false
		}
	}
	return true
}

// Filter gives the versions that match, in their order. By default, pre-releases are left out if some final release
// matches and no specifier names a pre-release.
func (s Specifiers) Filter(vs []Version, pre Prereleases) []Version {
	var matching []Version
	finals := false
	for _, v := range vs {
		if s.Contains(v, pre) {
			matching = append(matching, v)
			finals = finals || !v.IsPrerelease()
		}
	}
	if pre != PrereleasesDefault || !finals || s.AllowsPrereleases() {
		return matching
	}
	return slices.DeleteFunc(matching, Version.IsPrerelease)
}

// Pin gives the one version that a set of a single == (without .*) or === asks for; ok is false for any other set.
// An === of what is no version is a pin too: v is zero then.
func (s Specifiers) Pin() (v Version, ok bool) {
	if len(s.clauses) != 1 || s.clauses[0].op != equal && s.clauses[0].op != arbitrary {
		return Version{}, false
	}
	return s.clauses[0].version, true
}

// AllowsPrereleases says whether some specifier names a pre-release (other than !=), and thereby allows them all.
func (s Specifiers) AllowsPrereleases() bool {
	for i := range s.clauses {
		if s.clauses[i].takesPrereleases() {
			return true
		}
	}
	return false
}
