package pep508

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// quoted takes a text in quotes. packaging reads it as a literal of Python, with its escapes, but lets no quote be
// escaped: the first one of the same kind ends it.
func (p *parser) quoted() (string, error) {
	start := p.i
	quote := p.s[start]
	n := strings.IndexByte(p.s[start+1:], quote)
	if n < 0 {
		return "", p.fail("a quote is never closed: a text in quotes is expected")
	}
	text, reason := unescape(p.s[start+1 : start+1+n])
	if reason != "" {
		return "", p.fail("a text in quotes is expected (" + reason + ")")
	}
	p.i += n + 2
	return text, nil
}

// unescape gives what a Python literal stands for, which has s between its quotes; or the reason why it is none.
func unescape(s string) (text, reason string) {
	if !utf8.ValidString(s) {
		return "", "it is not UTF-8"
	}
	if !strings.ContainsAny(s, "\\\n\r\x00") {
		return s, ""
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '\n', '\r', 0:
			return "", fmt.Sprintf("it has a %q", c)
		case '\\':
			n, reason := writeEscape(&b, s[i:])
			if reason != "" {
				return "", reason
			}
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), ""
}

// writeEscape writes what the escape at the start of s stands for, and gives its length
// (The Python Language Reference, "Escape sequences").
func writeEscape(b *strings.Builder, s string) (n int, reason string) {
	if len(s) == 1 {
		return 0, "a backslash is before its end"
	}
	c := s[1]
	if i := strings.IndexByte(`\'"abfnrtv`, c); i >= 0 {
		b.WriteByte("\\'\"\a\b\f\n\r\t\v"[i])
		return 2, ""
	}
	switch c {
	case '\r':
		if strings.HasPrefix(s[2:], "\n") {
			return 3, ""
		}
		return 2, ""
	case '\n': // the text goes on in the next line
		return 2, ""
	case 'x':
		return writeCode(b, s, 2)
	case 'u':
		return writeCode(b, s, 4)
	case 'U':
		return writeCode(b, s, 8)
	case 'N':
		return 0, `\N, a character by its name, is not supported`
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n, code := 1, rune(0)
		for ; n < min(len(s), 4) && '0' <= s[n] && s[n] <= '7'; n++ {
			code = code*8 + rune(s[n]-'0')
		}
		b.WriteRune(code)
		return n, ""
	}
	b.WriteByte('\\') // no escape
	return 1, ""
}

func writeCode(b *strings.Builder, s string, digits int) (n int, reason string) {
	end := 2 + digits
	code, err := strconv.ParseUint(s[2:min(end, len(s))], 16, 32)
	if len(s) < end || err != nil {
		return 0, fmt.Sprintf(`\%c needs %d hexadecimal digits`, s[1], digits)
	}
	if !utf8.ValidRune(rune(code)) {
		return 0, fmt.Sprintf("%s is no character", s[:end])
	}
	b.WriteRune(rune(code))
	return end, ""
}

// writeQuoted writes a text in quotes as packaging does, without escapes, if that stands for the same text; if not, with
// them.
func writeQuoted(b *strings.Builder, s string) {
	quote := byte('"')
	if strings.IndexByte(s, '"') >= 0 {
		quote = '\''
	}
	again, reason := unescape(s)
	plain := reason == "" && again == s && strings.IndexByte(s, quote) < 0
	b.WriteByte(quote)
	if plain {
		b.WriteString(s)
	} else {
		writeEscaped(b, s)
	}
	b.WriteByte(quote)
}

func writeEscaped(b *strings.Builder, s string) {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			b.WriteString(`\\`)
		case '"', '\'', '\n', '\r', 0:
			fmt.Fprintf(b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
}
