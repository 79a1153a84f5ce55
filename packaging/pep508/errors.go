package pep508

import (
	"fmt"
	"unicode/utf8"
)

// SyntaxError says that a text is no requirement, or no marker.
type SyntaxError struct {
	Text   string // as given
	At     int    // the offset of what is wrong, in bytes; len(Text) when something is missing at its end
	Reason string // for people
}

func (e *SyntaxError) Error() string {
	found := "the end"
	if e.At < len(e.Text) {
		found = clip(e.Text[e.At:])
	}
	return fmt.Sprintf("column %d: %s, found %s", e.At+1, e.Reason, found)
}

// UndefinedNameError says that a marker asks for something that the environment doesn't have.
type UndefinedNameError struct{ Name string }

func (e *UndefinedNameError) Error() string {
	return fmt.Sprintf("the environment has no %s", clip(e.Name))
}

// UndefinedComparisonError says that an operator has no meaning for what it is given: ~= and === for what is no version,
// and anything but in and not in for a set.
type UndefinedComparisonError struct{ Comparison string }

func (e *UndefinedComparisonError) Error() string {
	return "no meaning is defined for " + clip(e.Comparison)
}

// clip quotes a text that may be long and hostile.
func clip(s string) string {
	most := 60
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return fmt.Sprintf("%q…", s[:most])
}
