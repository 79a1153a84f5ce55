package wheel

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"
)

// spoolSize is how much of a compressed member is kept in memory, until how long it is can be written in front of it. A larger one is
// compressed twice: a data descriptor after it would be simpler, but a wheel without needs no central directory to be read.
const spoolSize = 16 << 20

// zipWriter writes zip files of one kind. archive/zip isn't used, because what it writes besides the contents may change with Go.
type zipWriter struct {
	dst     *bufio.Writer
	at      int64 // written so far
	date    uint32
	central []byte // the central directory
	members int
	z       *encoder
	spool   spool
	buf     []byte
}

// file is what is to be written. Every open gives the same size bytes.
type file struct {
	name string
	exec bool
	size int64
	open func() io.ReadCloser
}

func newZipWriter(dst io.Writer, t time.Time) *zipWriter {
	return &zipWriter{dst: bufio.NewWriterSize(dst, 64<<10), date: dosTime(t), z: newEncoder(), buf: make([]byte, 64<<10)}
}

// dosTime is the date in the upper half, the time in the lower.
func dosTime(t time.Time) uint32 {
	t = t.UTC()
	switch {
	case t.Year() < 1980:
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 2107:
		t = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	date := t.Day() + int(t.Month())<<5 + (t.Year()-1980)<<9
	return uint32(date<<16 + t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)
}

// add writes a member, and returns its hash.
func (w *zipWriter) add(f file) ([sha256.Size]byte, error) {
	e, sum, err := w.measure(f)
	if err != nil {
		return sum, err
	}
	if err := w.header(e); err != nil {
		return sum, err
	}
	if e.method == deflated && !w.spool.over {
		return sum, w.write(w.spool.b)
	}
	return sum, w.again(f, e)
}

// measure compresses a member, into the spool as far as it takes it.
func (w *zipWriter) measure(f file) (e *entry, sum [sha256.Size]byte, err error) {
	w.spool.reset()
	w.z.reset(&w.spool)
	h := sha256.New()
	e = &entry{name: f.name, method: deflated, size: f.size, header: w.at, attributes: (modeFile | 0o644) << 16}
	if f.exec {
		e.attributes = (modeFile | 0o755) << 16
	}
	if !isASCII(f.name) {
		e.flags = flagUTF8
	}
	err = w.pieces(f, func(b []byte) error {
		h.Write(b)
		e.crc = crc32.Update(e.crc, crc32.IEEETable, b)
		return w.z.write(b)
	})
	if err != nil {
		return nil, sum, err
	}
	if err := w.z.end(); err != nil {
		return nil, sum, err
	}
	e.packed = w.spool.n
	if e.packed >= e.size {
		e.method, e.packed = stored, e.size
	}
	h.Sum(sum[:0])
	return e, sum, nil
}

// pieces gives the contents in pieces of one fixed length, whichever way the source gives them: the encoder's output depends on it.
func (w *zipWriter) pieces(f file, do func([]byte) error) error {
	r := f.open()
	defer r.Close()
	for {
		n, err := io.ReadFull(r, w.buf)
		if n > 0 {
			if err := do(w.buf[:n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF: // the reader's own is a *MemberError
			return nil
		default:
			return err
		}
	}
}

// again writes the contents of what the spool doesn't hold.
func (w *zipWriter) again(f file, e *entry) error {
	start, crc := w.at, uint32(0)
	do := w.write
	if e.method == deflated {
		w.z.reset(writerFunc(w.write))
		do = w.z.write
	}
	err := w.pieces(f, func(b []byte) error {
		crc = crc32.Update(crc, crc32.IEEETable, b)
		return do(b)
	})
	if err != nil {
		return err
	}
	if e.method == deflated {
		if err := w.z.end(); err != nil {
			return err
		}
	}
	if w.at-start != e.packed || crc != e.crc {
		return &MemberError{e.name, "it changed while it was read", ErrFormat}
	}
	return nil
}

func (w *zipWriter) write(b []byte) error {
	w.at += int64(len(b))
	if _, err := w.dst.Write(b); err != nil {
		return fmt.Errorf("writing the wheel: %w", err)
	}
	return nil
}

type writerFunc func([]byte) error

func (f writerFunc) Write(b []byte) (int, error) {
	if err := f(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// header writes the local header, and keeps the central one. Sizes from 4 GiB - 1 on are in a zip64 field.
func (w *zipWriter) header(e *entry) error {
	var local, central []uint64
	if e.size >= max32 || e.packed >= max32 {
		local = []uint64{uint64(e.size), uint64(e.packed)}
	}
	for _, n := range []int64{e.size, e.packed, e.header} {
		if n >= max32 {
			central = append(central, uint64(n))
		}
	}
	size, packed := e.size, e.packed
	if local != nil {
		size, packed = max32, max32
	}
	b := le.AppendUint32(nil, localSignature)
	b = w.common(b, e, version(local), packed, size, extraLen(local))
	b = appendExtra(append(b, e.name...), local)
	if err := w.write(b); err != nil {
		return err
	}
	c := le.AppendUint32(w.central, centralSignature)
	c = le.AppendUint16(c, 3<<8|version(central)) // made on Unix
	c = w.common(c, e, version(central), e.packed, e.size, extraLen(central))
	c = append(c, 0, 0, 0, 0, 0, 0) // no comment, part 0, no internal attributes
	c = le.AppendUint32(c, e.attributes)
	c = le.AppendUint32(c, clamp32(e.header))
	w.central = appendExtra(append(c, e.name...), central)
	w.members++
	return nil
}

// common is what both headers have.
func (w *zipWriter) common(b []byte, e *entry, version uint16, packed, size int64, extra uint16) []byte {
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, e.flags)
	b = le.AppendUint16(b, e.method)
	b = le.AppendUint32(b, w.date)
	b = le.AppendUint32(b, e.crc)
	b = le.AppendUint32(b, clamp32(packed))
	b = le.AppendUint32(b, clamp32(size))
	b = le.AppendUint16(b, uint16(len(e.name)))
	return le.AppendUint16(b, extra)
}

// version of zip that is needed to read it: 2.0, or 4.5 with zip64.
func version(wide []uint64) uint16 {
	if wide != nil {
		return 45
	}
	return 20
}

func extraLen(wide []uint64) uint16 {
	if wide == nil {
		return 0
	}
	return uint16(4 + 8*len(wide))
}

func appendExtra(b []byte, wide []uint64) []byte {
	if wide == nil {
		return b
	}
	b = le.AppendUint16(b, extraZip64)
	b = le.AppendUint16(b, uint16(8*len(wide)))
	for _, n := range wide {
		b = le.AppendUint64(b, n)
	}
	return b
}

func clamp32(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }

// close writes the central directory and the end.
func (w *zipWriter) close() error {
	start, length := w.at, int64(len(w.central))
	if err := w.write(w.central); err != nil {
		return err
	}
	var b []byte
	if w.members >= max16 || start >= max32 || length >= max32 {
		b = appendEnd64(b, w.at, uint64(w.members), uint64(length), uint64(start))
	}
	members := uint16(min(w.members, max16))
	b = le.AppendUint32(b, endSignature)
	b = append(b, 0, 0, 0, 0)
	b = le.AppendUint16(le.AppendUint16(b, members), members)
	b = le.AppendUint32(le.AppendUint32(b, clamp32(length)), clamp32(start))
	if err := w.write(append(b, 0, 0)); err != nil {
		return err
	}
	if err := w.dst.Flush(); err != nil {
		return fmt.Errorf("writing the wheel: %w", err)
	}
	return nil
}

func appendEnd64(b []byte, at int64, members, length, start uint64) []byte {
	b = le.AppendUint32(b, end64Signature)
	b = le.AppendUint64(b, end64Len-12)
	b = le.AppendUint16(le.AppendUint16(b, 3<<8|45), 45)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint64(le.AppendUint64(b, members), members)
	b = le.AppendUint64(le.AppendUint64(b, length), start)
	b = le.AppendUint32(b, locator64Signature)
	b = append(b, 0, 0, 0, 0)
	b = le.AppendUint64(b, uint64(at))
	return append(b, 1, 0, 0, 0)
}
