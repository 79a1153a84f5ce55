package tag

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var debian12 = Platform{Arch: "x86_64", Libc: Libc{"glibc", 2, 36}}

func cpython(minor int, abis ...string) Interpreter {
	return Interpreter{Implementation: "cpython", Major: 3, Minor: minor, ABIs: abis}
}

func TestParseSetKeepsTheOrder(t *testing.T) {
	got, err := ParseSet("py3.py2.py3-abi3.none-any.ANY")
	want := []Tag{{"py3", "abi3", "any"}, {"py3", "none", "any"}, {"py2", "abi3", "any"}, {"py2", "none", "any"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestParseSetRefusesWhatExplodes(t *testing.T) {
	long := strings.Repeat("a.", 1<<17) + "a"
	for _, s := range []string{long + "-" + long + "-" + long, "py3-none-" + long, strings.Repeat("a-", 1<<18)} {
		if _, err := ParseSet(s); !errors.Is(err, ErrSyntax) {
			t.Errorf("%.20s…: %v", s, err)
		} else if len(err.Error()) > 2*len(s) {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}

func TestFreeThreadedTakesNoOrdinaryStableABI(t *testing.T) {
	set, err := ParseSet("cp315-abi3.abi3t-linux_x86_64")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		in   Interpreter
		want string
	}{
		{cpython(15, "cp315"), "cp315-abi3-linux_x86_64"},
		{cpython(15, "cp315t"), "cp315-abi3t-linux_x86_64"},
		{cpython(14, "cp314"), ""},
		{cpython(14, "cp314t"), ""},
		{cpython(16, "cp316"), "cp315-abi3-linux_x86_64"},
	} {
		best, _, ok := NewSet(Supported(c.in, debian12)).Best(set)
		if ok != (c.want != "") || ok && best.String() != c.want {
			t.Errorf("%v: %v, %v; want %q", c.in.ABIs, best, ok, c.want)
		}
	}
}

func TestSet(t *testing.T) {
	a, b, c := Tag{"py3", "none", "any"}, Tag{"py2", "none", "any"}, Tag{"cp311", "cp311", "linux_x86_64"}
	given := []Tag{c, a, c, b}
	s := NewSet(given)
	given[0] = b
	if got := s.Tags(); !slices.Equal(got, []Tag{c, a, b}) {
		t.Errorf("tags: %v", got)
	}
	if rank, ok := s.Rank(b); rank != 2 || !ok {
		t.Errorf("rank of the last: %d, %v", rank, ok)
	}
	if best, rank, ok := s.Best([]Tag{b, {}, a}); best != a || rank != 1 || !ok {
		t.Errorf("best: %v, %d, %v", best, rank, ok)
	}
	if _, _, ok := s.Best([]Tag{{"pp3", "none", "any"}}); ok {
		t.Error("a tag that isn't there fits")
	}
	if _, _, ok := (Set{}).Best([]Tag{a}); ok || len(Set{}.Tags()) != 0 {
		t.Error("the zero set supports something")
	}
	if !s.Equal(NewSet([]Tag{c, a, b})) || s.Equal(NewSet([]Tag{a, c, b})) {
		t.Error("Equal minds something else than the order")
	}
}

func TestPure(t *testing.T) {
	for set, want := range map[string]bool{
		"py3-none-any": true, "py2.py3-none-any": true, "cp311-cp311-any": true, "py3-none-linux_x86_64": false, "py3-none-any.linux_x86_64": false,
	} {
		tags, err := ParseSet(set)
		if err != nil {
			t.Fatal(err)
		}
		if got := Pure(tags); got != want {
			t.Errorf("%s: %t", set, got)
		}
	}
	if Pure(nil) {
		t.Error("no tags are pure")
	}
}

func FuzzParseSet(f *testing.F) {
	for _, s := range []string{"py3-none-any", "py2.py3-none-any", "cp315-abi3.abi3t-linux_x86_64", "a..b-c-d", "---"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tags, err := ParseSet(s)
		if (err == nil) == (len(tags) == 0) {
			t.Fatalf("%d tags, error %v", len(tags), err)
		}
		for i, tag := range tags {
			again, err := ParseSet(tag.String())
			if err != nil || len(again) != 1 || again[0] != tag {
				t.Fatalf("%q is read again as %v, %v", tag, again, err)
			}
			if len(tags) < 100 && slices.Index(tags, tag) != i {
				t.Fatalf("%q twice", tag)
			}
		}
	})
}
