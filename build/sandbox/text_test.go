package sandbox

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain\ttext\n", "plain\ttext\n"},
		{"\x1b[31mred\x1b]0;title\x07\n", "[31mred]0;title\n"},
		{"10%\r20%\r\nend", "10%\n20%\nend"},
		{"a\r\r\nb", "a\nb"},
		{"\u009b31m\x00\x7f", "31m"},
		{"caf\u00e9 \u2603 \U0001f600", "caf\u00e9 \u2603 \U0001f600"},
		{"bad \xff\xc3( end", "bad \ufffd\ufffd( end"},
		{"\u202egnp.exe", "\ufffdgnp.exe"},
	} {
		for size := 1; size <= len(c.in); size++ {
			var b strings.Builder
			w := &Clean{To: &b}
			for rest := c.in; rest != ""; {
				n := min(size, len(rest))
				w.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			if b.String() != c.want {
				t.Errorf("%q by %d: %q, want %q", c.in, size, b.String(), c.want)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("a\r\n\x1b[0m\xe2\x80"), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		var b strings.Builder
		w := &Clean{To: &b}
		cut = max(0, min(cut, len(in)))
		w.Write(in[:cut])
		w.Write(in[cut:])
		if !utf8.ValidString(b.String()) {
			t.Fatalf("%q: no UTF-8", b.String())
		}
		for _, r := range b.String() {
			if unicode.IsControl(r) && r != '\n' && r != '\t' {
				t.Fatalf("%q has %q", b.String(), r)
			}
		}
	})
}
