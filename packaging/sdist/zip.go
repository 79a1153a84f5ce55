package sdist

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

func (w *walk) zip(r io.ReaderAt, size int64) error {
	// The library reads the whole directory at once, whatever number of members the end of the file declares.
	first := &firstBytes{r, int64(w.tree.most)*directoryBytes + 1<<20}
	z, err := zip.NewReader(first, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are looked at below
		return broken(err)
	}
	first.left = -1
	if len(z.File) == 0 {
		return broken(errNoMember)
	}
	for _, f := range z.File {
		if err := w.tree.member(); err != nil {
			return err
		}
		if err := w.zipMember(f); err != nil {
			return err
		}
	}
	return nil
}

// zipMember knows files and folders only: what other systems mark as a link is a file for pip, too.
func (w *walk) zipMember(f *zip.File) error {
	clean, problem, err := cleanPath(f.Name)
	if err != nil {
		return &MemberError{f.Name, problem, err}
	}
	if strings.HasSuffix(f.Name, "/") {
		if clean == "." {
			return nil
		}
		return w.give(Entry{Path: clean, Type: fs.ModeDir}, folder, "", f.Name)
	}
	switch {
	case clean == ".":
		return &MemberError{f.Name, "it is a file with the name of a folder", ErrUnsafe}
	case f.Flags&encrypted != 0:
		return &MemberError{f.Name, "it is encrypted", ErrFormat}
	case f.UncompressedSize64 > uint64(max(w.bytes, 0)):
		return &MemberError{f.Name, "with it, there would be more bytes than allowed", ErrLimit}
	}
	contents, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return &MemberError{f.Name, fmt.Sprintf("it is compressed in the way %d, which isn't read", f.Method), ErrFormat}
	}
	if err != nil {
		return &MemberError{f.Name, err.Error(), broken(err)}
	}
	defer contents.Close()
	mode := f.ExternalAttrs >> 16
	exec := mode&typeMask == typeFile && mode&0o111 != 0
	e := Entry{Path: clean, Exec: exec, Size: int64(f.UncompressedSize64), Body: limited{contents, &w.bytes}}
	return w.give(e, file, "", f.Name)
}

const (
	encrypted = 1 << 0
	// of the mode of a file on Unix
	typeMask = 0o170000
	typeFile = 0o100000
	// directoryBytes is the room of one member in the directory of a zip: 46 bytes and its name, more in few only.
	directoryBytes = 256
)

// firstBytes reads so many bytes and then no more; all when left is negative.
type firstBytes struct {
	r    io.ReaderAt
	left int64
}

func (f *firstBytes) ReadAt(p []byte, off int64) (int, error) {
	if f.left < 0 {
		return f.r.ReadAt(p, off)
	}
	if f.left < int64(len(p)) {
		return 0, fmt.Errorf("%w: its directory is too large", ErrLimit)
	}
	f.left -= int64(len(p))
	return f.r.ReadAt(p, off)
}
