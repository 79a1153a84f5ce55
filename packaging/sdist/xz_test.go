package sdist

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
)

func unxz(b []byte) ([]byte, error) {
	return io.ReadAll(&xzReader{r: io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))})
}

// TestXZ: files are read to their end as the library reads them, and each of their bits counts.
func TestXZ(t *testing.T) {
	text := []byte(strings.Repeat("some text, and ", 100) + "its end")
	files := map[string][]byte{
		"blocks":  xzed(t, text, xz.WriterConfig{BlockSize: 500}),
		"streams": append(append(xzed(t, text, xz.WriterConfig{CheckSum: xz.CRC32}), 0, 0, 0, 0), xzed(t, text, xz.WriterConfig{CheckSum: xz.SHA256})...),
		"empty":   xzed(t, nil, xz.WriterConfig{}),
	}
	for _, name := range []string{"pax.tar.xz", "crc32.txz", "sha256.txz", "two-streams.tar.xz", "literal.txz"} {
		b, err := os.ReadFile("testdata/archives/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	for name, b := range files {
		library, err := xz.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(library)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unxz(b); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
		}
		for i := range b {
			other := bytes.Clone(b)
			other[i] ^= 1 << (i % 8)
			if _, err := unxz(other); err == nil {
				t.Errorf("%s: byte %d of %d may be another", name, i, len(b))
			}
		}
		for n := range b {
			if got, err := unxz(b[:n]); err == nil && len(got) == len(want) && len(bytes.Trim(b[n:], "\x00")) > 0 {
				t.Errorf("%s: its first %d bytes of %d are enough", name, n, len(b))
			}
		}
	}
}

// TestLimited: not one byte more is handed on, however much is asked for at once.
func TestLimited(t *testing.T) {
	for _, size := range []int{4, 5, 6, 1000} {
		left := int64(5)
		got, err := io.ReadAll(limited{strings.NewReader(strings.Repeat("x", size)), &left})
		if len(got) != min(size, 5) || (size > 5) != errors.Is(err, ErrLimit) || (size <= 5) != (err == nil) {
			t.Errorf("%d bytes: %d were read, %v", size, len(got), err)
		}
	}
}

// TestXZIndex: an index that is whole, and of other blocks.
func TestXZIndex(t *testing.T) {
	b := xzed(t, []byte("some text"), xz.WriterConfig{})
	footer := b[len(b)-xzHeaderSize:]
	index := b[len(b)-xzHeaderSize-4*(1+int(footer[4])) : len(b)-xzHeaderSize]
	index[3]++ // the size of the contents
	binary.LittleEndian.PutUint32(index[len(index)-4:], crc32.ChecksumIEEE(index[:len(index)-4]))
	if _, err := unxz(b); err == nil || !strings.Contains(err.Error(), "index") {
		t.Errorf("%v", err)
	}
}
