package pep508

import (
	"errors"
	"slices"
	"testing"

	"wheelyard/internal/oracletest"
	"wheelyard/packaging/project"
)

// oracle is what packaging says: testdata/vectors.py makes it.
type oracle struct {
	Packaging string
	Question  question
	Answer    struct {
		Requirements []*described
		Markers      []*judged
	}
}

type question struct {
	Requirements []string `json:"requirements"`
	Markers      []string `json:"markers"`
	Environments []given  `json:"environments"`
}

type given struct {
	Env    Environment `json:"env"`
	Locked bool        `json:"locked"`
	Extras []string    `json:"extras"`
	Groups []string    `json:"groups"`
}

type described struct {
	Name            project.Name
	Spelt           string
	Extras          []string
	URL, Specifiers string
	Marked          bool
	Marker, Printed *string
}

type judged struct {
	Printed *string // nil: packaging cannot say it
	Holds   string
}

func readVectors(t testing.TB) (o oracle) {
	t.Helper()
	oracletest.Vectors(t, &o)
	return o
}

func TestVectors(t *testing.T) {
	o := readVectors(t)
	if o.Packaging != "26.3" || len(o.Question.Requirements) < 180 || len(o.Question.Markers) < 1500 || len(o.Question.Environments) < 8 {
		t.Fatalf("too little was asked of packaging %s", o.Packaging)
	}
	o.check(t)
}

// check holds this package against all answers.
func (o *oracle) check(t *testing.T) {
	for i, text := range o.Question.Requirements {
		checkRequirement(t, text, o.Answer.Requirements[i])
	}
	for i, text := range o.Question.Markers {
		checkMarker(t, text, o.Answer.Markers[i], o.Question.Environments)
	}
}

func checkRequirement(t *testing.T, text string, want *described) {
	r, err := Parse(text)
	if want == nil || err != nil {
		checkRefused(t, text, err, want != nil)
		return
	}
	if r.Name != want.Name || r.Spelt != want.Spelt || !slices.Equal(r.Extras, want.Extras) || r.URL != want.URL ||
		r.Specifiers.String() != want.Specifiers || (r.Marker != nil) != want.Marked {
		t.Errorf("Parse(%q) = %+v; want %+v", text, r, want)
	}
	if want.Marker != nil && r.Marker.String() != *want.Marker || want.Printed != nil && r.String() != *want.Printed {
		t.Errorf("%q prints as %q; want %s", text, r, *want.Printed)
	}
}

func checkMarker(t *testing.T, text string, want *judged, environments []given) {
	m, err := ParseMarker(text)
	if want == nil || err != nil {
		checkRefused(t, text, err, want != nil)
		return
	}
	if want.Printed != nil && m.String() != *want.Printed {
		t.Errorf("%q prints as %q; want %s", text, m, *want.Printed)
	}
	again, err := ParseMarker(m.String())
	if err != nil || again.String() != m.String() {
		t.Errorf("%q prints as %q, then %q: %v", text, m, again, err)
		return
	}
	for i, e := range environments {
		if got := e.judge(m); got != want.Holds[i] {
			t.Errorf("%s is %c in %+v; want %c", text, got, e, want.Holds[i])
		}
		if got := e.judge(again); got != want.Holds[i] {
			t.Errorf("%s, printed as %s, is %c in %+v; want %c", text, m, got, e, want.Holds[i])
		}
	}
}

func checkRefused(t *testing.T, text string, err error, taken bool) {
	var invalid *SyntaxError
	if taken || !errors.As(err, &invalid) || invalid.Text != text || invalid.At < 0 || invalid.At > len(text) || invalid.Reason == "" {
		t.Errorf("%q: %#v; packaging takes it: %v", text, err, taken)
	}
}

// judge writes what Eval says as vectors.py does.
func (g *given) judge(m *Marker) byte {
	holds, err := m.Eval(g.Env)
	if g.Locked {
		holds, err = m.EvalLocked(g.Env, g.Extras, g.Groups)
	}
	var name *UndefinedNameError
	var comparison *UndefinedComparisonError
	switch {
	case errors.As(err, &name):
		return 'N'
	case errors.As(err, &comparison):
		return 'C'
	case err != nil:
		return '?'
	case holds:
		return '1'
	}
	return '0'
}
