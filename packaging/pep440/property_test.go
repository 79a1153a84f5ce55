package pep440

import (
	"cmp"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// drawn makes texts with the generators of the differential test.
func drawn(some func(*rand.Rand) string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return some(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
	})
}

func drawVersion(t *rapid.T, label string) Version {
	return MustParse(drawn(someVersion).Filter(func(s string) bool {
		_, err := Parse(s)
		return err == nil
	}).Draw(t, label))
}

func drawSet(t *rapid.T) Specifiers {
	s, err := ParseSpecifiers(drawn(someSet).Filter(func(s string) bool {
		_, err := ParseSpecifiers(s)
		return err == nil
	}).Draw(t, "set"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, v, w := drawVersion(t, "u"), drawVersion(t, "v"), drawVersion(t, "w")
		if u.Compare(u) != 0 || cmp.Compare(u.Compare(v), 0) != -cmp.Compare(v.Compare(u), 0) {
			t.Fatalf("%s and %s", u, v)
		}
		if u.Compare(v) <= 0 && v.Compare(w) <= 0 && u.Compare(w) > 0 {
			t.Fatalf("%s <= %s <= %s", u, v, w)
		}
		if u.Equal(v) && u.Compare(w) != v.Compare(w) {
			t.Fatalf("%s is %s, but not to %s", u, v, w)
		}
		if (Version{}).Compare(u) >= 0 {
			t.Fatalf("%s is not after nothing", u)
		}
	})
}

// What is the same in the order of versions is the same for every specifier but ===, which compares texts.
func TestOperatorsAgreeWithOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := drawVersion(t, "v").Public(), drawVersion(t, "w").Public()
		is := func(op string) bool {
			s, err := ParseSpecifiers(op + v.String())
			if err != nil {
				t.Fatal(err)
			}
			return s.Contains(w, PrereleasesAllow)
		}
		order := w.Compare(v)
		if is("==") != (order == 0) || is("!=") != (order != 0) || is("<=") != (order <= 0) || is(">=") != (order >= 0) {
			t.Fatalf("%s to %s: %d", w, v, order)
		}
		if is("<") && order >= 0 || is(">") && order <= 0 { // the reverse doesn't hold: <1 is not 1a1, >1 not 1.post1
			t.Fatalf("%s to %s: %d", w, v, order)
		}
	})
}

func TestSetIsAllOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, v := drawSet(t), drawSet(t), drawVersion(t, "v")
		both, err := ParseSpecifiers(a.String() + "," + b.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range modes {
			if both.Contains(v, mode) != (a.Contains(v, mode) && b.Contains(v, mode)) {
				t.Fatalf("%s in %q and %q", v, a, b)
			}
		}
		swapped, err := ParseSpecifiers(b.String() + "," + a.String())
		if err != nil || !swapped.Equal(both) || swapped.String() != both.String() {
			t.Fatalf("%q and %q, %v", both, swapped, err)
		}
	})
}

func TestComparingAllocatesNothing(t *testing.T) {
	versions := []Version{MustParse("1.4.3"), MustParse("1!2.3.4rc5.post6.dev7+ubuntu.8"), MustParse("1!2.3.4rc5.post6.dev7+ubuntu.9"), {}}
	for _, v := range versions {
		for _, w := range versions {
			if n := testing.AllocsPerRun(100, func() { v.Compare(w); v.Equal(w) }); n != 0 {
				t.Errorf("%v allocations to compare %s with %s", n, v, w)
			}
		}
		for _, s := range []string{"", ">=1.2,<2,!=1.5", "~=1.4,!=1.4.7,!=1.5.*", "==1.4.3", "==1.4.3+x", "===1.4.3", ">1", "<=2", "==1.*"} {
			set := mustParseSpecifiers(t, s)
			for _, mode := range modes {
				if n := testing.AllocsPerRun(100, func() { set.Contains(v, mode) }); n != 0 {
					t.Errorf("%v allocations to look for %s in %q", n, v, s)
				}
			}
		}
	}
}
