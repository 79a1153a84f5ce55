package sdist

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

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
	var h [lzma.HeaderLen]byte
	if _, err := raw.ReadAt(h[:], 0); err != nil {
		return nil, err
	}
	switch {
	case string(h[:len(xzMagic)]) == xzMagic:
		return &xzReader{r: raw}, nil
	case string(h[:4]) == "LZIP":
		return nil, errors.New("it is in the format lzip, which pip doesn't read either")
	case !isLZMA(h[:]):
		return nil, errors.New("it is in none of the formats xz and LZMA")
	}
	r, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(bufio.NewReaderSize(raw, 64<<10))
	if tooLarge := (*lzma.ErrDictSize)(nil); errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("%w: unpacking it needs %d bytes of memory", ErrLimit, tooLarge.HeaderDictSize)
	}
	return r, err
}

// isLZMA says whether a header is one of the format LZMA, which has no magic: by what liblzma asks of a file of unknown format, that
// the dictionary is of a size that encoders write, and the contents have less than 256 GiB or don't tell.
func isLZMA(h []byte) bool {
	dictionary, size := binary.LittleEndian.Uint32(h[1:]), binary.LittleEndian.Uint64(h[5:])
	round := dictionary - 1
	for _, n := range []int{2, 3, 4, 8, 16} {
		round |= round >> n
	}
	round++
	return h[0] < 9*5*5 && (dictionary == round || dictionary == math.MaxUint32) && (size < 1<<38 || size == math.MaxUint64)
}
