// Package pystr has the few operations of Python's str type that differ from those of Go's strings package.
//
// The formats of packaging/ are defined by what the reference implementation does, and that is written in terms of
// str.lower, str.strip and the \s of regular expressions. All functions are pure, take any bytes and need linear time.
// Characters newer than the Unicode tables of the running Go or Python may be told apart differently.
package pystr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace says what str.isspace, str.strip and \s say of a character: Unicode's white space, and the four separators
// U+001C to U+001F which unicode.IsSpace leaves out.
func IsSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f
}

// Trim is str.strip.
func Trim(s string) string {
	return strings.TrimFunc(s, IsSpace)
}

// TrimLeft is str.lstrip.
func TrimLeft(s string) string {
	return strings.TrimLeftFunc(s, IsSpace)
}

// Lower is str.lower: unlike strings.ToLower, it knows the final sigma, the dotted capital I that becomes two
// characters, and leaves bytes that are no UTF-8 alone.
func Lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteByte(s[i])
		case r == 'İ':
			b.WriteString("i\u0307")
		case r == 'Σ' && isFinal(s[:i], s[i+size:]):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		i += size
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isFinal says whether a capital sigma between the two texts ends a word: Final_Sigma of Unicode's SpecialCasing.
// A sigma is itself cased, so that no text is looked at by more than two of them.
func isFinal(before, after string) bool {
	before = strings.TrimRightFunc(before, isCaseIgnorable)
	r, _ := utf8.DecodeLastRuneInString(before)
	if before == "" || !isCased(r) {
		return false
	}
	after = strings.TrimLeftFunc(after, isCaseIgnorable)
	r, _ = utf8.DecodeRuneInString(after)
	return after == "" || !isCased(r)
}

// isCased is Unicode's property Cased (standard, section 3.13).
func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// isCaseIgnorable is Unicode's property Case_Ignorable (standard, section 3.13): some categories, and what does not
// break words (MidLetter, MidNumLet and Single_Quote of its annex 29).
func isCaseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:·\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
