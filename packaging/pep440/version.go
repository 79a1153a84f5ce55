package pep440

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"wheelyard/internal/pystr"
)

// Version is a version of a project (PEP 440). The zero value is no version at all; it sorts before all versions.
//
// The operator == asks whether two versions are written alike in normal form, which is what a map needs; whether they
// are the same in the order of versions, as 1.0 and 1 are, is for Compare and Equal to say.
type Version struct {
	text string // in normal form
	key  string // sorts as the version does, its local part aside; ends with a flag
}

// Parse reads a version in any spelling that PEP 440 knows (its appendix B), with white space around it. Any other
// text, such as the "legacy" versions from before PEP 440, gives an *InvalidVersionError.
func Parse(s string) (Version, error) {
	trimmed := pystr.Trim(s)
	p, n := scan(trimmed, grammar{local: true})
	if n == 0 || n < len(trimmed) {
		return Version{}, &InvalidVersionError{Text: s, At: len(s) - len(pystr.TrimLeft(s)) + n}
	}
	return p.version(), nil
}

// MustParse is Parse for texts that are known to be versions: it panics on others.
func MustParse(s string) Version {
	v, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return v
}

// version makes the value: one allocation holds both strings.
func (p *parts) version() Version {
	var room [128]byte
	b := p.appendText(room[:0])
	n := len(b)
	s := string(p.appendKey(b))
	return Version{text: s[:n], key: s[n:]}
}

// String is the normal form, "" for the zero Version. It keeps the number of release segments: 1.0 stays 1.0.
func (v Version) String() string { return v.text }

// IsZero says whether v is no version at all.
func (v Version) IsZero() bool { return v.text == "" }

// Compare orders versions (PEP 440, "Summary of permitted suffixes and relative ordering"): it is negative when v comes
// before w, zero when they are the same up to trailing zeros of the release, positive otherwise.
func (v Version) Compare(w Version) int {
	if c := strings.Compare(v.key, w.key); c != 0 {
		return c
	}
	return compareLocal(v.Local(), w.Local())
}

// Equal says whether v and w are the same in the order of versions, as 1.0 and 1 are.
func (v Version) Equal(w Version) bool { return v.Compare(w) == 0 }

// IsPrerelease says whether v is a pre-release or a developmental release of something.
func (v Version) IsPrerelease() bool {
	return v.key != "" && v.key[len(v.key)-1] == flagPrerelease
}

// Public is v without its local part.
func (v Version) Public() Version {
	if i := strings.IndexByte(v.text, '+'); i >= 0 {
		v.text = v.text[:i]
	}
	return v
}

// Local is the local part in normal form, without its '+'; "" when there is none.
func (v Version) Local() string {
	if i := strings.IndexByte(v.text, '+'); i >= 0 {
		return v.text[i+1:]
	}
	return ""
}

// Release is the release segment: [1, 4, 0] for 1.4.0.post2, nil for the zero Version. A number too large for an int is
// given as the largest one.
func (v Version) Release() []int {
	if v.IsZero() {
		return nil
	}
	p, _ := scan(v.text, grammar{})
	release := make([]int, 0, strings.Count(p.release, ".")+1)
	for segment := range strings.SplitSeq(p.release, ".") {
		n, err := strconv.Atoi(segment)
		if err != nil {
			n = math.MaxInt
		}
		release = append(release, n)
	}
	return release
}

// compareLocal orders local parts in normal form segment by segment: numbers after words, by value; words as strings;
// none before some (PEP 440, "Local version identifiers").
func compareLocal(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := compareSegment(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func compareSegment(x, y string) int {
	switch nx, ny := isNumber(x), isNumber(y); {
	case nx && ny:
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	case nx:
		return 1
	case ny:
		return -1
	}
	return strings.Compare(x, y)
}

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}
