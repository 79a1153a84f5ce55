package wheel

import (
	"bufio"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
)

// memberReader gives the contents of a member: neither more nor less than its size, with its checksum, and with nothing left over.
type memberReader struct {
	a    *Archive
	e    *entry
	src  io.Reader
	z    *inflater // nil: not compressed, or closed
	left int64
	crc  uint32
	err  error // stays
}

// inflater is kept for reuse. The flate reader takes single bytes from in, and so none beyond the end of its stream.
type inflater struct {
	in *bufio.Reader
	z  io.ReadCloser
}

func (a *Archive) open(e *entry) *memberReader {
	m := &memberReader{a: a, e: e, left: e.size}
	section := io.NewSectionReader(a.r, e.data, e.packed)
	if e.method == stored {
		m.src = section
		return m
	}
	z, ok := a.inflaters.Get().(*inflater)
	if !ok {
		in := bufio.NewReaderSize(section, 32<<10)
		z = &inflater{in, flate.NewReader(in)}
	} else {
		z.in.Reset(section)
		z.z.(flate.Resetter).Reset(z.in, nil) // never fails
	}
	m.z, m.src = z, z.z
	return m
}

func (m *memberReader) Read(p []byte) (int, error) {
	if m.err != nil || len(p) == 0 {
		return 0, m.err
	}
	if int64(len(p)) > m.left {
		p = p[:m.left+1] // to see that nothing follows
	}
	n, err := m.src.Read(p)
	if int64(n) > m.left {
		n, err = int(m.left), m.e.fault(ErrFormat, "it holds more than %d bytes", m.e.size)
	}
	m.left -= int64(n)
	m.crc = crc32.Update(m.crc, crc32.IEEETable, p[:n])
	switch err.(type) {
	case nil, *MemberError:
	default:
		err = m.finish(err)
	}
	m.err = err
	return n, err
}

// finish judges the end of the contents, which is io.EOF, or what went wrong.
func (m *memberReader) finish(err error) error {
	var damaged flate.CorruptInputError
	switch {
	case err == io.ErrUnexpectedEOF:
		return m.e.fault(ErrFormat, "it is cut off")
	case asCorrupt(err, &damaged):
		return m.e.fault(ErrFormat, "it is damaged: %v", err)
	case err != io.EOF:
		return &MemberError{m.e.name, "it can't be read", err}
	case m.left > 0:
		return m.e.fault(ErrFormat, "it holds less than %d bytes", m.e.size)
	case m.crc != m.e.crc:
		return m.e.fault(ErrFormat, "its checksum is wrong")
	case m.z == nil:
		return io.EOF
	}
	if _, err := m.z.in.ReadByte(); err == nil {
		return m.e.fault(ErrUnsafe, "something follows its compressed contents")
	}
	return io.EOF
}

func asCorrupt(err error, target *flate.CorruptInputError) (ok bool) {
	*target, ok = err.(flate.CorruptInputError)
	return ok
}

func (m *memberReader) Close() error {
	if m.z != nil {
		m.a.inflaters.Put(m.z)
		m.z = nil
	}
	m.src, m.err = nil, fmt.Errorf("%w: member of a wheel", fs.ErrClosed)
	return nil
}
