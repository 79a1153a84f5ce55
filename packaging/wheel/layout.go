package wheel

import (
	"cmp"
	"io"
	"slices"
)

// checkLayout holds the local headers against the central directory, and finds the contents. One member follows the other, from the first
// byte to the central directory: so nothing overlaps either.
func checkLayout(r io.ReaderAt, entries []entry, end int64) error {
	order := make([]*entry, len(entries))
	for i := range entries {
		order[i] = &entries[i]
	}
	slices.SortFunc(order, func(a, b *entry) int { return cmp.Compare(a.header, b.header) })
	l := layout{r: r, end: end}
	for _, e := range order {
		if e.header != l.at {
			return e.fault(ErrUnsafe, "it overlaps with what lies before it, or something lies between them")
		}
		if err := l.local(e); err != nil {
			return err
		}
		if err := l.contents(e); err != nil {
			return err
		}
	}
	if l.at != end {
		return unsafeErr("something lies between the last member and the directory")
	}
	return nil
}

// layout goes through the members as they lie in the file.
type layout struct {
	r       io.ReaderAt
	at, end int64
	wide    bool // the local header of the current member has a zip64 field
	buf     []byte
}

// take reads the next n bytes before the central directory; they are valid until the next take.
func (l *layout) take(e *entry, n int) ([]byte, error) {
	if int64(n) > l.end-l.at {
		return nil, e.fault(ErrFormat, "it is cut off")
	}
	if cap(l.buf) < n {
		l.buf = make([]byte, max(n, 512))
	}
	b := l.buf[:n]
	err := readAt(l.r, b, l.at)
	l.at += int64(n)
	return b, err
}

func (l *layout) local(e *entry) error {
	b, err := l.take(e, localLen+len(e.name)) // nearly always all of it
	if err != nil {
		return err
	}
	switch {
	case le.Uint32(b) != localSignature:
		return e.fault(ErrFormat, "its local header is damaged")
	case int(le.Uint16(b[26:])) != len(e.name) || string(b[localLen:]) != e.name:
		return e.fault(ErrUnsafe, "its local header gives it another name")
	case le.Uint16(b[6:]) != e.flags:
		return e.fault(ErrUnsafe, "its local header has other flags")
	case le.Uint16(b[8:]) != e.method:
		return e.fault(ErrUnsafe, "its local header has another compression method")
	}
	crc, packed, size := le.Uint32(b[14:]), uint64(le.Uint32(b[18:])), uint64(le.Uint32(b[22:]))
	extra, err := l.take(e, int(le.Uint16(b[28:])))
	if err != nil {
		return err
	}
	if l.wide, err = e.widen(extra, &size, &packed); err != nil {
		return err
	}
	if crc == e.crc && packed == uint64(e.packed) && size == uint64(e.size) {
		return nil
	}
	if e.flags&flagDescriptor == 0 || crc != 0 || packed != 0 || size != 0 {
		return e.fault(ErrUnsafe, "its local header has another checksum or other sizes")
	}
	if e.method == stored {
		return e.fault(ErrUnsafe, "it isn't compressed, and how long it is is said after it")
	}
	return nil
}

// contents passes over the contents and the data descriptor, which must have its (customary) signature.
func (l *layout) contents(e *entry) error {
	e.data = l.at
	if e.packed > l.end-l.at {
		return e.fault(ErrFormat, "it is cut off")
	}
	l.at += e.packed
	if e.flags&flagDescriptor == 0 {
		return nil
	}
	n := 16
	if l.wide {
		n = 24
	}
	b, err := l.take(e, n)
	if err != nil {
		return err
	}
	packed, size := uint64(le.Uint32(b[8:])), uint64(le.Uint32(b[12:]))
	if l.wide {
		packed, size = le.Uint64(b[8:]), le.Uint64(b[16:])
	}
	if le.Uint32(b) != descriptorSignature || le.Uint32(b[4:]) != e.crc || packed != uint64(e.packed) || size != uint64(e.size) {
		return e.fault(ErrUnsafe, "what follows it disagrees on its checksum or sizes")
	}
	return nil
}
