package bindep

import "strings"

// Parse reads a file. A line that isn't understood is a problem, and the others count. Lines end as in Python's text files:
// with "\n", "\r\n" or "\r".
func Parse(text string) (Rules, []Problem) {
	var rules Rules
	var problems []Problem
	for n := 1; text != ""; n++ {
		var line string
		line, text = cutLine(text)
		p := parser{s: line}
		if p.nothing() {
			continue
		}
		r, reason := p.rule()
		if reason != "" {
			problems = append(problems, Problem{Line: n, Column: p.i + 1, Problem: reason + ", found " + p.found()})
			continue
		}
		r.Line = n
		rules = append(rules, r)
	}
	return rules, problems
}

func cutLine(text string) (line, rest string) {
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, ""
	}
	if strings.HasPrefix(text[i:], "\r\n") {
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

// parser goes along a line. What it takes it leaves behind; what isn't there it leaves alone. Its functions say what they
// expected instead of what there is, or "".
type parser struct {
	s string
	i int
}

// nothing says whether the line is blank or only a comment. Only spaces count as white space, here and elsewhere.
func (p *parser) nothing() bool {
	rest := strings.TrimLeft(p.s, " ")
	return rest == "" || rest[0] == '#'
}

func (p *parser) rule() (r Rule, reason string) {
	if !p.at(isAlnum) && !p.at(isSlash) {
		return r, "expected the name of a package"
	}
	r.Name = p.run(isName)
	spaces := p.spaces()
	if p.at(isOpening) {
		if spaces == 0 {
			return r, "expected a space before the selectors"
		}
		if r.Selectors, reason = p.selectors(); reason != "" {
			return r, reason
		}
		spaces = p.spaces()
	}
	if p.at(isOperator) {
		if spaces == 0 {
			return r, "expected a space before the version"
		}
		if r.Versions, reason = p.relations(); reason != "" {
			return r, reason
		}
		spaces = p.spaces()
	}
	return r, p.end(r, spaces)
}

func (p *parser) end(r Rule, spaces int) (reason string) {
	switch {
	case p.i == len(p.s) && spaces > 0:
		p.i -= spaces
		return "expected no spaces before the end of the line"
	case p.i == len(p.s) || p.s[p.i] == '#':
		return ""
	case r.Versions != nil:
		return "expected a comma and a version, a comment, or the end of the line"
	case r.Selectors != nil:
		return "expected a version, a comment, or the end of the line"
	}
	return "expected selectors in brackets, a version, a comment, or the end of the line"
}

// selectors takes what is in brackets. Between two atoms nothing need stand when they can be told apart.
func (p *parser) selectors() (all []Selector, reason string) {
	p.i++
	all = []Selector{}
	for {
		p.spaces()
		switch {
		case p.take(']'):
			return all, ""
		case p.take('('):
			atoms, reason := p.group()
			if reason != "" {
				return nil, reason
			}
			all = append(all, Selector{Group: true, Atoms: atoms})
		case p.at(isAtom) || p.at(isNot):
			a, reason := p.atom()
			if reason != "" {
				return nil, reason
			}
			all = append(all, Selector{Atoms: []Atom{a}})
		default:
			return nil, "expected a profile or ]"
		}
	}
}

func (p *parser) group() (atoms []Atom, reason string) {
	for {
		p.spaces()
		switch {
		case p.take(')'):
			return atoms, ""
		case p.at(isAtom) || p.at(isNot):
			a, reason := p.atom()
			if reason != "" {
				return nil, reason
			}
			atoms = append(atoms, a)
		default:
			return nil, "expected a profile or )"
		}
	}
}

func (p *parser) atom() (a Atom, reason string) {
	a.Not = p.take('!')
	if a.Name = p.run(isAtom); a.Name == "" {
		return a, "expected a profile after the !"
	}
	return a, ""
}

func (p *parser) relations() (all []Relation, reason string) {
	for {
		r := Relation{Op: p.operator()}
		if r.Op == "" {
			return nil, "expected <=, <, !=, ==, >= or >"
		}
		if r.Version, reason = p.version(); reason != "" {
			return nil, reason
		}
		all = append(all, r)
		if !p.take(',') {
			return all, ""
		}
	}
}

func (p *parser) operator() string {
	for _, op := range []string{"<=", "<", "!=", "==", ">=", ">"} {
		if strings.HasPrefix(p.s[p.i:], op) {
			p.i += len(op)
			return op
		}
	}
	return ""
}

func (p *parser) at(is func(byte) bool) bool {
	return p.i < len(p.s) && is(p.s[p.i])
}

func (p *parser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) run(is func(byte) bool) string {
	start := p.i
	for p.at(is) {
		p.i++
	}
	return p.s[start:p.i]
}

func (p *parser) spaces() int { return len(p.run(isSpace)) }

func (p *parser) found() string {
	if p.i == len(p.s) {
		return "the end of the line"
	}
	return clip(p.s[p.i:])
}

func isSpace(c byte) bool    { return c == ' ' }
func isSlash(c byte) bool    { return c == '/' }
func isOpening(c byte) bool  { return c == '[' }
func isNot(c byte) bool      { return c == '!' }
func isOperator(c byte) bool { return strings.IndexByte("<>=!", c) >= 0 }
func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isLetter(c byte) bool   { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isAlnum(c byte) bool    { return isDigit(c) || isLetter(c) }
func isName(c byte) bool     { return isAlnum(c) || strings.IndexByte(".+-_/", c) >= 0 }
func isAtom(c byte) bool {
	return 'a' <= c && c <= 'z' || isDigit(c) || c == ':' || c == '-' || c == '.'
}
