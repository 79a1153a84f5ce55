package sandbox

import (
	"io"
	"unicode"
	"unicode/utf8"
)

// Clean passes text on with everything made harmless that could command a terminal or mislead the reader: control characters but tab and
// newline are dropped, a carriage return ends a line, what isn't UTF-8 becomes U+FFFD, and so do marks that turn the direction of writing.
type Clean struct {
	To      io.Writer
	partial []byte // the beginning of a rune
	cr      bool   // the last one was a carriage return
	out     []byte
}

// Write never fails for what it is given, only as To fails.
func (c *Clean) Write(p []byte) (int, error) {
	c.out = c.out[:0]
	rest := p
	if len(c.partial) > 0 {
		rest = append(c.partial, p...)
	}
	for len(rest) > 0 {
		if !utf8.FullRune(rest) {
			break
		}
		r, size := utf8.DecodeRune(rest)
		c.rune(r)
		rest = rest[size:]
	}
	c.partial = append([]byte(nil), rest...)
	if len(c.out) == 0 {
		return len(p), nil
	}
	if _, err := c.To.Write(c.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (c *Clean) rune(r rune) {
	cr := c.cr
	c.cr = r == '\r'
	switch {
	case r == '\n':
		if !cr { // of \r\n, the newline was written already
			c.out = append(c.out, '\n')
		}
	case r == '\r':
		if !cr {
			c.out = append(c.out, '\n')
		}
	case r == '\t':
		c.out = append(c.out, '\t')
	case unicode.IsControl(r):
	case unicode.Is(unicode.Bidi_Control, r):
		c.out = utf8.AppendRune(c.out, utf8.RuneError)
	default:
		c.out = utf8.AppendRune(c.out, r)
	}
}
