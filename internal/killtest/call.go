//go:build linux && (amd64 || arm64)

package killtest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// call is a system call that changes files, or may.
type call struct {
	name  string
	paths []path
	fd    int          // index from 1 of an argument that is an open file, which must be one on a disk; 0: none
	when  func(a) bool // nil: always
}

type a = [6]uint64

// path is an argument that points to a path.
type path struct {
	dir int // index of the argument with its folder; -1: none, it is the working directory
	arg int
}

func at(dir, arg int) []path { return []path{{dir, arg}} }

// making are the flags of open that change something; O_TMPFILE has no name but takes space.
const making = unix.O_CREAT | unix.O_TRUNC | unix.O_TMPFILE&^unix.O_DIRECTORY

// calls are those of both architectures; older are those that only one has.
var calls = func() map[uint64]call {
	all := map[uint64]call{
		unix.SYS_OPENAT:          {name: "openat", paths: at(0, 1), when: func(args a) bool { return args[2]&making != 0 }},
		unix.SYS_OPENAT2:         {name: "openat2", paths: at(0, 1)},
		unix.SYS_MKDIRAT:         {name: "mkdirat", paths: at(0, 1)},
		unix.SYS_MKNODAT:         {name: "mknodat", paths: at(0, 1)},
		unix.SYS_UNLINKAT:        {name: "unlinkat", paths: at(0, 1)},
		unix.SYS_RENAMEAT:        {name: "renameat", paths: []path{{0, 1}, {2, 3}}},
		unix.SYS_RENAMEAT2:       {name: "renameat2", paths: []path{{0, 1}, {2, 3}}},
		unix.SYS_LINKAT:          {name: "linkat", paths: []path{{0, 1}, {2, 3}}},
		unix.SYS_SYMLINKAT:       {name: "symlinkat", paths: at(1, 2)},
		unix.SYS_TRUNCATE:        {name: "truncate", paths: at(-1, 0)},
		unix.SYS_FCHMODAT:        {name: "fchmodat", paths: at(0, 1)},
		unix.SYS_FCHMODAT2:       {name: "fchmodat2", paths: at(0, 1)},
		unix.SYS_FCHOWNAT:        {name: "fchownat", paths: at(0, 1)},
		unix.SYS_UTIMENSAT:       {name: "utimensat", paths: at(0, 1)},
		unix.SYS_SETXATTR:        {name: "setxattr", paths: at(-1, 0)},
		unix.SYS_FCHMOD:          {name: "fchmod", fd: 1},
		unix.SYS_FCHOWN:          {name: "fchown", fd: 1},
		unix.SYS_FSETXATTR:       {name: "fsetxattr", fd: 1},
		unix.SYS_FTRUNCATE:       {name: "ftruncate", fd: 1},
		unix.SYS_FALLOCATE:       {name: "fallocate", fd: 1},
		unix.SYS_FSYNC:           {name: "fsync", fd: 1},
		unix.SYS_FDATASYNC:       {name: "fdatasync", fd: 1},
		unix.SYS_SYNCFS:          {name: "syncfs", fd: 1},
		unix.SYS_WRITE:           {name: "write", fd: 1},
		unix.SYS_WRITEV:          {name: "writev", fd: 1},
		unix.SYS_PWRITE64:        {name: "pwrite64", fd: 1},
		unix.SYS_PWRITEV:         {name: "pwritev", fd: 1},
		unix.SYS_PWRITEV2:        {name: "pwritev2", fd: 1},
		unix.SYS_SENDFILE:        {name: "sendfile", fd: 1},
		unix.SYS_SPLICE:          {name: "splice", fd: 3},
		unix.SYS_COPY_FILE_RANGE: {name: "copy_file_range", fd: 3},
		unix.SYS_IOCTL:           {name: "ioctl", fd: 1, when: func(args a) bool { return args[1] == unix.FICLONE || args[1] == unix.FICLONERANGE }},
	}
	maps.Copy(all, older)
	return all
}()

// changes: a call on an open file counts for files and folders on a disk only, not for pipes, sockets, /proc and the like.
func (c call) changes(tid int, args a) bool {
	if c.when != nil && !c.when(args) {
		return false
	}
	if c.fd == 0 {
		return true
	}
	link := fdLink(tid, args[c.fd-1])
	var st unix.Stat_t
	if unix.Stat(link, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG && st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return false
	}
	name, _ := os.Readlink(link)
	for _, none := range []string{"/proc/", "/sys/", "/memfd:"} {
		if strings.HasPrefix(name, none) {
			return false
		}
	}
	return true
}

func (c call) describe(tid int, args a) string {
	words := []string{c.name}
	for _, p := range c.paths {
		words = append(words, p.read(tid, args))
	}
	if c.fd > 0 {
		name, _ := os.Readlink(fdLink(tid, args[c.fd-1]))
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

func fdLink(tid int, fd uint64) string { return fmt.Sprintf("/proc/%d/fd/%d", tid, int32(fd)) }

// read is the path that a thread hands to the kernel, from the root on; "?" when it can't be read.
func (p path) read(tid int, args a) string {
	name := readString(tid, uintptr(args[p.arg]))
	if name == "?" || filepath.IsAbs(name) {
		return name
	}
	link := fmt.Sprintf("/proc/%d/cwd", tid)
	if p.dir >= 0 && int32(args[p.dir]) != unix.AT_FDCWD {
		link = fdLink(tid, args[p.dir])
	}
	dir, _ := os.Readlink(link)
	return filepath.Join(dir, name)
}

// readString reads up to a NUL. It never crosses into a page that may not be there.
func readString(tid int, addr uintptr) string {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return "?"
	}
	defer mem.Close()
	var text []byte
	for len(text) < unix.PathMax {
		chunk := make([]byte, 256-(addr+uintptr(len(text)))%256)
		if _, err := mem.ReadAt(chunk, int64(addr)+int64(len(text))); err != nil {
			return "?"
		}
		if before, _, end := bytes.Cut(chunk, []byte{0}); end {
			return string(append(text, before...))
		}
		text = append(text, chunk...)
	}
	return "?"
}
