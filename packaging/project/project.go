// Package project holds the names of Python projects in the one form by which they are compared.
//
// A Name is always normalised; the way a source spelt it is kept by whoever read it, as a plain string. The oracle is
// pypa/packaging 26.3 (packaging.utils): Normalize and Valid give what canonicalize_name and its validation give.
package project

import (
	"strings"

	"wheelyard/internal/pystr"
)

// Name is a project's name in normal form (PEP 503, "Normalized Names"): lower case, with runs of
// '-', '_' and '.' written as one '-'. The zero value names nothing.
type Name string

// Normalize gives the normal form of a name (PEP 503). It takes any text and refuses none: whoever reads names that
// may be hostile asks Valid first. The normal form of a normal form is itself.
func Normalize(s string) Name {
	if isNormal(s) {
		return Name(s)
	}
	s = pystr.Lower(s)
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case !strings.ContainsRune("-_.", rune(c)):
			b = append(b, c)
		case len(b) == 0 || b[len(b)-1] != '-':
			b = append(b, '-')
		}
	}
	return Name(b)
}

// Valid says whether s is a name at all: ASCII letters, digits, '.', '-' and '_', with a letter or digit at either end
// (PEP 508, "Names").
func Valid(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && !(strings.ContainsRune("-_.", rune(c)) && 0 < i && i < len(s)-1) {
			return false
		}
	}
	return s != ""
}

// isNormal says whether s is a valid name in normal form.
func isNormal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		case c == '-' && 0 < i && i < len(s)-1 && s[i-1] != '-':
		default:
			return false
		}
	}
	return s != ""
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
