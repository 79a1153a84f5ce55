package git

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is what git says when it can't: a remote that can't be reached or refuses, a full disk, a damaged object.
type Error struct {
	Command string // of git: "fetch"
	Status  int    // -1: it was killed
	Said    string // git's own words, fit to be shown; may be empty
}

func (e *Error) Error() string {
	switch {
	case e.Said != "":
		return fmt.Sprintf("git %s: %s", e.Command, e.Said)
	case e.Status < 0:
		return fmt.Sprintf("git %s was killed", e.Command)
	}
	return fmt.Sprintf("git %s ended with status %d", e.Command, e.Status)
}

// maxSaid bounds a message in bytes.
const maxSaid = 600

// harmless makes one line of what git, or a server through it, wrote: what matters of it, without control characters and secrets.
func harmless(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	var fatal, other []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r ")
		line = line[strings.LastIndexByte(line, '\r')+1:] // progress writes over itself
		line = strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(line, "?")))
		word, _, _ := strings.Cut(line, " ")
		switch word {
		case "", "hint:", "warning:":
		case "fatal:", "error:":
			fatal = append(fatal, line)
		default:
			other = append(other, line)
		}
	}
	if len(fatal) == 0 {
		fatal = other
	}
	return clip(strings.Join(last(fatal, 4), "; "), maxSaid)
}

// show is a name as it can stand in a message.
func show(s string) string { return strings.Map(printable, strings.ToValidUTF8(clip(s, 200), "?")) }

func printable(r rune) rune {
	if r == '\t' {
		return ' '
	}
	if !unicode.IsPrint(r) {
		return '?'
	}
	return r
}

func last[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }

// clip keeps about so many bytes.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}

// tail keeps the last bytes that are written to it.
type tail struct{ kept []byte }

const tailSize = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.kept = last(append(t.kept, last(p, tailSize)...), tailSize)
	return len(p), nil
}
