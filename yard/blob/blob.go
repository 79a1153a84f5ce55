// Package blob keeps contents under their SHA-256.
//
// A blob lies at sha256/ab/abcd… below the store's folder, with mode 0444, and never changes: its name says what must be in it. Blobs come
// first: a record that names one is only written once the blob is in its place, so that a blob without a record is waste and no damage.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"wheelyard/internal/durable"
)

// Store is a folder of blobs. It may be used from several goroutines.
type Store struct{ dir string }

// New is the store in a folder, which Create makes. Nothing is read.
func New(dir string) Store { return Store{dir: filepath.Join(dir, "sha256")} }

// Create makes the folders. Repeatable.
func (s Store) Create() error { return durable.MkdirAll(s.dir) }

// Sweep removes what writers that were cut off left behind. Only for the one writer, before it writes.
func (s Store) Sweep() error { return durable.Sweep(s.dir) }

// Path is where the blob with this SHA-256, in lower-case hexadecimal, lies. fs.ErrNotExist when it isn't there, or when the text is no SHA-256 at all.
// The contents are not looked at; see Check.
func (s Store) Path(sum string) (string, error) {
	path, ok := s.place(sum)
	if !ok {
		return "", &fs.PathError{Op: "blob", Path: clip(sum), Err: fs.ErrNotExist}
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", &fs.PathError{Op: "blob", Path: path, Err: fs.ErrNotExist}
	}
	return path, nil
}

func (s Store) place(sum string) (string, bool) {
	if !IsSum(sum) {
		return "", false
	}
	return filepath.Join(s.dir, sum[:2], sum), true
}

// IsSum says whether s is a SHA-256 as the store spells them: 64 hexadecimal digits in lower case.
func IsSum(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == hex.EncodedLen(sha256.Size)
}

func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}

// Keep stores what r gives until its end. Repeatable: contents that are there already stay as they are, unless they are damaged; then they are mended.
func (s Store) Keep(r io.Reader) (sum string, size int64, err error) {
	d, err := s.Draft(r)
	if err != nil {
		return "", 0, err
	}
	defer d.Discard()
	return d.Sum, d.Size, d.Keep()
}

// Draft is what may become a blob: contents written beside the blobs, which can be read and judged before they are kept.
// Nobody else finds them; Sweep removes them.
type Draft struct {
	Sum  string // SHA-256
	Size int64

	store Store
	file  *os.File // nil when it is over
}

// Draft reads r to its end and writes it down. The caller calls Keep, Discard or both.
func (s Store) Draft(r io.Reader) (*Draft, error) {
	if err := durable.MkdirAll(s.dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(s.dir, durable.TempPrefix+"*")
	if err != nil {
		return nil, err
	}
	d := &Draft{store: s, file: f}
	h := sha256.New()
	if d.Size, err = io.Copy(io.MultiWriter(f, h), r); err != nil {
		d.Discard()
		return nil, err
	}
	d.Sum = hex.EncodeToString(h.Sum(nil))
	return d, nil
}

// ReadAt reads what was drafted. Not after Keep or Discard.
func (d *Draft) ReadAt(p []byte, off int64) (int, error) { return d.file.ReadAt(p, off) }

// Keep makes the draft a blob, which survives a crash when nil is returned. After an error the draft is gone.
func (d *Draft) Keep() error {
	if d.file == nil {
		return fs.ErrClosed
	}
	defer d.Discard()
	path, _ := d.store.place(d.Sum)
	if check(path, d.Sum) == nil { // perhaps by one who was cut off before its name was safe
		return durable.SyncDir(filepath.Dir(path))
	}
	if err := durable.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	if err := errors.Join(d.file.Chmod(0o444), d.file.Sync()); err != nil {
		return err
	}
	if err := os.Rename(d.file.Name(), path); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}

// Discard drops a draft that was not kept; else it does nothing.
func (d *Draft) Discard() {
	if d.file != nil {
		d.file.Close()
		os.Remove(d.file.Name()) // gone from there when it was kept
		d.file = nil
	}
}

// ErrDamaged is wrapped by the errors of Check: the contents are not what the name says.
var ErrDamaged = errors.New("damaged blob")

// Check reads a blob and holds its contents against its name. ErrDamaged; fs.ErrNotExist.
func (s Store) Check(sum string) error {
	path, err := s.Path(sum)
	if err != nil {
		return err
	}
	return check(path, sum)
}

func check(path, sum string) error {
	got, _, err := Sum(path)
	if err == nil && got != sum {
		err = fmt.Errorf("%w: its contents have the SHA-256 %s", ErrDamaged, got)
	}
	return err
}

// Sum is the SHA-256 of any file, as the store spells it, and how many bytes it has.
func Sum(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
