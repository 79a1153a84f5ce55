package wheel

import (
	"io"

	"github.com/klauspost/compress/flate"
)

// level is the usual one: for Python sources and shared libraries less is a little faster and larger, more slower and hardly smaller.
// A wheel is compressed once, and fetched often.
const level = 6

// encoder compresses, and gives the same bytes for the same pieces: see zipWriter.pieces.
//
// It is the one place that decides what a normal form's compressed bytes are. The encoder is one that is pinned in go.mod: the standard library's may
// give other bytes in each version of Go. TestNormaliseGolden fails when they change.
type encoder struct{ z *flate.Writer }

func newEncoder() *encoder {
	z, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &encoder{z}
}

func (e *encoder) reset(dst io.Writer) { e.z.Reset(dst) }

func (e *encoder) write(b []byte) error {
	_, err := e.z.Write(b)
	return err
}

func (e *encoder) end() error { return e.z.Close() }

// spool keeps what is written to it, up to spoolSize, and counts the rest.
type spool struct {
	b    []byte
	n    int64
	over bool
}

func (s *spool) reset() { s.b, s.n, s.over = s.b[:0], 0, false }

func (s *spool) Write(b []byte) (int, error) {
	s.n += int64(len(b))
	if len(s.b)+len(b) > spoolSize {
		s.over = true
	}
	if !s.over {
		s.b = append(s.b, b...)
	}
	return len(b), nil
}
