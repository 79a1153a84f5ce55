package source

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is what a list's keys tell apart.
type kind int

const (
	isOther kind = iota
	isText
	isTexts
	isDate // its text is as written
)

// value is what a key is set to.
type value struct {
	kind   kind
	is     string   // in words, for messages
	texts  []string // none of isOther
	offset int      // of the key
}

// valueOf copies what it takes from the parser, which uses its memory again.
func valueOf(n *unstable.Node, offset int) value {
	v := value{offset: offset}
	switch n.Kind {
	case unstable.String:
		v.kind, v.is, v.texts = isText, quote(string(n.Data)), []string{string(n.Data)}
	case unstable.LocalDate, unstable.DateTime:
		v.kind, v.is, v.texts = isDate, string(n.Data), []string{strings.Replace(string(n.Data), " ", "T", 1)}
	case unstable.Array:
		v.kind, v.is = isTexts, "a list"
		for it := n.Children(); it.Next(); {
			switch it.Node().Kind {
			case unstable.String:
				v.texts = append(v.texts, string(it.Node().Data))
			case unstable.Comment:
			default:
				return value{is: "a list with more than strings in it", offset: offset}
			}
		}
	case unstable.Integer, unstable.Float:
		v.is = "the number " + string(n.Data)
	case unstable.Bool:
		v.is = string(n.Data)
	default:
		v.is = "a " + strings.ToLower(n.Kind.String())
	}
	return v
}

// lineStarts are the offsets at which the lines begin.
func lineStarts(b []byte) []int {
	starts := []int{0}
	for i, c := range b {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (l *list) place(offset int) (line, column int) {
	i, found := slices.BinarySearch(l.lines, offset)
	if !found {
		i--
	}
	return i + 1, offset - l.lines[i] + 1
}

// nearest is the known word that differs from the given one in a letter or two; "" when there is none.
func nearest(word string, known []string) string {
	for _, k := range known {
		if word != k && (strings.EqualFold(word, k) || distance(word, k) <= 2) {
			return k
		}
	}
	return ""
}

// distance is the number of letters to add, drop or change (Levenshtein). Long words are far from everything.
func distance(a, b string) int {
	if len(a) > 30 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0]++
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
