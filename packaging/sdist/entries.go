package sdist

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
)

// Limits bound what is read from an archive; a zero field means DefaultLimits'.
type Limits struct {
	Members int   // those of the archive, and folders that are only implied
	Bytes   int64 // unpacked: of a tar all of it, its headers counted; of a zip the contents that are read
}

// DefaultLimits are far beyond the largest sdists that there are.
var DefaultLimits = Limits{Members: 200_000, Bytes: 4 << 30}

// Entry is one safe member: its path is relative, clean, with '/' and stays below the top, and no member lies below a link.
// Paths are bytes: they may be no UTF-8. Nothing of a mode is kept but Exec, and no time.
type Entry struct {
	Path string
	Type fs.FileMode // 0 file, fs.ModeDir, fs.ModeSymlink
	Exec bool        // of a file: somebody may execute it
	Size int64       // of a file: what Body gives
	Link string      // of a symlink: relative and clean; its target stays below the first folder of Path, and may be missing
	Body io.Reader   // of a file, until the next entry; its errors are those of Entries
}

// Entries yields the members of the archive in its order; the first error ends it. The format goes by the file's name, as in pip.
//
// A path may come more than once, and a folder may come after what lies in it, or not at all. A hard link to an earlier file comes as a symlink to it. Members that only
// describe others (pax headers) don't come. What follows the end of a tar isn't read, as pip doesn't.
//
// Errors wrap ErrFormat, ErrUnsafe or ErrLimit, and are a *MemberError when they are about one member; an archive that can't be read wraps
// what reading it said as well.
func Entries(filename string, r io.ReaderAt, size int64, lim Limits) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		w := walk{yield: yield, bytes: lim.Bytes, tree: tree{most: lim.Members}}
		if w.tree.most == 0 {
			w.tree.most = DefaultLimits.Members
		}
		if w.bytes == 0 {
			w.bytes = DefaultLimits.Bytes
		}
		if err := w.archive(filename, r, size); err != nil && err != errStopped {
			yield(Entry{}, err)
		}
	}
}

// walk is one reading of an archive.
type walk struct {
	yield func(Entry, error) bool
	bytes int64 // that may still be unpacked
	tree  tree
}

// errStopped: whoever takes the entries wants no more.
var errStopped = errors.New("stopped")

func (w *walk) archive(filename string, r io.ReaderAt, size int64) error {
	_, ext := splitExtension(strings.ToLower(filename))
	f := formatOf(ext)
	if f == zipArchive {
		return w.zip(r, size)
	}
	plain, err := decompress(f, r, size)
	if err != nil {
		return broken(err)
	}
	return w.tar(plain)
}

// give hands an entry out, once it is noted.
func (w *walk) give(e Entry, k kind, same, name string) error {
	if problem, err := w.tree.add(e.Path, k, same); err != nil {
		return &MemberError{name, problem, err}
	}
	if e.Body != nil {
		e.Body = &body{e.Body, name}
	}
	if !w.yield(e, nil) {
		return errStopped
	}
	return nil
}

// body is the contents of a member: it says which one when it is broken.
type body struct {
	r    io.Reader
	name string
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		err = &MemberError{b.name, "its contents can't be read: " + err.Error(), broken(err)}
	}
	return n, err
}

// broken makes an error of reading one of ours.
func broken(err error) error {
	for _, ours := range []error{ErrFormat, ErrUnsafe, ErrLimit} {
		if errors.Is(err, ours) {
			return err
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}

// limited ends with an error where more is left to unpack than may be.
type limited struct {
	r    io.Reader
	left *int64
}

func (l limited) Read(p []byte) (int, error) {
	if *l.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > *l.left+1 {
		p = p[:*l.left+1]
	}
	n, err := l.r.Read(p)
	if *l.left -= int64(n); *l.left < 0 {
		return n - 1, errTooLarge
	}
	return n, err
}

var errTooLarge = fmt.Errorf("%w: it unpacks to more bytes than allowed", ErrLimit)
