package pep440

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"1.0": "1.0", "v1.0": "1.0", " \t1.0\n": "1.0", "\u30001\u00a0": "1", "0!1": "1", "01!1": "1!1",
		"1.0.0": "1.0.0", "01.002": "1.2", "00": "0", "1.0alpha": "1.0a0", "1.0-BETA.2": "1.0b2",
		"1.0c1": "1.0rc1", "1.0preview_3": "1.0rc3", "1.0pre": "1.0rc0", "1.0-1": "1.0.post1", "1.0-r4": "1.0.post4",
		"1.0rev": "1.0.post0", "1.0.post.": "1.0.post0", "1.0a--1": "1.0a0.post1", "1.0.post.dev": "1.0.post0.dev0",
		"1.0-DEV": "1.0.dev0", "1.0a1.post2.dev3": "1.0a1.post2.dev3", "1.0+UBUNTU-01_a": "1.0+ubuntu.1.a",
		"1.0a-+x": "1.0a0+x", "1.0+00": "1.0+0", "2024.01.01": "2024.1.1", "1.0dev-1": "1.0.dev1",
	} {
		v, err := Parse(in)
		if err != nil || v.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, v, err, want)
			continue
		}
		if again := MustParse(want); again != v {
			t.Errorf("%q is not its own normal form: %q", want, again)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, at := range map[string]int{
		"": 0, " ": 1, "v": 0, "vv1": 0, "a1": 0, "2004d": 4, "1.0-foo": 3, "1..0": 1, "1.": 1, ".1": 0, "1!": 1, "!1": 0,
		"1!2!3": 3, "1.0.*": 3, "1.0+": 3, "1.0+a.": 5, "1.0+a..b": 5, "1.0+a+b": 5, "1.0-1-1": 5, "1.0 a1": 3,
		"1.0rc1rc2": 7, // 1.0rc1r is 1.0rc1.post0
		" 1.0-foo":  4, "1.0po\u017ft1": 3, "١": 0, "1.0dev1post1": 7, "1,0": 1, "1.0+é": 3, "1\x00": 1, "1\xff": 1, "-1": 0,
	} {
		v, err := Parse(in)
		var invalid *InvalidVersionError
		if !errors.As(err, &invalid) || invalid.Text != in || invalid.At != at {
			t.Errorf("Parse(%q) = %q, %#v; want At %d", in, v, err, at)
		}
		if !v.IsZero() {
			t.Errorf("Parse(%q) gives %q with its error", in, v)
		}
	}
}

func TestErrorIsShort(t *testing.T) {
	_, err := Parse(strings.Repeat("1.", 1<<20))
	if n := len(err.Error()); n > 500 {
		t.Errorf("the message has %d bytes", n)
	}
	_, err = ParseSpecifiers(">=" + strings.Repeat("1.", 1<<20))
	if n := len(err.Error()); n > 500 {
		t.Errorf("the message has %d bytes", n)
	}
}

// inOrder are versions in ascending order; those of one line are the same.
var inOrder = [][]string{
	{"0.dev0"}, {"0"}, {"0.0.1"},
	{"1.0.dev0+x"}, {"1.dev1"},
	{"1.0a0.dev1"}, {"1.0a0", "1a"}, {"1.0a0.post0.dev1"}, {"1.0a0.post0"}, {"1.0a1"}, {"1.0a9"}, {"1.0a10"},
	{"1.0b1"}, {"1.0rc1", "1.0c1"}, {"1.0rc1+1"},
	{"1", "1.0", "1.0.0", "v1"}, {"1.0+a"}, {"1.0+a.1", "1+A-01"}, {"1.0+a.1.b"}, {"1.0+a.2"}, {"1.0+b"}, {"1.0+0"}, {"1.0+9"}, {"1.0+10"},
	{"1.0.post0.dev0"}, {"1.0.post0", "1-0"}, {"1.0.post1"}, {"1.0.post1+x"}, {"1.0.post10"},
	{"1.0.0.0.1"}, {"1.0.1.dev0"}, {"1.0.1"}, {"1.2"}, {"1.9"}, {"1.10"}, {"1.239"}, {"1.240"}, {"2"}, {"10"}, {"2024.1"},
	{"9" + strings.Repeat("0", 222)}, {"1" + strings.Repeat("0", 223)}, {"1" + strings.Repeat("0", 224)}, {"1" + strings.Repeat("0", 240)},
	{"9" + strings.Repeat("0", 300)}, {"1" + strings.Repeat("0", 301)},
	{"1!0.dev0"}, {"1!0"}, {"2!1"}, {strings.Repeat("9", 50) + "!0"},
}

func TestCompare(t *testing.T) {
	for i, as := range inOrder {
		for j, bs := range inOrder {
			for _, a := range as {
				for _, b := range bs {
					if got := MustParse(a).Compare(MustParse(b)); got != cmp.Compare(i, j) {
						t.Errorf("%s compared to %s gives %d", a, b, got)
					}
				}
			}
		}
	}
	if (Version{}).Compare(MustParse("0.dev0")) >= 0 {
		t.Error("the zero Version is not before all others")
	}
}

func TestParts(t *testing.T) {
	for _, test := range []struct {
		in, public, local string
		pre               bool
		release           []int
	}{
		{"1!1.2.0rc1.post1.dev4+Foo_01", "1!1.2.0rc1.post1.dev4", "foo.1", true, []int{1, 2, 0}},
		{"1.0.post1", "1.0.post1", "", false, []int{1, 0}},
		{"1.0.post1.dev0", "1.0.post1.dev0", "", true, []int{1, 0}},
		{"1a1", "1a1", "", true, []int{1}},
		{"1.99999999999999999999", "1.99999999999999999999", "", false, []int{1, math.MaxInt}},
	} {
		v := MustParse(test.in)
		if got := v.Public(); got != MustParse(test.public) {
			t.Errorf("%s: public part %q", test.in, got)
		}
		if got := v.Local(); got != test.local {
			t.Errorf("%s: local part %q", test.in, got)
		}
		if v.IsPrerelease() != test.pre {
			t.Errorf("%s: pre-release: %v", test.in, v.IsPrerelease())
		}
		if got := v.Release(); !slices.Equal(got, test.release) {
			t.Errorf("%s: release %v", test.in, got)
		}
	}
	var zero Version
	if !zero.IsZero() || zero.IsPrerelease() || zero.String() != "" || zero.Release() != nil || zero.Public() != zero || zero.Local() != "" {
		t.Error("the zero Version is something")
	}
}

func TestMustParsePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	MustParse("foo")
}
