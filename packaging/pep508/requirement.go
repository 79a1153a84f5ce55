package pep508

import (
	"errors"
	"slices"
	"strings"

	"wheelyard/internal/pystr"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

// Requirement asks for a project, perhaps in certain versions, with extras, in some environments only (PEP 508).
// It has either a URL or Specifiers, or neither.
type Requirement struct {
	Name       project.Name
	Spelt      string            // the name as it was written
	Extras     []string          // as written, sorted, each only once; nil: none
	URL        string            // "": none
	Specifiers pep440.Specifiers // empty: any version
	Marker     *Marker           // nil: none
}

// Parse reads a requirement, with spaces and tabs around it. Any other text gives a *SyntaxError.
func Parse(s string) (Requirement, error) {
	p := parser{s: s}
	var r Requirement
	if err := p.requirement(&r); err != nil {
		return Requirement{}, err
	}
	return r, nil
}

// String is the requirement as packaging prints it: name and extras as written, specifiers and marker in normal form.
func (r Requirement) String() string {
	var b strings.Builder
	if b.WriteString(r.Spelt); r.Spelt == "" {
		b.WriteString(string(r.Name))
	}
	if len(r.Extras) > 0 {
		b.WriteString("[" + strings.Join(r.Extras, ",") + "]")
	}
	b.WriteString(r.Specifiers.String())
	if r.URL != "" {
		b.WriteString(" @ " + r.URL)
		if r.Marker != nil {
			b.WriteByte(' ')
		}
	}
	if r.Marker != nil {
		b.WriteString("; ")
		r.Marker.write(&b)
	}
	return b.String()
}

func (p *parser) requirement(r *Requirement) (err error) {
	p.space()
	if r.Spelt = p.identifier(); r.Spelt == "" {
		return p.fail("the name of a project is expected")
	}
	r.Name = project.Normalize(r.Spelt)
	p.space()
	if r.Extras, err = p.extras(); err != nil {
		return err
	}
	p.space()
	if p.take('@') {
		r.URL, err = p.url()
	} else {
		r.Specifiers, err = p.specifiers()
	}
	if err != nil || p.atEnd() {
		return err
	}
	p.i++ // the ';' that both have seen
	if r.Marker, err = p.marker(); err == nil && !p.atEnd() {
		err = p.fail("\"and\", \"or\" or the end is expected")
	}
	return err
}

// extras takes names in brackets, of which there may be none.
func (p *parser) extras() ([]string, error) {
	if !p.take('[') {
		return nil, nil
	}
	var extras []string
	p.space()
	for name := p.identifier(); name != ""; name = p.identifier() {
		extras = append(extras, name)
		p.space()
		if !p.take(',') {
			break
		}
		p.space()
		if !p.at(isAlnum) {
			return nil, p.fail("the name of an extra is expected")
		}
	}
	if !p.take(']') {
		return nil, p.fail("a comma or ] is expected after an extra")
	}
	slices.Sort(extras)
	return slices.Compact(extras), nil
}

// url takes what follows '@'. Only white space ends it, so that a ';' needs some before it.
func (p *parser) url() (string, error) {
	p.space()
	start := p.i
	for p.at(isNoSpace) {
		p.i++
	}
	url := p.s[start:p.i]
	if url == "" {
		return "", p.fail("a URL is expected after @")
	}
	p.space()
	if !p.atEnd() && !p.at(isSemicolon) {
		return "", p.fail("a semicolon or the end is expected after a URL")
	}
	return url, nil
}

// specifiers takes specifiers with commas between, perhaps in parentheses, up to the ';' or the end.
func (p *parser) specifiers() (pep440.Specifiers, error) {
	closed := !p.take('(')
	p.space()
	start, last := p.i, p.i
	for n := pep440.ScanSpecifier(p.s[p.i:]); n > 0; n = pep440.ScanSpecifier(p.s[p.i:]) {
		last = p.i
		p.i += n
		p.space()
		if !p.take(',') {
			break
		}
		p.space()
		last = p.i
	}
	text := p.s[start:p.i]
	if !closed {
		closed = p.take(')')
		p.space()
	}
	if !closed || !p.atEnd() && !p.at(isSemicolon) {
		return pep440.Specifiers{}, p.badSpecifier(last, closed)
	}
	s, err := pep440.ParseSpecifiers(text)
	if invalid := (*pep440.InvalidSpecifierError)(nil); errors.As(err, &invalid) {
		p.i = start + offset(text, invalid.Text) // a comma belongs to what ScanSpecifier takes after ===
		return s, p.fail("a version specifier is expected (" + invalid.Reason + ")")
	}
	return s, err
}

// offset finds a clause among those of a text.
func offset(text, clause string) (n int) {
	for part := range strings.SplitSeq(text, ",") {
		if pystr.Trim(part) == clause {
			return n
		}
		n += len(part) + len(",")
	}
	return 0
}

// badSpecifier says why the specifiers don't end where they could no longer be understood. The last begins at last.
func (p *parser) badSpecifier(last int, closed bool) error {
	rest := p.s[p.i:]
	if strings.HasPrefix(rest, ".*") || strings.HasPrefix(rest, "+") || last == p.i && p.at(isOperator) {
		clause := p.s[last:]
		if end := strings.IndexAny(clause, ",;)"); end >= 0 {
			clause = clause[:end]
		}
		_, err := pep440.ParseSpecifier(clause)
		if invalid := (*pep440.InvalidSpecifierError)(nil); errors.As(err, &invalid) {
			p.i = last
			return p.fail("a version specifier is expected (" + invalid.Reason + ")")
		}
	}
	if !closed {
		return p.fail("a comma or ) is expected in the version specifiers")
	}
	return p.fail("a version specifier, a semicolon or the end is expected")
}
