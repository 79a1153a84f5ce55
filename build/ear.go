package build

import (
	"io"
	"strings"

	"wheelyard/build/sandbox"
)

// ear passes on what a program prints, and remembers its beginning and its end as harmless text, to judge it by.
type ear struct {
	to    io.Writer
	clean *sandbox.Clean
	head  []byte
	tail  []byte
}

const (
	earHead = 64 << 10
	earTail = 192 << 10
)

func newEar(to io.Writer) *ear {
	e := &ear{to: to}
	e.clean = &sandbox.Clean{To: (*memory)(e)}
	return e
}

func (e *ear) Write(p []byte) (int, error) {
	e.clean.Write(p)
	return e.to.Write(p)
}

func (e *ear) text() string {
	var b strings.Builder
	b.Write(e.head)
	b.Write(e.tail[max(0, len(e.tail)-earTail):])
	return b.String()
}

type memory ear

func (m *memory) Write(p []byte) (int, error) {
	n := len(p)
	room := min(n, earHead-len(m.head))
	m.head = append(m.head, p[:room]...)
	m.tail = append(m.tail, p[room:]...)
	if len(m.tail) > 2*earTail {
		m.tail = append(m.tail[:0], m.tail[len(m.tail)-earTail:]...)
	}
	return n, nil
}
