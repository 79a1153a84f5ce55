package pep440

import "strings"

// parts are the pieces of a version as they are written. A number is a run of digits, perhaps with leading zeros; an
// empty one means 0.
type parts struct {
	epoch    string
	release  string // numbers with dots between
	pre      rank   // finalRelease: none
	preN     string
	post     bool
	postN    string
	dev      bool
	devN     string
	local    string // "": none
	wildcard bool
}

// grammar says what may follow the release and the suffixes that all versions may have.
type grammar struct{ wildcard, local bool }

type word struct {
	text string
	rank rank
}

var (
	preWords  = []word{{"alpha", alpha}, {"a", alpha}, {"beta", beta}, {"b", beta}, {"preview", candidate}, {"pre", candidate}, {"c", candidate}, {"rc", candidate}}
	postWords = []word{{"post", 0}, {"rev", 0}, {"r", 0}}
	devWords  = []word{{"dev", 0}}
)

// scan takes the longest version off the start of s and says how long it is, 0 when there is none
// (PEP 440, appendix B). It never goes back further than one separator.
func scan(s string, g grammar) (p parts, n int) {
	c := cursor{s: s}
	p.pre = finalRelease
	if c.at('v') || c.at('V') {
		c.i++
	}
	start := c.i
	digits := c.digits()
	if digits == "" {
		return p, 0
	}
	if c.at('!') && c.digitAt(1) {
		p.epoch = digits
		c.i++
		start = c.i
		c.digits()
	}
	for c.at('.') && c.digitAt(1) {
		c.i++
		c.digits()
	}
	p.release = s[start:c.i]
	if c.i == len(s) {
		return p, c.i
	}
	if g.wildcard && strings.HasPrefix(s[c.i:], ".*") {
		p.wildcard = true
		return p, c.i + len(".*")
	}
	c.suffixes(&p)
	if g.local && c.at('+') {
		p.local = c.localPart()
	}
	return p, c.i
}

type cursor struct {
	s string
	i int
}

// suffixes takes the pre-release, post-release and developmental release, each of which may be missing.
func (c *cursor) suffixes(p *parts) {
	if w, number, ok := c.suffix(preWords); ok {
		p.pre, p.preN = w.rank, number
	}
	if c.at('-') && c.digitAt(1) {
		c.i++
		p.post, p.postN = true, c.digits()
	} else {
		_, p.postN, p.post = c.suffix(postWords)
	}
	_, p.devN, p.dev = c.suffix(devWords)
}

// suffix takes a word with a separator before and after it, and a number, of which only the word must be there.
func (c *cursor) suffix(words []word) (w word, number string, ok bool) {
	start := c.i
	c.separator()
	rest := c.s[c.i:]
	for _, w := range words {
		if len(rest) >= len(w.text) && equalFold(rest[:len(w.text)], w.text) {
			c.i += len(w.text)
			c.separator()
			return w, c.digits(), true
		}
	}
	c.i = start
	return word{}, "", false
}

// localPart takes '+' and the local part after it; a '+' without one is left alone.
func (c *cursor) localPart() string {
	start := c.i + 1
	end := start
	for i := start; i < len(c.s) && isAlnum(c.s[i]); i++ {
		for i < len(c.s) && isAlnum(c.s[i]) {
			i++
		}
		end = i
		if i == len(c.s) || !isSeparator(c.s[i]) {
			break
		}
	}
	if end > start {
		c.i = end
	}
	return c.s[start:end]
}

func (c *cursor) at(b byte) bool {
	return c.i < len(c.s) && c.s[c.i] == b
}

func (c *cursor) digitAt(offset int) bool {
	return c.i+offset < len(c.s) && isDigit(c.s[c.i+offset])
}

func (c *cursor) digits() string {
	start := c.i
	for c.digitAt(0) {
		c.i++
	}
	return c.s[start:c.i]
}

func (c *cursor) separator() {
	if c.i < len(c.s) && isSeparator(c.s[c.i]) {
		c.i++
	}
}

// equalFold compares with lower-case ASCII letters. Unlike strings.EqualFold it takes no other letter for one of these:
// U+017F is no s here.
func equalFold(s, lower string) bool {
	for i := range len(s) {
		if s[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlnum(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isSeparator(c byte) bool { return c == '.' || c == '-' || c == '_' }
