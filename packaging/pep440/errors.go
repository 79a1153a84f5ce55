package pep440

import "fmt"

// InvalidVersionError says that a text is no version.
type InvalidVersionError struct {
	Text string // as given
	At   int    // the offset up to which it could be understood
}

func (e *InvalidVersionError) Error() string {
	if e.At == 0 || e.At >= len(e.Text) {
		return fmt.Sprintf("invalid version %s", clip(e.Text))
	}
	return fmt.Sprintf("invalid version %s: %s is not understood", clip(e.Text), clip(e.Text[e.At:]))
}

// InvalidSpecifierError says that a text is no version specifier.
type InvalidSpecifierError struct {
	Text   string // the one clause, without white space around it
	Reason string // for people; may be empty
}

func (e *InvalidSpecifierError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("invalid specifier %s", clip(e.Text))
	}
	return fmt.Sprintf("invalid specifier %s: %s", clip(e.Text), e.Reason)
}

// clip quotes a text that may be long and hostile.
func clip(s string) string {
	const most = 100
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:most], len(s))
}
