package sdist

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// maxDictionary bounds the memory that unpacking needs: xz -9 asks for 64 MiB.
const maxDictionary = 128 << 20

// decompress is the tar in a compressed file.
func decompress(f format, r io.ReaderAt, size int64) (io.Reader, error) {
	raw := io.NewSectionReader(r, 0, size)
	switch f {
	case plainTar:
		return raw, nil
	case gzipTar:
		return gzip.NewReader(bufio.NewReaderSize(raw, 64<<10))
	case bzip2Tar:
		return bzip2.NewReader(bufio.NewReaderSize(raw, 64<<10)), nil
	case lzmaTar:
		return decompressLZMA(raw)
	}
	return nil, errors.New("its name has none of the endings of an sdist")
}

// decompressLZMA tells by the first bytes which of its formats a file has, as pip does (Python's lzma.FORMAT_AUTO).
func decompressLZMA(raw *io.SectionReader) (io.Reader, error) {
	var magic [6]byte
	if _, err := raw.ReadAt(magic[:], 0); err != nil {
		return nil, err
	}
	switch {
	case string(magic[:]) == xzMagic:
		return &xzReader{r: raw}, nil
	case string(magic[:4]) == "LZIP":
		return nil, errors.New("it is in the format lzip, which pip doesn't read either")
	}
	r, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(bufio.NewReaderSize(raw, 64<<10))
	if tooLarge := (*lzma.ErrDictSize)(nil); errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("%w: unpacking it needs %d bytes of memory", ErrLimit, tooLarge.HeaderDictSize)
	}
	return r, err
}
