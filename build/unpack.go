package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"wheelyard/packaging/sdist"
	"wheelyard/packaging/wheel"
)

// sourceLimits bound what is unpacked.
var sourceLimits = sdist.Limits{Members: 200_000, Bytes: 4 << 30}

// badSourceError: the sdist itself is at fault.
type badSourceError struct{ err error }

func (e *badSourceError) Error() string { return e.err.Error() }
func (e *badSourceError) Unwrap() error { return e.err }

func badSource(format string, args ...any) error {
	return &badSourceError{fmt.Errorf(format, args...)}
}

// unpacker writes members below root; what is there doesn't lead out of it, even if it was a link.
type unpacker struct {
	ctx  context.Context // of the call that unpacks; its end is the only way in which a large archive stops early
	root *os.Root
	uid  int // that everything is given to; -1: nobody else
	time time.Time
	dirs map[string]bool
	buf  []byte
}

func (u *unpacker) add(e sdist.Entry) error {
	err := u.ctx.Err()
	if err != nil {
		return err
	}
	switch e.Type {
	case fs.ModeDir:
		err = u.dir(e.Path)
	case fs.ModeSymlink:
		err = u.link(e)
	default:
		err = u.file(e)
	}
	switch {
	case err == nil:
		return nil
	case u.ctx.Err() != nil:
		return u.ctx.Err()
	case errors.Is(err, fs.ErrExist):
		return badSource("its member %q stands in the way of another", e.Path)
	case onHost(err):
		return fmt.Errorf("unpacking %q: %w", e.Path, err)
	}
	return badSource("its member %q: %w", e.Path, err)
}

// onHost says whether an error is one of the machine, and none of the archive: names that are too long, or in each other's way, aren't.
func onHost(err error) bool {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.EMFILE, syscall.ENFILE, syscall.EACCES, syscall.EPERM, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (u *unpacker) dir(name string) error {
	if u.dirs[name] {
		return nil
	}
	if err := u.dir(path.Dir(name)); err != nil {
		return err
	}
	if err := u.root.Mkdir(name, 0o755); err != nil {
		return err
	}
	if err := u.root.Chmod(name, 0o755); err != nil { // whatever the umask is
		return err
	}
	u.dirs[name] = true
	return u.own(name)
}

func (u *unpacker) link(e sdist.Entry) error {
	if err := u.dir(path.Dir(e.Path)); err != nil {
		return err
	}
	if err := u.root.Symlink(e.Link, e.Path); err != nil {
		return err
	}
	return u.own(e.Path)
}

func (u *unpacker) file(e sdist.Entry) error {
	if err := u.dir(path.Dir(e.Path)); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if e.Exec {
		mode = 0o755
	}
	f, err := u.root.OpenFile(e.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) && !u.dirs[e.Path] { // a tar may hold a member twice: the last one counts
		if err = u.root.Remove(e.Path); err == nil {
			f, err = u.root.OpenFile(e.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		}
	}
	if err != nil {
		return err
	}
	if u.buf == nil {
		u.buf = make([]byte, 64<<10)
	}
	_, err = io.CopyBuffer(until{u.ctx, f}, e.Body, u.buf)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil && u.uid >= 0 {
		err = f.Chown(u.uid, u.uid)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return u.root.Chtimes(e.Path, u.time, u.time)
}

// until writes as long as its context lasts.
type until struct {
	ctx context.Context
	to  io.Writer
}

func (w until) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}

func (u *unpacker) own(name string) error {
	if u.uid < 0 {
		return nil
	}
	return u.root.Lchown(name, u.uid, u.uid)
}

// member unpacks one of a wheel's.
func (u *unpacker) member(a *wheel.Archive, m wheel.Member, file string) error {
	if strings.HasSuffix(m.Name, "/") {
		return u.dir(path.Clean(file))
	}
	if err := u.ctx.Err(); err != nil {
		return err
	}
	body, err := a.OpenMember(m.Name)
	if err != nil {
		return err
	}
	defer body.Close()
	return u.file(sdist.Entry{Path: file, Body: body})
}
