package pep440

import (
	"strings"

	"wheelyard/internal/pystr"
)

// operator is a comparison; a wildcard makes another one of == and !=.
type operator byte

const (
	compatible   operator = iota // ~=
	equal                        // ==
	notEqual                     // !=
	equalPrefix                  // == with .*
	notPrefix                    // != with .*
	atMost                       // <=
	atLeast                      // >=
	less                         // <
	greater                      // >
	arbitrary                    // ===
	operatorless                 // none
)

// operators are in the order in which they must be tried.
var operators = []struct {
	text string
	op   operator
}{
	{"===", arbitrary}, {"~=", compatible}, {"==", equal}, {"!=", notEqual}, {"<=", atMost}, {">=", atLeast}, {"<", less}, {">", greater},
}

// clause is one specifier. Which keys it matches is worked out when it is made: comparing is all that is left to do.
type clause struct {
	op      operator
	text    string  // as written, without white space
	version Version // zero: an === of what is no version; of a wildcard: what stands before it
	low     string  // the key to compare with; of a range, its lower end, which belongs to it
	high    string  // of a range: its upper end, which doesn't belong to it
	literal string  // of ===: what to compare with, in lower case
}

// ScanSpecifier gives the length of the specifier at the start of s, 0 when there is none. The rest of s may be anything.
// For the grammar around specifiers (PEP 508).
func ScanSpecifier(s string) int {
	_, _, _, n := splitSpecifier(s)
	return n
}

// splitSpecifier takes a specifier off the start of s: its operator, its version as text and as parts (which === has
// not), and the length of it all, 0 when there is none.
func splitSpecifier(s string) (op operator, version string, p parts, n int) {
	text, op := cutOperator(s)
	rest := pystr.TrimLeft(text)
	start := len(s) - len(rest)
	if op == arbitrary {
		end := strings.IndexFunc(rest, func(r rune) bool { return r == ';' || r == ')' || pystr.IsSpace(r) })
		if end < 0 {
			end = len(rest)
		}
		return op, rest[:end], p, start + end
	}
	exact := op == equal || op == notEqual
	p, end := scan(rest, grammar{wildcard: exact, local: exact})
	if op == operatorless || end == 0 || op == compatible && !strings.Contains(p.release, ".") {
		return op, "", p, 0
	}
	return op, rest[:end], p, start + end
}

func cutOperator(s string) (rest string, op operator) {
	for _, o := range operators {
		if rest, ok := strings.CutPrefix(s, o.text); ok {
			return rest, o.op
		}
	}
	return s, operatorless
}

// parseClause reads one specifier without white space around it.
func parseClause(s string) (clause, error) {
	op, version, p, n := splitSpecifier(s)
	if n == 0 || n < len(s) {
		return clause{}, &InvalidSpecifierError{Text: s, Reason: reason(s, op, n)}
	}
	text, _ := cutOperator(s)
	c := clause{op: op, text: s[:len(s)-len(text)] + version}
	if op == arbitrary {
		c.version, _ = Parse(version)
		c.literal = pystr.Lower(version)
		return c, nil
	}
	c.version = p.version()
	c.bounds(p)
	return c, nil
}

// reason says for people what is wrong with a specifier of which n bytes could be understood.
func reason(s string, op operator, n int) string {
	switch {
	case op == operatorless:
		return "it begins with no operator"
	case n == 0 && op == compatible:
		return "~= needs a version of at least two release segments"
	case n == 0:
		return "no version follows the operator"
	case strings.HasPrefix(s[n:], ".*"):
		return ".* can only follow == or !=, and only a release"
	case s[n] == '+':
		return "a local version can only follow == or !="
	}
	return clip(s[n:]) + " is not understood"
}

// bounds works out the keys that the clause compares with (PEP 440, "Version specifiers").
func (c *clause) bounds(p parts) {
	c.low = c.version.key
	switch {
	case p.wildcard:
		c.op += equalPrefix - equal
		c.low, c.high = devKey(p.epoch, p.release), devKey(p.epoch, next(p.release))
	case c.op == compatible:
		c.high = devKey(p.epoch, next(p.release[:strings.LastIndexByte(p.release, '.')]))
	case c.op == less && !p.isPrerelease():
		p.dev, p.devN = true, "" // <1.0 takes no pre-releases of 1.0
		c.low = string(p.appendKey(nil))
	case c.op == greater && !p.post && !p.dev:
		c.low = string(append(p.appendKeyToPre(nil), above)) // >1.0 takes no post-releases of 1.0
	}
}

// devKey is the key of the first version that begins with a release.
func devKey(epoch, release string) string {
	p := parts{epoch: epoch, release: release, pre: finalRelease, dev: true}
	return string(p.appendKey(nil))
}

// next adds one to the last number of a release.
func next(release string) string {
	b := []byte(release)
	i := len(b) - 1
	for ; i >= 0 && b[i] == '9'; i-- {
		b[i] = '0'
	}
	if i >= 0 && isDigit(b[i]) {
		b[i]++
		return string(b)
	}
	return string(b[:i+1]) + "1" + string(b[i+1:])
}

// matches leaves aside what is a pre-release.
func (c *clause) matches(v *Version) bool {
	switch c.op {
	case atLeast:
		return v.key >= c.low
	case atMost:
		return v.key <= c.low
	case less:
		return v.key < c.low
	case greater:
		return v.key > c.low
	case equal:
		return c.equals(v)
	case notEqual:
		return !c.equals(v)
	case equalPrefix, compatible:
		return c.low <= v.key && v.key < c.high
	case notPrefix:
		return v.key < c.low || c.high <= v.key
	}
	return v.text == c.literal
}

// equals: a local part only counts when the clause has one.
func (c *clause) equals(v *Version) bool {
	if v.key != c.low {
		return false
	}
	local := c.version.Local()
	return local == "" || local == v.Local()
}

// takesPrereleases says whether the clause names a pre-release, which none with .* can, and thereby allows them.
func (c *clause) takesPrereleases() bool {
	return c.op != notEqual && c.version.IsPrerelease()
}

// identity is the same for clauses that mean the same.
type identity struct {
	op      operator
	version string
}

func (c *clause) identity() identity {
	switch c.op {
	case arbitrary, equalPrefix, notPrefix:
		return identity{c.op, c.text}
	case compatible: // the number of release segments counts
		return identity{c.op, c.version.text}
	}
	return identity{c.op, c.version.key + c.version.Local()}
}
