package pep508

import "strings"

// parser goes along a text. What it takes it leaves behind; what isn't there it leaves alone.
type parser struct {
	s string
	i int
}

func (p *parser) fail(reason string) error {
	return &SyntaxError{Text: p.s, At: p.i, Reason: reason}
}

func (p *parser) atEnd() bool { return p.i == len(p.s) }

func (p *parser) at(is func(byte) bool) bool {
	return p.i < len(p.s) && is(p.s[p.i])
}

func (p *parser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

// space takes spaces and tabs: no other white space counts. It says whether there are any.
func (p *parser) space() bool {
	start := p.i
	for p.at(isSpace) {
		p.i++
	}
	return p.i > start
}

// word takes a word of small letters, unless it is the start of a longer one.
func (p *parser) word(w string) bool {
	if !strings.HasPrefix(p.s[p.i:], w) || p.wordAt(p.i+len(w)) {
		return false
	}
	p.i += len(w)
	return true
}

// identifier takes the name of a project or extra; "" when there is none. As in packaging it may end with '_', which
// PEP 508 doesn't allow, but not with '.' or '-'.
func (p *parser) identifier() string {
	if !p.at(isAlnum) {
		return ""
	}
	start, end := p.i, p.i
	for end < len(p.s) && (isAlnum(p.s[end]) || strings.IndexByte("-_.", p.s[end]) >= 0) {
		end++
	}
	for end > start && p.wordAt(end-1) == p.wordAt(end) {
		end--
	}
	p.i = end
	return p.s[start:end]
}

// wordAt says whether the byte there belongs to a word, as \w of Python's regular expressions does. Those have letters
// beyond ASCII, too, but none may stand before or after a word.
func (p *parser) wordAt(i int) bool {
	return i < len(p.s) && (isAlnum(p.s[i]) || p.s[i] == '_')
}

func isSpace(c byte) bool     { return c == ' ' || c == '\t' }
func isNoSpace(c byte) bool   { return !isSpace(c) }
func isSemicolon(c byte) bool { return c == ';' }
func isOperator(c byte) bool  { return strings.IndexByte("<>=!~", c) >= 0 }

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
