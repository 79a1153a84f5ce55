package pep440

import (
	"strings"
	"testing"

	"wheelyard/internal/pystr"
)

// FuzzParse: what is taken has a normal form that is its own, and is found at the start of the text.
func FuzzParse(f *testing.F) {
	for _, s := range readVectors(f).Question.Versions {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse(s)
		if err != nil {
			if invalid, ok := err.(*InvalidVersionError); !ok || invalid.At < 0 || invalid.At > len(s) || !v.IsZero() {
				t.Fatalf("%q: %q, %#v", s, v, err)
			}
			return
		}
		again, err := Parse(v.String())
		if err != nil || again != v || !again.Equal(v) {
			t.Fatalf("%q: %q, then %q, %v", s, v, again, err)
		}
		if public := v.Public(); public.Compare(v) > 0 || public.Local() != "" || public.IsPrerelease() != v.IsPrerelease() {
			t.Fatalf("%q: %q is its public part", v, public)
		}
		exactly, err := ParseSpecifiers("==" + pystr.Trim(s))
		if err != nil || !exactly.Contains(v, PrereleasesDefault) {
			t.Fatalf("%q is not == itself: %v", v, err)
		}
		if pin, ok := exactly.Pin(); !ok || pin != v {
			t.Fatalf("%q is the pin of ==%q", pin, v)
		}
	})
}

// FuzzParseSpecifiers: what is taken prints as what is the same set, for whatever version.
func FuzzParseSpecifiers(f *testing.F) {
	o := readVectors(f)
	for i, s := range o.Question.Sets {
		f.Add(s, o.Question.Versions[i%len(o.Question.Versions)])
	}
	f.Fuzz(func(t *testing.T, s, version string) {
		if n := ScanSpecifier(s); n < 0 || n > len(s) {
			t.Fatalf("%d bytes of %q", n, s)
		} else if n > 0 {
			if _, err := ParseSpecifier(s[:n]); err != nil {
				t.Fatalf("%q was scanned: %v", s[:n], err)
			}
		}
		set, err := ParseSpecifiers(s)
		if err != nil {
			if _, ok := err.(*InvalidSpecifierError); !ok || !set.IsEmpty() {
				t.Fatalf("%q: %q, %#v", s, set, err)
			}
			return
		}
		again, err := ParseSpecifiers(set.String())
		if err != nil || again.String() != set.String() || !again.Equal(set) || !set.Equal(again) {
			t.Fatalf("%q: %q, then %q, %v", s, set, again, err)
		}
		for _, mode := range modes {
			if set.ContainsText(version, mode) != again.ContainsText(version, mode) {
				t.Fatalf("%q and %q differ about %q", s, again, version)
			}
		}
		v, err := Parse(version)
		if err != nil {
			return
		}
		if arbitrary := strings.Contains(s, "==="); !arbitrary && set.ContainsText(version, PrereleasesAllow) != set.Contains(v, PrereleasesAllow) {
			t.Fatalf("%q: %q as text and as version", set, version)
		}
		if taken := set.Filter([]Version{v}, PrereleasesDefault); (len(taken) == 1) != set.Contains(v, PrereleasesDefault) {
			t.Fatalf("%q: %q alone, and filtered: %v", set, v, taken)
		}
	})
}
