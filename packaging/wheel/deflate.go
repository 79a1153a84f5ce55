package wheel

import (
	"compress/flate"
	"io"
)

// level is where the encoder's gain ends: for Python sources and shared libraries 5 is twice as fast and 0.5 % larger, 9 half as fast and 0.3 % smaller.
// A wheel is compressed once, and fetched often.
const level = 6

// encoder compresses, and gives the same bytes for the same pieces: see zipWriter.pieces.
//
// It is the one place that decides what a normal form's compressed bytes are. compress/flate promises no bytes across versions of Go; an encoder
// pinned in go.mod (github.com/klauspost/compress/flate has the same methods) would hold them until somebody changes the pin. Either way
// TestNormaliseGolden fails when they change.
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
