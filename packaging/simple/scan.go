package simple

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deeply values may be nested; pages need four levels.
const maxDepth = 64

// scanner goes through a JSON text once. The first error stays and ends every loop; its methods then return zero values.
// Strings without escapes are parts of the text, not copies.
type scanner struct {
	s     string
	i     int
	depth int
	err   error
}

func (d *scanner) fail(reason string) {
	if d.err == nil {
		d.err = &SyntaxError{Offset: d.i, Reason: reason}
	}
}

// peek passes over white space and returns the next byte without taking it; 0 at the end or after an error.
func (d *scanner) peek() byte {
	for d.i < len(d.s) && d.err == nil {
		c := d.s[d.i]
		if c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		d.i++
	}
	return 0
}

func (d *scanner) expect(c byte, what string) bool {
	if d.i < len(d.s) && d.s[d.i] == c && d.err == nil { // nearly always
		d.i++
		return true
	}
	if d.peek() != c || d.i >= len(d.s) {
		d.fail("no " + what + " where one must be")
		return false
	}
	d.i++
	return true
}

// end says whether nothing but white space is left.
func (d *scanner) end() error {
	if d.peek(); d.err == nil && d.i < len(d.s) {
		d.fail("something follows the end")
	}
	return d.err
}

// enter takes an opening bracket and says whether the list or object has members.
func (d *scanner) enter(open, shut byte) bool {
	if !d.expect(open, "opening bracket") {
		return false
	}
	if d.depth++; d.depth > maxDepth {
		d.fail("values are nested too deeply")
		return false
	}
	if d.peek() == shut {
		d.i++
		d.depth--
		return false
	}
	return d.err == nil
}

// more takes a comma and returns true, or the closing bracket.
func (d *scanner) more(shut byte) bool {
	switch c := d.peek(); {
	case d.err != nil:
		return false
	case c == ',':
		d.i++
		return true
	case c == shut:
		d.i++
		d.depth--
		return false
	}
	d.fail("no comma or closing bracket where one must be")
	return false
}

// object calls member for each key; member must take the value.
func (d *scanner) object(member func(key string)) {
	for again := d.enter('{', '}'); again; again = d.more('}') {
		key := d.text()
		d.expect(':', "colon")
		if d.err != nil {
			return
		}
		member(key)
	}
}

// list calls element for each element; it must take the value.
func (d *scanner) list(element func()) {
	for again := d.enter('[', ']'); again; again = d.more(']') {
		element()
	}
}

// skip takes a value of any kind, checking its syntax.
func (d *scanner) skip() {
	switch c := d.peek(); {
	case d.err != nil:
	case c == '"':
		d.text()
	case c == '{':
		d.object(func(string) { d.skip() })
	case c == '[':
		d.list(d.skip)
	case c == 't':
		d.word("true")
	case c == 'f':
		d.word("false")
	case c == 'n':
		d.word("null")
	default:
		d.number()
	}
}

// optional returns the next value if it is a text, and "" for any other kind.
func (d *scanner) optional() string {
	if d.peek() == '"' {
		return d.text()
	}
	d.skip()
	return ""
}

func (d *scanner) word(w string) {
	if !strings.HasPrefix(d.s[d.i:], w) {
		d.fail("no JSON value where one must be")
		return
	}
	d.i += len(w)
}

// number takes a number and returns its text.
func (d *scanner) number() string {
	start := d.i
	if d.i < len(d.s) && d.s[d.i] == '-' {
		d.i++
	}
	whole := d.i
	if d.run() == 0 || d.s[whole] == '0' && d.i > whole+1 {
		d.i = start
		d.fail("no JSON value where one must be")
		return ""
	}
	if d.i < len(d.s) && d.s[d.i] == '.' {
		d.i++
		if d.run() == 0 {
			d.fail("no digit in the fraction of a number")
		}
	}
	if d.i < len(d.s) && d.s[d.i]|0x20 == 'e' {
		d.i++
		if d.i < len(d.s) && (d.s[d.i] == '+' || d.s[d.i] == '-') {
			d.i++
		}
		if d.run() == 0 {
			d.fail("no digit in the exponent of a number")
		}
	}
	return d.s[start:d.i]
}

// run takes digits and returns how many.
func (d *scanner) run() int {
	start := d.i
	for d.i < len(d.s) && '0' <= d.s[d.i] && d.s[d.i] <= '9' {
		d.i++
	}
	return d.i - start
}

// text takes a string.
func (d *scanner) text() string {
	if !d.expect('"', "text") {
		return ""
	}
	start := d.i
	d.i += plainBytes(d.s[start:])
	switch {
	case d.i == len(d.s):
		d.fail("the page ends within a text")
		return ""
	case d.s[d.i] == '"':
		d.i++
		return d.s[start : d.i-1]
	}
	return d.escaped(start)
}

// plainBytes counts the bytes before the first quotation mark, backslash or control character, eight at a time.
func plainBytes(s string) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := word(s[i : i+8])
		quote, slash := w^'"'*ones, w^'\\'*ones
		// The lowest high bit that is set belongs to the first byte that is sought; those above it may be wrong.
		if found := ((quote-ones)&^quote | (slash-ones)&^slash | (w-' '*ones)&^w) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

// word is the first eight bytes of s, the first one lowest; it becomes one load.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escaped goes on with a string that began at start, from its first escape.
func (d *scanner) escaped(start int) string {
	out := []byte(d.s[start:d.i])
	for d.i < len(d.s) && d.err == nil {
		c := d.s[d.i]
		d.i++
		switch {
		case c == '"':
			return string(out)
		case c == '\\':
			out = d.escape(out)
		case c < ' ':
			d.fail("a control character in a text")
		default:
			out = append(out, c)
		}
	}
	d.fail("the page ends within a text")
	return ""
}

func (d *scanner) escape(out []byte) []byte {
	if d.i >= len(d.s) {
		return out
	}
	c := d.s[d.i]
	d.i++
	switch c {
	case '"', '\\', '/':
		return append(out, c)
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'u':
		return utf8.AppendRune(out, d.codePoint())
	}
	d.fail("an unknown escape in a text")
	return out
}

// codePoint reads what follows \u, both halves of a surrogate pair; a lone half is U+FFFD.
func (d *scanner) codePoint() rune {
	r := d.hex4()
	if !utf16.IsSurrogate(r) || !strings.HasPrefix(d.s[d.i:], `\u`) {
		return r // AppendRune makes U+FFFD of a lone half
	}
	before := d.i
	d.i += 2
	if pair := utf16.DecodeRune(r, d.hex4()); pair != utf8.RuneError {
		return pair
	}
	if d.err == nil {
		d.i = before
	}
	return utf8.RuneError
}

func (d *scanner) hex4() rune {
	if d.i+4 > len(d.s) {
		d.fail("the page ends within a text")
		return 0
	}
	var r rune
	for _, c := range []byte(d.s[d.i : d.i+4]) {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			d.fail("no hexadecimal digit in an escape")
			return 0
		}
	}
	d.i += 4
	return r
}
