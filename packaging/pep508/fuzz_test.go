package pep508

import (
	"slices"
	"testing"
)

// FuzzParse: what is taken prints as what is the same requirement.
func FuzzParse(f *testing.F) {
	for _, s := range readVectors(f).Question.Requirements {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s)
		if err != nil {
			checkRefused(t, s, err, false)
			return
		}
		again, err := Parse(r.String())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", s, r, err)
		}
		if again.String() != r.String() || again.Name != r.Name || again.Spelt != r.Spelt || again.URL != r.URL ||
			!slices.Equal(again.Extras, r.Extras) || !again.Specifiers.Equal(r.Specifiers) || again.Marker.String() != r.Marker.String() {
			t.Fatalf("%q: %+v, then %+v", s, r, again)
		}
	})
}

// FuzzParseMarker: what is taken prints as what is the same marker, in any environment.
func FuzzParseMarker(f *testing.F) {
	o := readVectors(f)
	for _, s := range o.Question.Markers {
		f.Add(s, "3.11.2")
	}
	f.Fuzz(func(t *testing.T, s, value string) {
		m, err := ParseMarker(s)
		if err != nil {
			checkRefused(t, s, err, false)
			return
		}
		again, err := ParseMarker(m.String())
		if err != nil || again.String() != m.String() || again.shape != m.shape || len(again.comparisons) != len(m.comparisons) {
			t.Fatalf("%q: %q, then %q, %v", s, m, again, err)
		}
		for i, c := range m.comparisons {
			if d := again.comparisons[i]; c.left != d.left || c.op != d.op || c.right != d.right {
				t.Fatalf("%q: %+v, then %+v", s, c, d)
			}
		}
		env := Environment{extra: value, extras: value}
		for name := range debian {
			env[name] = value
		}
		for _, g := range append(o.Question.Environments, given{Env: env}, given{Env: env, Locked: true, Extras: []string{value}}) {
			if got, want := g.judge(again), g.judge(m); got != want || got == '?' {
				t.Fatalf("%q is %c, %q is %c", s, want, m, got)
			}
		}
	})
}
