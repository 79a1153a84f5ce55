package bindep

import (
	"cmp"
	"strings"
)

// CompareVersions says how two versions stand in Debian's order, as cmp.Compare does (Debian Policy, 5.6.12; deb-version(7)):
// the epoch, then what comes before the last hyphen, then what comes after it. Runs of digits compare as numbers, what is
// between them letter by letter, where "~" comes before the end, that before letters, and these before all else. A missing
// epoch or revision is 0.
//
// Any two texts have an order, also those that are no versions of Debian's: an epoch that is no number is none.
func CompareVersions(a, b string) int {
	v, w := splitVersion(a), splitVersion(b)
	return cmp.Or(compareNumbers(v.epoch, w.epoch), comparePart(v.upstream, w.upstream), comparePart(v.revision, w.revision))
}

type debianVersion struct{ epoch, upstream, revision string }

func splitVersion(s string) (v debianVersion) {
	v.upstream = s
	if digits := len(s) - len(strings.TrimLeft(s, "0123456789")); digits > 0 && digits < len(s) && s[digits] == ':' {
		v.epoch, v.upstream = s[:digits], s[digits+1:]
	}
	if i := strings.LastIndexByte(v.upstream, '-'); i >= 0 {
		v.upstream, v.revision = v.upstream[:i], v.upstream[i+1:]
	}
	return v
}

func comparePart(a, b string) int {
	for a != "" || b != "" {
		for a != "" && !isDigit(a[0]) || b != "" && !isDigit(b[0]) {
			if c := cmp.Compare(order(a), order(b)); c != 0 {
				return c
			}
			a, b = a[1:], b[1:] // neither is at a digit nor at its end: these have an order of their own
		}
		var m, n string
		m, a = cutNumber(a)
		n, b = cutNumber(b)
		if c := compareNumbers(m, n); c != 0 {
			return c
		}
	}
	return 0
}

// order places the first byte of what is left of a part.
func order(s string) int {
	switch {
	case s == "" || isDigit(s[0]):
		return 0
	case s[0] == '~':
		return -1
	case isLetter(s[0]):
		return int(s[0])
	}
	return int(s[0]) + 256
}

func cutNumber(s string) (digits, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// compareNumbers compares runs of digits of any length. An empty one is 0.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// version takes a version in Debian's form: [epoch:]upstream[-revision], where the first part begins with a digit.
func (p *parser) version() (s, reason string) {
	start := p.i
	s = p.run(isVersion)
	end := p.i
	v := splitVersion(s)
	if v.epoch != "" {
		start += len(v.epoch) + 1
	}
	p.i = start
	if !p.at(isDigit) {
		return "", "expected a version, which begins with a digit"
	}
	p.i = start + len(v.upstream)
	if p.i == end {
		return s, ""
	}
	p.i++ // the hyphen
	if v.revision == "" {
		return "", "expected a revision after the hyphen"
	}
	if colon := strings.IndexByte(v.revision, ':'); colon >= 0 {
		p.i += colon
		return "", "expected no colon in the revision"
	}
	p.i = end
	return s, ""
}

func isVersion(c byte) bool { return isAlnum(c) || strings.IndexByte(".+~:-", c) >= 0 }
