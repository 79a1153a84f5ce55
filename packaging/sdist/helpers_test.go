package sdist

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// member is what goes into an archive of a test.
type member struct {
	name string
	kind byte   // of tar; 0: a file
	text string // contents, or where a link leads
	mode int64  // 0: 0644
	pax  map[string]string
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: m.kind, Mode: m.mode, PAXRecords: m.pax}
		switch m.kind {
		case 0:
			h.Typeflag, h.Size = tar.TypeReg, int64(len(m.text))
		case tar.TypeLink, tar.TypeSymlink:
			h.Linkname = m.text
		case tar.TypeXGlobalHeader:
			h.Name = ""
		}
		if h.Mode == 0 && m.kind != tar.TypeXGlobalHeader {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		if h.Size > 0 {
			io.WriteString(w, m.text)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.mode != 0 {
			h.SetMode(fs.FileMode(m.mode))
		}
		if m.kind == tar.TypeSymlink {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		if strings.HasSuffix(m.name, "/") {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, m.text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func xzed(t testing.TB, b []byte, c xz.WriterConfig) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := c.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func lzmaed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := lzma.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read is all of an archive, a line for each entry: "d demo", "x demo/run text", "- demo/setup.py text", "l demo/a -> b".
func read(filename string, b []byte, lim Limits) (lines []string, err error) {
	for e, err := range Entries(filename, bytes.NewReader(b), int64(len(b)), lim) {
		if err != nil {
			return lines, err
		}
		switch {
		case e.Type == fs.ModeDir:
			lines = append(lines, "d "+e.Path)
			continue
		case e.Type == fs.ModeSymlink:
			lines = append(lines, "l "+e.Path+" -> "+e.Link)
			continue
		}
		text, err := io.ReadAll(e.Body)
		if err == nil && int64(len(text)) != e.Size {
			err = fmt.Errorf("%s: %d bytes, and %d were told", e.Path, len(text), e.Size)
		}
		if err != nil {
			return lines, err
		}
		letter := "-"
		if e.Exec {
			letter = "x"
		}
		lines = append(lines, letter+" "+e.Path+" "+string(text))
	}
	return lines, nil
}
