package upstream

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"wheelyard/internal/durable"
)

// part is a file that hasn't come whole yet. It is locked, so that only one process writes to it, and stays when it is closed unfinished.
type part struct {
	*os.File
	size  int64
	etag  string // strong, of the version that it is a part of; "": not known
	named bool   // others can find and resume it
}

// openPart opens what has come of the file so far. While another process fetches the same one, it is a part of its own instead.
func (c *Client) openPart(digest string) (*part, error) {
	path := filepath.Join(c.filesDir, "part", digest)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, cacheError(err)
	}
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, cacheError(err)
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
			f.Close()
			return ownPart(path)
		}
		if !stillAt(path, f) { // finished by another process just before it was locked
			f.Close()
			continue
		}
		etag, err := os.ReadFile(path + ".etag")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.Close()
			return nil, cacheError(err)
		}
		return &part{File: f, etag: string(etag), named: true}, nil
	}
}

func ownPart(path string) (*part, error) {
	f, err := os.CreateTemp(filepath.Dir(path), durable.TempPrefix+"*")
	if err != nil {
		return nil, cacheError(err)
	}
	return &part{File: f}, nil
}

func stillAt(path string, f *os.File) bool {
	at, err1 := os.Stat(path)
	opened, err2 := f.Stat()
	return err1 == nil && err2 == nil && os.SameFile(at, opened)
}

func (p *part) empty() error {
	p.size, p.etag = 0, ""
	_, err := p.Seek(0, 0)
	if err == nil {
		err = p.Truncate(0)
	}
	if err != nil {
		return cacheError(err)
	}
	return nil
}

// setETag remembers which version the part is of. Weak ones say nothing about bytes.
func (p *part) setETag(etag string) error {
	if strings.HasPrefix(etag, "W/") {
		etag = ""
	}
	p.etag = etag
	if !p.named {
		return nil
	}
	if err := os.WriteFile(p.Name()+".etag", []byte(etag), 0o644); err != nil {
		return cacheError(err)
	}
	return nil
}

// finish puts the whole file at its place, for good.
func (p *part) finish(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cacheError(err)
	}
	err := errors.Join(p.Sync(), p.Chmod(0o644), os.Rename(p.Name(), path))
	if err != nil {
		return cacheError(err)
	}
	if p.named {
		os.Remove(p.Name() + ".etag")
	}
	return nil
}

// close lets go of the part: the lock ends, and what others can't resume is removed.
func (p *part) close() {
	if !p.named {
		os.Remove(p.Name()) // gone already when it was finished
	}
	p.Close()
}
