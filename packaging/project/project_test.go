package project

import (
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
	for in, want := range map[string]Name{
		"":                     "",
		"foo":                  "foo",
		"Foo.BAR_baz":          "foo-bar-baz",
		"oslo.concurrency":     "oslo-concurrency",
		"a--b__c..d":           "a-b-c-d",
		"a-_.b":                "a-b",
		"-_a.":                 "-a-",
		"...":                  "-",
		"É_ΑΣ":                 "é-ας",
		"A\xff_":               "a\xff-",
		"zope.interface-4":     "zope-interface-4",
		"XStatic-Angular-lrdr": "xstatic-angular-lrdr",
	} {
		got := Normalize(in)
		if got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
		if again := Normalize(string(got)); again != got {
			t.Errorf("Normalize(%q) = %q: not stable", got, again)
		}
	}
}

func TestNormalizeAllocates(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Normalize("oslo-concurrency") }); n != 0 {
		t.Errorf("%v allocations for a name in normal form", n)
	}
}

func TestValid(t *testing.T) {
	for _, s := range []string{"a", "A", "0", "a.b", "A-_.b", "zope.interface", "1-1"} {
		if !Valid(s) {
			t.Errorf("%q is not valid", s)
		}
	}
	for _, s := range []string{"", "-", "_a", "a_", "a-", ".a", "a b", "a/b", "é", "aé", "a\x00b", "a\n", "\u212a"} {
		if Valid(s) {
			t.Errorf("%q is valid", s)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"Foo.Bar", "-_-", "É", "ΑΣ", "\xff", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := Normalize(s)
		if again := Normalize(string(n)); again != n {
			t.Errorf("%q, then %q", n, again)
		}
		if strings.ContainsAny(string(n), "_.") || strings.Contains(string(n), "--") {
			t.Errorf("%q is not normal", n)
		}
		if Valid(s) && !isNormal(string(n)) {
			t.Errorf("%q is valid, but %q is not normal", s, n)
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	for _, s := range []string{"oslo-concurrency", "Oslo.Concurrency"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Normalize(s)
			}
		})
	}
}
