// Package durable writes files so that a crash at any moment leaves the old state or the new one, never a mixture.
//
// A file is written beside its place under a name that begins with TempPrefix, synced, and renamed; then its folder is synced.
// What a crash leaves behind is such a temporary file, which Sweep removes.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// TempPrefix begins the names of files that are not finished. Readers of a folder pass over them.
const TempPrefix = ".tmp-"

// WriteFile makes data the contents of path. Missing folders are made. Repeatable. A file that has these contents already is left alone:
// then nothing is written, and changed is false.
func WriteFile(path string, data []byte, perm fs.FileMode) (changed bool, err error) {
	if same(path, data) {
		return false, nil
	}
	f, err := Create(path, perm)
	if err != nil {
		return false, err
	}
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return false, err
	}
	return true, f.Commit()
}

// AddFile puts a file that never changes into its place, unless it is there: then it stays the very same file, whoever has it open or mounted, and
// whatever is in it. Missing folders are made. Repeatable, also by several processes at once.
func AddFile(path string, data []byte, perm fs.FileMode) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	f, err := Create(path, perm)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.file.Sync(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// same says whether path is a regular file with just these contents. Not to be able to read it is to be different.
func same(path string, data []byte) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	old, err := os.ReadFile(path)
	return err == nil && string(old) == string(data)
}

// File is one being written: it appears in its place when Commit returns nil.
type File struct {
	io.Writer
	file *os.File
	path string
	done bool
}

// Create begins to write path. Missing folders are made. What was there stays until Commit.
func Create(path string, perm fs.FileMode) (*File, error) {
	dir := filepath.Dir(path)
	if err := MkdirAll(dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, TempPrefix+"*")
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(perm); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return &File{Writer: f, file: f, path: path}, nil
}

// Name is where the unfinished file is.
func (f *File) Name() string { return f.file.Name() }

// Commit puts the file into its place, replacing what was there. After an error nothing has changed, or the new file is there but may not
// survive a crash of the machine.
func (f *File) Commit() error {
	if f.done {
		return fs.ErrClosed
	}
	f.done = true
	err := f.file.Sync()
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.file.Name()))
	}
	return SyncDir(filepath.Dir(f.path))
}

// Abort drops the unfinished file; after Commit it does nothing.
func (f *File) Abort() {
	if !f.done {
		f.done = true
		f.file.Close()
		os.Remove(f.file.Name())
	}
}

// Remove removes a file for good; a missing one is no error.
func Remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// MkdirAll makes a folder and those above it, each of which survives a crash.
func MkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := MkdirAll(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		return err
	}
	return SyncDir(parent)
}

// SyncDir makes the names in a folder survive a crash.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Sweep removes what crashes left unfinished in a folder, not in those below it. Only for a folder that nobody else writes to.
// A missing folder is no error.
func Sweep(dir string) error {
	return sweep(dir, func(fs.DirEntry) bool { return true })
}

// SweepOld is Sweep for a folder that others may be writing to: it removes what was begun before a moment, whole folders too.
func SweepOld(dir string, before time.Time) error {
	return sweep(dir, func(e fs.DirEntry) bool {
		info, err := e.Info()
		return err == nil && info.ModTime().Before(before)
	})
}

func sweep(dir string, gone func(fs.DirEntry) bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), TempPrefix) && gone(e) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
