package source

import (
	"iter"
	"strings"
)

// logicalLines yields the lines that say something, without comments and outer space, each with the number of its first
// physical line. As in pip, a backslash at the end joins a line with the next one, except at the end of a comment line;
// and a comment begins with '#' at the start or after white space.
func logicalLines(text string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		var joined strings.Builder
		first, continued := 0, false
		number := 0
		for line := range physicalLines(text) {
			number++
			if !continued {
				first = number
			}
			comment := isComment(line)
			if strings.HasSuffix(line, `\`) && !comment {
				joined.WriteString(strings.Trim(line, `\`))
				continued = true
				continue
			}
			if continued && comment {
				joined.WriteByte(' ') // so that it is a comment in the joined line, too
			}
			joined.WriteString(line)
			if !yieldLine(joined.String(), first, yield) {
				return
			}
			joined.Reset()
			continued = false
		}
		if continued {
			yieldLine(joined.String(), first, yield)
		}
	}
}

func yieldLine(line string, number int, yield func(string, int) bool) bool {
	line = strings.TrimSpace(withoutComment(line))
	return line == "" || yield(line, number)
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t\f\v"), "#") }

func withoutComment(line string) string {
	for i := 0; i < len(line); i++ {
		if line[i] == '#' && (i == 0 || strings.IndexByte(" \t\f\v", line[i-1]) >= 0) {
			return line[:i]
		}
	}
	return line
}

// physicalLines ends lines at "\n", "\r\n" and "\r".
func physicalLines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			line := text
			if i := strings.IndexAny(text, "\r\n"); i >= 0 {
				line, text = text[:i], text[i:]
				if strings.HasPrefix(text, "\r\n") {
					text = text[1:]
				}
				text = text[1:]
			} else {
				text = ""
			}
			if !yield(line) {
				return
			}
		}
	}
}
