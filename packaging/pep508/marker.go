package pep508

import "strings"

// Marker says in which environments something applies (PEP 508, "Environment Markers"). A nil *Marker always does.
type Marker struct {
	shape       string // and, or, '(', ')' and compare, in the order of the text; no parentheses without need
	comparisons []comparison
}

const (
	compare = 'x' // the next comparison
	and     = '&'
	or      = '|'
	removed = 0 // while a marker is being read
)

// ParseMarker reads a marker, with spaces and tabs around it. Any other text, also an empty one, gives a *SyntaxError.
func ParseMarker(s string) (*Marker, error) {
	p := parser{s: s}
	m, err := p.marker()
	if err == nil && !p.atEnd() {
		m, err = nil, p.fail("\"and\", \"or\" or the end is expected")
	}
	return m, err
}

// String is the marker as packaging prints it, with one space between words and the fewest parentheses of those that
// were written; "" for nil. It reads as the same marker again.
func (m *Marker) String() string {
	if m == nil {
		return ""
	}
	var b strings.Builder
	m.write(&b)
	return b.String()
}

func (m *Marker) write(b *strings.Builder) {
	next := 0
	for _, c := range []byte(m.shape) {
		switch c {
		case compare:
			m.comparisons[next].write(b)
			next++
		case and:
			b.WriteString(" and ")
		case or:
			b.WriteString(" or ")
		default:
			b.WriteByte(c)
		}
	}
}

// marker takes comparisons with and, or and parentheses between, and white space around them.
func (p *parser) marker() (*Marker, error) {
	b := builder{groups: make([]group, 1, 8)}
	for {
		p.space()
		if p.take('(') {
			b.open()
			continue
		}
		c, err := p.comparison()
		if err != nil {
			return nil, err
		}
		b.compare(c)
		for p.space(); b.isOpen() && p.take(')'); p.space() {
			b.close()
		}
		switch {
		case p.word("and"):
			b.shape = append(b.shape, and)
		case p.word("or"):
			b.shape = append(b.shape, or)
		case b.isOpen():
			return nil, p.fail("\"and\", \"or\" or ) is expected")
		default:
			return b.marker(), nil
		}
	}
}

// builder makes a Marker, and leaves out the parentheses that hold just one comparison or one pair of parentheses.
type builder struct {
	shape       []byte
	comparisons []comparison
	groups      []group // the first is the whole
}

type group struct {
	open  int // where its '(' is in shape
	atoms int // how many comparisons and groups it has, up to two
}

func (b *builder) isOpen() bool { return len(b.groups) > 1 }

func (b *builder) open() {
	b.groups = append(b.groups, group{open: len(b.shape)})
	b.shape = append(b.shape, '(')
}

func (b *builder) close() {
	last := len(b.groups) - 1
	if g := b.groups[last]; g.atoms == 1 {
		b.shape[g.open] = removed
	} else {
		b.shape = append(b.shape, ')')
	}
	b.groups = b.groups[:last]
	b.atom()
}

func (b *builder) compare(c comparison) {
	b.shape = append(b.shape, compare)
	b.comparisons = append(b.comparisons, c)
	b.atom()
}

func (b *builder) atom() {
	g := &b.groups[len(b.groups)-1]
	g.atoms = min(g.atoms+1, 2)
}

func (b *builder) marker() *Marker {
	shape := strings.ReplaceAll(string(b.shape), string(rune(removed)), "")
	if b.groups[0].atoms == 1 && shape[0] == '(' {
		shape = shape[1 : len(shape)-1]
	}
	return &Marker{shape, b.comparisons}
}
