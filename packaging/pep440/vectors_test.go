package pep440

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"
)

// oracle is what packaging says: testdata/vectors.py makes it.
type oracle struct {
	Packaging string
	Question  question
	Answer    struct {
		Versions []description
		Ranks    []int // of those that are versions
		Sets     []*verdicts
		Classes  []int // equal sets have the same; -1: no set
		Single   []*string
		Scanned  []int
	}
}

type question struct {
	Versions []string `json:"versions"`
	Sets     []string `json:"sets"`
	Lists    [][]int  `json:"lists"`
}

// description of a version, or up to where a text could be understood.
type description struct {
	at                    int
	ok                    bool
	normal, public, local string
	prerelease            bool
	release               []int
}

func (d *description) UnmarshalJSON(b []byte) error {
	if d.ok = b[0] == '['; d.ok {
		return json.Unmarshal(b, &[]any{&d.normal, &d.public, &d.local, &d.prerelease, &d.release})
	}
	return json.Unmarshal(b, &d.at)
}

// verdicts of a set: a digit for each version, in each mode.
type verdicts struct {
	Printed         string
	Prereleases     bool
	Versions, Texts []string
	Lists           []string
}

var modes = []Prereleases{PrereleasesDefault, PrereleasesAllow, PrereleasesDeny}

func readVectors(t testing.TB) (o oracle) {
	t.Helper()
	oracletest.Vectors(t, &o)
	return o
}

func TestVectors(t *testing.T) {
	o := readVectors(t)
	if o.Packaging != "26.3" || len(o.Question.Versions) < 300 || len(o.Question.Sets) < 700 || len(o.Question.Lists) < 10 {
		t.Fatalf("too little was asked of packaging %s", o.Packaging)
	}
	o.check(t)
}

// check holds this package against all answers.
func (o *oracle) check(t *testing.T) {
	versions := o.checkVersions(t)
	o.checkOrder(t, versions)
	sets := o.checkSets(t)
	o.checkEqual(t, sets)
	for i, v := range o.Answer.Sets {
		if v != nil {
			o.checkVerdicts(t, o.Question.Sets[i], sets[i], v, versions)
		}
	}
}

func (o *oracle) checkVersions(t *testing.T) (versions []Version) {
	for i, text := range o.Question.Versions {
		want := o.Answer.Versions[i]
		v, err := Parse(text)
		if !want.ok {
			var invalid *InvalidVersionError
			if !errors.As(err, &invalid) || invalid.At != want.at {
				t.Errorf("Parse(%q) = %q, %#v; want At %d", text, v, err, want.at)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v; want %q", text, err, want.normal)
		}
		if v.String() != want.normal || v.Public().String() != want.public || v.Local() != want.local ||
			v.IsPrerelease() != want.prerelease || !slices.Equal(v.Release(), want.release) {
			t.Errorf("%q: %q %q %q %v %v; want %+v", text, v, v.Public(), v.Local(), v.IsPrerelease(), v.Release(), want)
		}
		if public := v.Public(); public != MustParse(public.String()) || v != MustParse(v.String()) {
			t.Errorf("%q: the public part or normal form is not what its text says", text)
		}
		versions = append(versions, v)
	}
	return versions
}

func (o *oracle) checkOrder(t *testing.T, versions []Version) {
	ranks := o.Answer.Ranks
	for i, v := range versions {
		for j, w := range versions {
			if got := v.Compare(w); got != cmp.Compare(ranks[i], ranks[j]) || v.Equal(w) != (ranks[i] == ranks[j]) {
				t.Errorf("%s compared to %s gives %d; their ranks are %d and %d", v, w, got, ranks[i], ranks[j])
			}
		}
	}
}

func (o *oracle) checkSets(t *testing.T) []Specifiers {
	sets := make([]Specifiers, len(o.Question.Sets))
	for i, text := range o.Question.Sets {
		s, err := ParseSpecifiers(text)
		if want := o.Answer.Sets[i]; (err == nil) != (want != nil) {
			t.Errorf("ParseSpecifiers(%q): %v; want %v", text, err, want)
		}
		sets[i] = s
		single, err := ParseSpecifier(text)
		if want := o.Answer.Single[i]; (err == nil) != (want != nil) || want != nil && single.String() != *want {
			t.Errorf("ParseSpecifier(%q) = %q, %v; want %v", text, single, err, want)
		}
		if got := ScanSpecifier(text); got != o.Answer.Scanned[i] {
			t.Errorf("ScanSpecifier(%q) = %d; want %d", text, got, o.Answer.Scanned[i])
		}
	}
	return sets
}

func (o *oracle) checkEqual(t *testing.T, sets []Specifiers) {
	classes := o.Answer.Classes
	for i, s := range sets {
		for j, other := range sets {
			if classes[i] >= 0 && classes[j] >= 0 && s.Equal(other) != (classes[i] == classes[j]) {
				t.Errorf("%q equals %q: %v", s, other, s.Equal(other))
			}
		}
	}
}

func (o *oracle) checkVerdicts(t *testing.T, text string, s Specifiers, want *verdicts, versions []Version) {
	if s.String() != want.Printed || s.AllowsPrereleases() != want.Prereleases {
		t.Errorf("%q prints as %q, allows pre-releases: %v; want %+v", text, s, s.AllowsPrereleases(), want)
	}
	for m, mode := range modes {
		for i, v := range versions {
			if got := s.Contains(v, mode); got != (want.Versions[m][i] == '1') {
				t.Errorf("%s in %q, mode %d: %v", v, text, mode, got)
			}
		}
		for i, v := range o.Question.Versions {
			if got := s.ContainsText(v, mode); got != (want.Texts[m][i] == '1') {
				t.Errorf("the text %q in %q, mode %d: %v", v, text, mode, got)
			}
		}
		for i, members := range o.Question.Lists {
			list := pick(versions, members, "")
			if got, want := s.Filter(list, mode), pick(versions, members, want.Lists[i*len(modes)+m]); !slices.Equal(got, want) {
				t.Errorf("%q takes %v of %v in mode %d; want %v", text, got, list, mode, want)
			}
		}
	}
}

// pick gives the versions at the indices that have a 1, or all when there are no digits.
func pick(versions []Version, indices []int, digits string) (picked []Version) {
	for i, index := range indices {
		if digits == "" || strings.HasPrefix(digits[i:], "1") {
			picked = append(picked, versions[index])
		}
	}
	return picked
}
