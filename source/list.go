package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// SyntaxError tells why a list as a whole cannot be read.
type SyntaxError struct {
	File         string
	Line, Column int // from 1
	Problem      string
	Hint         string // what to do; may be empty
}

func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Problem)
	if e.Hint != "" {
		s += "\n  hint: " + e.Hint
	}
	return s
}

// ReadList reads a hand-kept list, a TOML file of two kinds of tables:
//
//	[[package]]
//	project = "PyYAML"
//	versions = "==5.4.1"                     # or a list of such; without it, the version that pip would take
//	targets = ["debian-12-x86_64/cp311"]     # platforms or targets; without it, all
//	reason = "the last one with FullLoader"  # may be left out
//
//	[[exclude]]
//	project = "M2Crypto"
//	versions = "<0.40"                       # without it, all
//	targets = ["debian-12-x86_64"]           # without it, all
//	reason = "needs OpenSSL 1.1"             # must be given
//	until = 2027-01-01                       # midnight UTC; without it, for good
//
// Versions are written as PEP 440 specifiers. In a package they may also be "latest", "latest 3" or "latest 3 >=1,<2":
// the newest one, the three newest, the three newest of those. Each element of a list is a want of its own.
//
// A file that is not TOML or has other tables is a *SyntaxError, since what it leaves out may be an exclude. An entry
// with an unknown key or a bad value is left out, and is a Problem; any other error means that r could not be read.
func ReadList(r io.Reader, at Origin) (Reading, error) {
	text, err := readAll(r, at)
	if err != nil {
		return Reading{}, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var whole map[string]any
	if err := toml.Unmarshal(text, &whole); err != nil {
		return Reading{}, syntaxError(text, at, err)
	}
	l := list{at: at, lines: lineStarts(text)}
	if err := l.read(text); err != nil {
		return Reading{}, err
	}
	return l.Reading, nil
}

// list is a list being read.
type list struct {
	Reading
	at    Origin
	lines []int // offset of each line
}

// table is one [[package]] or [[exclude]].
type table struct {
	kind   string
	offset int
	values map[string]value
	bad    bool // a problem has been told
}

// read walks over the tables. The text is known to be TOML.
func (l *list) read(text []byte) error {
	var p unstable.Parser
	p.Reset(text)
	var open *table
	for p.NextExpression() {
		e := p.Expression()
		name, offset := keyOf(e)
		switch {
		case e.Kind == unstable.ArrayTable && (name == "package" || name == "exclude"):
			l.close(open)
			open = &table{kind: name, offset: offset, values: map[string]value{}}
		case e.Kind == unstable.ArrayTable || e.Kind == unstable.Table:
			return l.unknownTable(name, offset, e.Kind)
		case e.Kind == unstable.KeyValue && open == nil:
			return l.unknownTable(name, offset, e.Kind)
		case e.Kind == unstable.KeyValue:
			open.values[name] = valueOf(e.Value(), offset)
		}
	}
	if err := p.Error(); err != nil { // Unmarshal accepted it
		return &SyntaxError{File: l.at.File, Line: 1, Column: 1, Problem: err.Error()}
	}
	l.close(open)
	return nil
}

func (l *list) unknownTable(name string, offset int, kind unstable.Kind) error {
	line, column := l.place(offset)
	e := &SyntaxError{File: l.at.File, Line: line, Column: column, Hint: "a list has [[package]] and [[exclude]] tables"}
	switch {
	case name == "package" || name == "exclude":
		e.Problem = fmt.Sprintf("%q is not a list of tables", name)
		e.Hint = fmt.Sprintf("write [[%s]] with two brackets: there may be several", name)
	case kind == unstable.KeyValue:
		e.Problem = fmt.Sprintf("the key %q stands outside of a table", name)
	default:
		e.Problem = fmt.Sprintf("unknown table %q", name)
		if meant := nearest(name, []string{"package", "exclude"}); meant != "" && !strings.Contains(name, ".") {
			e.Hint = fmt.Sprintf("did you mean [[%s]]?", meant)
		}
	}
	return e
}

// keyOf is the whole name of a key or table, and where it begins.
func keyOf(e *unstable.Node) (name string, offset int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		if parts == nil {
			offset = int(it.Node().Raw.Offset)
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), offset
}

func syntaxError(text []byte, at Origin, err error) error {
	e := &SyntaxError{File: at.File, Line: 1, Column: 1, Problem: strings.TrimPrefix(err.Error(), "toml: ")}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		e.Line, e.Column = decode.Position()
		e.Hint = syntaxHint(text, e.Line)
	}
	return e
}

// syntaxHint knows the mistake that people make most: text without quotes.
func syntaxHint(text []byte, line int) string {
	lines := bytes.SplitN(text, []byte("\n"), line+1)
	if line > len(lines) {
		return ""
	}
	_, value, ok := bytes.Cut(lines[line-1], []byte("="))
	value = bytes.TrimSpace(value)
	if ok && (len(value) == 0 || !bytes.ContainsAny(value[:1], `"'[`)) {
		return `text needs quotes, as in versions = "==1.2"`
	}
	return ""
}
