// Package yard keeps what was built and what was tried.
//
// A yard is a folder. Blobs and records are the truth: contents under their SHA-256, and signed statements in one sequence of numbers. What they mean
// at the moment is in the catalog, which is derived from them and may be deleted at any time.
//
//	blobs/sha256/ab/abcd…                  wheels, metadata, logs (package blob)
//	records/2026/11/00000012-attempt.json  signed statements (package record)
//	keys/signing.key, keys/*.pub           the signing key, and the public keys whose records are believed
//	catalog.db, -wal, -shm                 SQLite (package catalog)
//	lock                                   who writes
//
// One process writes: the one that holds the Lock. Any number may read at the same time; they need no right to write. Writing goes in one order, blob,
// record, catalog, and may be cut off anywhere: a blob without a record is waste, a record that the catalog hasn't seen is applied by the next Lock.
package yard

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"wheelyard/internal/durable"
	"wheelyard/yard/blob"
	"wheelyard/yard/record"
)

// Options are what a yard needs from outside.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// Yard is an opened one. It may be used from several goroutines.
type Yard struct {
	dir     string
	now     func() time.Time
	blobs   blob.Store
	records record.Store

	mu     sync.Mutex
	reader reader
	writer *writer // nil: not locked
}

// ErrNotLocked: what writes needs the Lock.
var ErrNotLocked = errors.New("the yard is not locked for writing")

// ErrNoKey: the signing key is missing. One can read, and not write.
var ErrNoKey = record.ErrNoKey

func at(dir string, o Options) *Yard {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Yard{dir: dir, now: o.Now, blobs: blob.New(filepath.Join(dir, "blobs")), records: record.New(filepath.Join(dir, "records"))}
}

func (y *Yard) keys() string    { return filepath.Join(y.dir, "keys") }
func (y *Yard) catalog() string { return filepath.Join(y.dir, "catalog.db") }
func (y *Yard) lock() string    { return filepath.Join(y.dir, "lock") }

// Create makes the folders and the signing key. Repeatable; a yard that is there is left as it is. ErrNoKey when there are records, but the
// key that signed them is gone; *LockedError when another process is making it.
func Create(dir string) error {
	y := at(dir, Options{})
	if made, err := y.made(); made || err != nil {
		return err
	}
	for _, create := range []func() error{y.records.Create, y.blobs.Create, func() error { return durable.MkdirAll(y.keys()) }} {
		if err := create(); err != nil {
			return err
		}
	}
	l, err := acquire(y.lock(), time.Now())
	if err != nil {
		return err
	}
	defer l.release()
	if err := y.sweep(); err != nil {
		return err
	}
	return record.CreateKey(y.keys())
}

// made says whether Create has come to its end here once. The public key is the last that it makes; and where there are records, it did.
func (y *Yard) made() (bool, error) {
	keys, _, err := record.ReadKeys(y.keys())
	if err == nil && !keys.IsEmpty() {
		_, err = os.Stat(filepath.Join(y.dir, "records"))
		return err == nil, missing(err)
	}
	if missing(err) != nil {
		return false, err
	}
	entries, _, err := y.records.List()
	return len(entries) > 0, err
}

// missing drops the error of an absent file.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Open opens a yard for reading. fs.ErrNotExist: there is none, or one whose making was cut off.
func Open(dir string, o Options) (*Yard, error) {
	y := at(dir, o)
	made, err := y.made()
	if err == nil && !made {
		err = &fs.PathError{Op: "open yard", Path: dir, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return y, nil
}

// Close ends it, and its lock if there is one. Repeatable; nothing else may be called after it.
func (y *Yard) Close() error {
	y.mu.Lock()
	defer y.mu.Unlock()
	return errors.Join(y.unlock(), y.reader.close())
}

// Keep stores a blob and returns its sha256 (hex). Repeatable. ErrNotLocked.
func (y *Yard) Keep(r io.Reader) (sha256 string, size int64, err error) {
	if err := y.locked(); err != nil {
		return "", 0, err
	}
	return y.blobs.Keep(r)
}

func (y *Yard) locked() error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.writer == nil {
		return ErrNotLocked
	}
	return nil
}

// Blob is the path of a blob, to be read. fs.ErrNotExist.
func (y *Yard) Blob(sha256 string) (path string, err error) { return y.blobs.Path(sha256) }

// PublicKeys are the keys that the records are signed with, in PEM: the one that signs now, as openssl reads it, then those that did before.
// fs.ErrNotExist when there is none.
func (y *Yard) PublicKeys() ([]byte, error) {
	text, err := record.PublicKeys(y.keys())
	if err != nil {
		return nil, fmt.Errorf("public keys of the yard: %w", err)
	}
	return text, nil
}
