// Package bindep reads bindep files, in which a project says what packages of a distribution it needs, and works out which of
// them count on a platform, and which are lacking there.
//
// A line is a rule: the name of a package, in brackets the platforms and profiles that it is for, the versions that will do:
//
//	libsqlite3-dev [platform:dpkg !platform:debian-trixie] >=3.40 # why
//
// The language and what it means are those of the program bindep (version 2.14.0; documented at docs.opendev.org/opendev/bindep).
// There is no reading or asking here: the text comes in, and so do the facts of the platform and the packages it has.
package bindep

import (
	"slices"
	"strings"
)

// DefaultProfile is what is asked for when nothing is.
const DefaultProfile = "default"

// CIProfiles are what OpenStack's CI role asks for where it installs what a file lists (openstack/zuul-jobs, bindep).
func CIProfiles() []string { return []string{"compile", "test"} }

// Rules are the rules of a file in its order. A name may stand in several.
type Rules []Rule

// Rule is one line that asks for a package.
type Rule struct {
	Name      string     // of the distribution's package; it may be the path of a file, where the package manager takes those
	Selectors []Selector // when the rule counts; none: always
	Versions  []Relation // all must hold
	Line      int        // from 1
}

// Selector is one word in the brackets, or several in parentheses.
type Selector struct {
	Group bool   // in parentheses: all must hold, which they do when there are none
	Atoms []Atom // exactly one, unless it is a group
}

// Atom is a word of a selector: "platform:" with an atom of a platform, or a profile. In a group any is a profile.
type Atom struct {
	Not  bool
	Name string
}

// Relation compares the version that is installed with one in Debian's form.
type Relation struct {
	Op      string // <= < != == >= >
	Version string
}

// String is the rule as a line, without comment. It reads as the same rule.
func (r Rule) String() string {
	var b strings.Builder
	b.WriteString(r.Name)
	if len(r.Selectors) > 0 {
		b.WriteString(" [")
		for i, s := range r.Selectors {
			if i > 0 {
				b.WriteByte(' ')
			}
			s.write(&b)
		}
		b.WriteByte(']')
	}
	for i, v := range r.Versions {
		b.WriteByte(" ,"[min(i, 1)])
		b.WriteString(v.String())
	}
	return b.String()
}

func (s Selector) write(b *strings.Builder) {
	if s.Group {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, a := range s.Atoms {
		if i > 0 {
			b.WriteByte(' ')
		}
		if a.Not {
			b.WriteByte('!')
		}
		b.WriteString(a.Name)
	}
}

func (r Relation) String() string { return r.Op + r.Version }

// Names are the packages that the rules ask for, in their order and as often, as `bindep -l newline` prints them.
func (rs Rules) Names() []string {
	names := make([]string, len(rs))
	for i, r := range rs {
		names[i] = r.Name
	}
	return names
}

// Profiles are the profiles that the rules know, sorted: all but the names of platforms outside groups.
func (rs Rules) Profiles() []string {
	var names []string
	for _, r := range rs {
		for _, s := range r.Selectors {
			if s.ofPlatform() {
				continue
			}
			for _, a := range s.Atoms {
				names = append(names, a.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
