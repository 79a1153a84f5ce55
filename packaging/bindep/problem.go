package bindep

import (
	"fmt"
	"unicode/utf8"
)

// Problem is a line that is no rule, nor a comment, nor blank. bindep would refuse the whole file for it.
type Problem struct {
	Line    int // from 1
	Column  int // from 1, in bytes; one past the end when something is missing there
	Problem string
}

func (p Problem) String() string {
	return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Problem)
}

// clip quotes a text that may be long and hostile.
func clip(s string) string {
	most := 40
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return fmt.Sprintf("%q…", s[:most])
}
