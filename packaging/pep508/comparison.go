package pep508

import (
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

// comparison is one comparison of a marker.
type comparison struct {
	left, right operand
	op          string
	specifier   pep440.Specifiers // op and right, where left is a variable that holds a version and they are a specifier
}

// operand is a variable, or a text in quotes.
type operand struct {
	text     string // of a variable: its name in normal form
	variable bool
}

func (c *comparison) write(b *strings.Builder) {
	c.left.write(b)
	b.WriteString(" " + c.op + " ")
	c.right.write(b)
}

func (o operand) write(b *strings.Builder) {
	if o.variable {
		b.WriteString(o.text)
	} else {
		writeQuoted(b, o.text)
	}
}

func (c *comparison) String() string {
	var b strings.Builder
	c.write(&b)
	return b.String()
}

// comparison takes two operands with an operator between.
func (p *parser) comparison() (c comparison, err error) {
	if c.left, err = p.operand(); err != nil {
		return c, err
	}
	p.space()
	if c.op, err = p.operator(); err != nil {
		return c, err
	}
	p.space()
	if c.right, err = p.operand(); err != nil {
		return c, err
	}
	c.normalize()
	if c.left.variable && holdsVersion(c.left.text) {
		c.specifier, _ = pep440.ParseSpecifier(c.op + c.right.text)
	}
	return c, nil
}

// normalize puts the names of extras and groups in normal form (PEP 685, PEP 735).
func (c *comparison) normalize() {
	switch {
	case c.left.variable && c.left.text == extra && !c.right.variable:
		c.right.text = string(project.Normalize(c.right.text))
	case c.right.variable && (c.right.text == extra || holdsNames(c.right.text)) && !c.left.variable:
		c.left.text = string(project.Normalize(c.left.text))
	}
}

func (p *parser) operand() (operand, error) {
	if p.at(isQuote) {
		text, err := p.quoted()
		return operand{text: text}, err
	}
	start := p.i
	for p.wordAt(p.i) {
		p.i++
	}
	if word := p.s[start:p.i]; (word == "os" || word == "sys" || word == "platform") && p.take('.') {
		for p.wordAt(p.i) {
			p.i++
		}
	}
	name := variable(p.s[start:p.i])
	if name == "" {
		p.i = start
		return operand{}, p.fail("a variable of markers or a text in quotes is expected")
	}
	return operand{text: name, variable: true}, nil
}

func (p *parser) operator() (string, error) {
	for _, op := range [...]string{"===", "==", "~=", "!=", "<=", ">=", "<", ">"} {
		if strings.HasPrefix(p.s[p.i:], op) {
			p.i += len(op)
			return op, nil
		}
	}
	if p.word("in") {
		return "in", nil
	}
	if !p.word("not") {
		return "", p.fail("one of <=, <, !=, ==, >=, >, ~=, ===, in, not in is expected")
	}
	if p.space(); !p.word("in") {
		return "", p.fail("\"in\" is expected after \"not\"")
	}
	return "not in", nil
}

const (
	extra      = "extra"
	extras     = "extras"
	depGroups  = "dependency_groups"
	pythonFull = "python_full_version"
)

// variable gives the normal form of the name of a variable, "" for any other text. Names with dots and
// python_implementation are from before PEP 508.
func variable(s string) string {
	switch s {
	case "python_version", pythonFull, "os_name", "sys_platform", "platform_release", "platform_system",
		"platform_version", "platform_machine", "platform_python_implementation", "implementation_name",
		"implementation_version", extra, extras, depGroups:
		return s
	case "os.name":
		return "os_name"
	case "sys.platform":
		return "sys_platform"
	case "platform.version":
		return "platform_version"
	case "platform.machine":
		return "platform_machine"
	case "platform.python_implementation", "python_implementation":
		return "platform_python_implementation"
	}
	return ""
}

// holdsVersion says whether a variable is compared as a version where that is possible.
func holdsVersion(variable string) bool {
	switch variable {
	case "implementation_version", "platform_release", pythonFull, "python_version":
		return true
	}
	return false
}

// holdsNames says whether a variable is a set of names (PEP 751).
func holdsNames(variable string) bool { return variable == extras || variable == depGroups }
