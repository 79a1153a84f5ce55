package source

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
)

// ReadConstraints reads a constraints file, such as an upper-constraints.txt, the way pip does: comments, blank lines,
// continued lines, line ends of every kind and a byte order mark are taken. at gives source, series and file.
//
// Only plain requirements with versions are wants. What else pip knows (options, other files, URLs, hashes, extras,
// variables) is a Problem that says why, and so are two versions of one project under the same marker: both are wanted.
// An error means that r could not be read.
func ReadConstraints(r io.Reader, at Origin) (Reading, error) {
	text, err := readAll(r, at)
	if err != nil {
		return Reading{}, err
	}
	c := constraints{at: at, pins: map[pinKey]pin{}}
	if name := encoding(text); name != "" {
		at.Line = 1
		c.problem(at, fmt.Errorf("the file is %s: save it as UTF-8", name))
		return c.Reading, nil
	}
	for line, number := range logicalLines(strings.TrimPrefix(string(text), "\ufeff")) {
		at.Line = number
		if err := c.line(line, at); err != nil {
			c.problem(at, err)
		}
	}
	return c.Reading, nil
}

// encoding names the encoding that a byte order mark tells, if it isn't UTF-8's.
func encoding(text []byte) string {
	s := string(text[:min(len(text), 4)])
	switch {
	case strings.HasPrefix(s, "\xff\xfe\x00\x00"), strings.HasPrefix(s, "\x00\x00\xfe\xff"):
		return "UTF-32"
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return "UTF-16"
	}
	return ""
}

// constraints is a file being read.
type constraints struct {
	Reading
	at   Origin
	pins map[pinKey]pin
}

type pinKey struct {
	project project.Name
	marker  string
}

type pin struct {
	versions string
	line     int
}

func (c *constraints) problem(at Origin, err error) {
	c.Problems = append(c.Problems, Problem{Origin: at, Problem: err.Error()})
}

// maxLine is far above any requirement, and keeps one line from filling a page of problems.
const maxLine = 64 << 10

func (c *constraints) line(text string, at Origin) error {
	switch {
	case len(text) > maxLine:
		return fmt.Errorf("the line has %d bytes: at most %d are read", len(text), maxLine)
	case !utf8.ValidString(text):
		return fmt.Errorf("not UTF-8: %s", quote(text))
	case strings.ContainsRune(text, 0):
		return fmt.Errorf("a NUL byte in %s", quote(text))
	}
	if err := unsupported(text); err != nil {
		return err
	}
	r, err := pep508.Parse(text)
	if err != nil {
		return fmt.Errorf("%s is no requirement: %s", quote(text), clip(err.Error(), 200))
	}
	switch {
	case r.URL != "":
		return fmt.Errorf("%s: a URL is no version: only what an index offers can be wanted", quote(text))
	case len(r.Extras) > 0:
		return fmt.Errorf("%s: constraints take no extras: write %s", quote(text), r.Spelt)
	case r.Specifiers.IsEmpty():
		return fmt.Errorf("%s names no version: write %s===VERSION", quote(text), r.Spelt)
	}
	c.Wants = append(c.Wants, Want{Project: r.Name, Spelt: r.Spelt, Versions: r.Specifiers, Marker: r.Marker, Origin: at})
	return c.contradiction(r, at)
}

// contradiction finds another version of the same project under the same marker: pip refuses the two together.
func (c *constraints) contradiction(r pep508.Requirement, at Origin) error {
	if _, ok := r.Specifiers.Pin(); !ok {
		return nil
	}
	key := pinKey{project: r.Name}
	if r.Marker != nil {
		key.marker = r.Marker.String()
	}
	before, ok := c.pins[key]
	if !ok {
		c.pins[key] = pin{versions: r.Specifiers.String(), line: at.Line}
		return nil
	}
	if versions := r.Specifiers.String(); versions != before.versions {
		return fmt.Errorf("%s%s contradicts line %d, which has %s", r.Spelt, versions, before.line, before.versions)
	}
	return nil
}

var (
	hash     = regexp.MustCompile(`\s--?[a-z]`)
	variable = regexp.MustCompile(`\$\{[A-Z0-9_]+\}`)
	path     = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*://|file:|\.{0,2}/|~/|\.{1,2}$|[a-z]:\\)|^[^;@]*\.(?:whl|zip|tar\.[a-z0-9]+|tgz)(?:[#\s]|$)`)
)

// unsupported tells of what pip would take in a requirements file, but what is no want.
func unsupported(text string) error {
	word, _, _ := strings.Cut(text, " ")
	word, _, _ = strings.Cut(word, "=")
	switch {
	case strings.HasPrefix(text, "-e"), word == "--editable":
		return fmt.Errorf("%s: an editable project is no version of an index", quote(text))
	case strings.HasPrefix(text, "-c"), strings.HasPrefix(text, "-r"), word == "--constraint", word == "--requirement":
		return fmt.Errorf("%s: other files are not followed: name them as sources of their own", quote(text))
	case strings.HasPrefix(text, "-"):
		return fmt.Errorf("%s: options of pip have no meaning here", quote(text))
	case variable.MatchString(text):
		return fmt.Errorf("%s: environment variables are not replaced", quote(text))
	case path.MatchString(text):
		return fmt.Errorf("%s: a file or URL is no version: only what an index offers can be wanted", quote(text))
	case hash.MatchString(text):
		return errors.New(quote(text) + ": hashes and options of a single requirement are not supported: remove what follows the version")
	}
	return nil
}

// quote shows a line in a message, whatever is in it.
func quote(s string) string { return fmt.Sprintf("%q", clip(s, 80)) }

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
