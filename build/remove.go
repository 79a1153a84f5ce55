package build

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// removeAll removes a folder and what is in it, its lock last: one that was removed by half can be told from one that was just begun. It needs
// a few descriptors and paths of one name only, so that no depth is too deep, and minds no permissions as long as the folders are its user's own.
// One that isn't there is no error; a file or a link of that name is removed itself. Nothing may write there any more.
func removeAll(dir string) error {
	top, err := openFolder(unix.AT_FDCWD, dir)
	switch err {
	case nil:
	case unix.ENOENT:
		return nil
	case unix.ENOTDIR, unix.ELOOP: // a file; or a link, which may lead anywhere
		return os.Remove(dir)
	default:
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer top.Close()
	r := remover{top: top}
	if err := r.empty(top, "lock"); err != nil {
		return &os.PathError{Op: "remove below", Path: dir, Err: err}
	}
	for len(r.later) > 0 {
		name := r.later[len(r.later)-1]
		r.later = r.later[:len(r.later)-1]
		if err := r.folder(name); err != nil {
			return &os.PathError{Op: "remove below", Path: dir, Err: err}
		}
	}
	if err := unix.Unlinkat(int(top.Fd()), "lock", 0); err != nil && err != unix.ENOENT {
		return &os.PathError{Op: "remove", Path: filepath.Join(dir, "lock"), Err: err}
	}
	return os.Remove(dir)
}

// remover moves the folders that it finds up to the top, and removes them there.
type remover struct {
	top   *os.File
	later []string // folders at the top
	moved int
}

// openFolder opens one that its owner may have closed.
func openFolder(at int, name string) (*os.File, error) {
	const how = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := unix.Openat(at, name, how, 0)
	if err == unix.EACCES && unix.Fchmodat(at, name, 0o700, 0) == nil { // it is no link: those give ELOOP or ENOTDIR
		fd, err = unix.Openat(at, name, how, 0)
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

func (r *remover) folder(name string) error {
	f, err := openFolder(int(r.top.Fd()), name)
	if err == unix.ENOENT { // an empty one of that name, that another took the place of
		return nil
	}
	if err != nil {
		return err
	}
	err = r.empty(f, "")
	f.Close()
	if err != nil {
		return err
	}
	return unix.Unlinkat(int(r.top.Fd()), name, unix.AT_REMOVEDIR)
}

// empty removes the files of a folder, all but the one to keep, and moves the folders in it to the top.
func (r *remover) empty(f *os.File, keep string) error {
	if err := f.Chmod(0o700); err != nil && os.Getuid() != 0 {
		return err
	}
	for {
		names, err := f.Readdirnames(1000)
		for _, name := range names {
			if name == keep {
				continue
			}
			if err := r.entry(f, name); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || len(names) == 0 && err == nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *remover) entry(f *os.File, name string) error {
	fd := int(f.Fd())
	err := unix.Unlinkat(fd, name, 0)
	if err != unix.EISDIR && err != unix.EPERM {
		if err == unix.ENOENT {
			return nil
		}
		return err
	}
	if unix.Unlinkat(fd, name, unix.AT_REMOVEDIR) == nil {
		return nil
	}
	if f == r.top {
		r.later = append(r.later, name)
		return nil
	}
	return r.moveUp(fd, name)
}

// moveUp needs the right to write in the folder that is moved: its entry ".." changes.
func (r *remover) moveUp(fd int, name string) error {
	for {
		r.moved++
		to := ".removed-" + strconv.Itoa(r.moved)
		err := unix.Renameat(fd, name, int(r.top.Fd()), to)
		if err == unix.EACCES {
			if err := unix.Fchmodat(fd, name, 0o700, 0); err != nil {
				return err
			}
			err = unix.Renameat(fd, name, int(r.top.Fd()), to)
		}
		switch err {
		case nil:
			r.later = append(r.later, to)
			return nil
		case unix.EEXIST, unix.ENOTEMPTY: // one of a removal that was cut off
		default:
			return err
		}
	}
}
