package pep440

import (
	"strings"
	"testing"
)

// Where this package knowingly does something else than packaging 26.3, and why. (What both do is in the vectors.)

// A number may have any length; packaging's are Python's, which refuses to read more than 4300 digits: a ValueError that
// is no InvalidVersion comes out of Version, and out of contains for a specifier that was accepted.
func TestNumbersHaveAnyLength(t *testing.T) {
	long := strings.Repeat("9", 4301)
	v, err := Parse("1." + long)
	if err != nil || v.String() != "1."+long {
		t.Errorf("%v", err)
	}
	if next := MustParse("1.1" + strings.Repeat("0", 4301)); v.Compare(next) >= 0 {
		t.Error("one more is not more")
	}
	if s := mustParseSpecifiers(t, "~=1."+long+".0"); !s.Contains(MustParse("1."+long+".7"), PrereleasesDefault) || s.Contains(MustParse("2"), PrereleasesDefault) {
		t.Error("~= is wrong")
	}
}

// The pattern for ~= in packaging lacks the flag that keeps letters to ASCII, so that it takes a long s for an s and the
// Turkish letters i for an i. What it took then is no version: contains, or printing a set, ends in an AssertionError.
func TestCompatibleReleaseIsASCII(t *testing.T) {
	for _, s := range []string{"~=1.0po\u017ft1", "~=1.0prev\u0131ew1", "~=1.0prev\u0130ew1"} {
		if set, err := ParseSpecifiers(s); err == nil {
			t.Errorf("%q is taken as %q", s, set)
		}
	}
}

// Python's texts are characters, so packaging is never asked about bytes that are no UTF-8: they are like any character that
// has no meaning.
func TestBytesThatAreNoUTF8(t *testing.T) {
	if v, err := Parse("1.0\xff"); err == nil {
		t.Errorf("%q", v)
	}
	if s := mustParseSpecifiers(t, "===\xffA"); !s.ContainsText("\xffa", PrereleasesDefault) || s.ContainsText("\ufffda", PrereleasesDefault) {
		t.Errorf("%q", s)
	}
}

// packaging knows no version that is none. Here one matches the empty set alone, and comes before all others.
func TestZeroVersion(t *testing.T) {
	if !(Specifiers{}).Contains(Version{}, PrereleasesDeny) || mustParseSpecifiers(t, ">=0.dev0").Contains(Version{}, PrereleasesAllow) {
		t.Error("the zero Version is somewhere else")
	}
}
