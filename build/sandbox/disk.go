package sandbox

import (
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// reserve is what stays free on the host's disk for everything else.
const reserve = 256 << 20

// deepest is how many folders may be in each other. Deeper ones are not looked into, and count as more files than there may be.
const deepest = 500

// gauge measures folders. Walking through them costs, so that it's done when the disk has filled by about what is still allowed, and
// otherwise only so often that it takes a few percent of the time.
type gauge struct {
	dirs          []string
	limit, inodes int64
	bytes, files  int64 // at the last walk
	free, left    int64 // then: bytes, and files that the disk can take; left is 0 where it tells no number
	next          time.Time
}

// over tells the limit that is exceeded; "": none.
func (g *gauge) over(now time.Time) Limit {
	if len(g.dirs) == 0 || g.limit == 0 && g.inodes == 0 {
		return ""
	}
	var fs unix.Statfs_t
	if unix.Statfs(g.dirs[0], &fs) != nil {
		return ""
	}
	free, left := int64(fs.Bavail)*int64(fs.Bsize), int64(fs.Ffree)
	filled, made := g.free-free, g.left-left
	if g.limit > 0 && free < reserve && filled > 0 {
		return HostDisk
	}
	if !now.Before(g.next) || g.limit > 0 && filled > (g.limit-g.bytes)/2 || g.inodes > 0 && made > (g.inodes-g.files)/2 {
		g.bytes, g.files = 0, 0
		for _, dir := range g.dirs {
			b, n := Measure(dir, g.limit, g.inodes)
			g.bytes, g.files = g.bytes+b, g.files+n
		}
		g.free, g.left = free, left
		g.next = time.Now().Add(max(time.Second, 30*time.Since(now)))
	}
	switch {
	case g.limit > 0 && g.bytes > g.limit:
		return Disk
	case g.inodes > 0 && g.files > g.inodes:
		return Inodes
	}
	return ""
}

// Measure counts what is allocated below dir, in bytes, and its files and folders. It stops soon after either is above its limit (0: none).
// Somebody may be changing it meanwhile; what can't be read is passed over.
func Measure(dir string, limit, inodes int64) (bytes, files int64) {
	m := measure{limit: limit, inodes: inodes, seen: map[uint64]bool{}}
	m.entry(unix.AT_FDCWD, dir, 0)
	return m.bytes, m.files
}

type measure struct {
	limit, inodes int64
	bytes, files  int64
	seen          map[uint64]bool // files with several names
}

func (m *measure) full() bool {
	return m.limit > 0 && m.bytes > m.limit || m.inodes > 0 && m.files > m.inodes
}

// entry counts what has the name in a folder. It goes by descriptors: there are no limits to how long a path is.
func (m *measure) entry(at int, name string, depth int) {
	var st unix.Stat_t
	if unix.Fstatat(at, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
		return
	}
	m.files++
	folder := st.Mode&unix.S_IFMT == unix.S_IFDIR
	if st.Nlink > 1 && !folder {
		if m.seen[st.Ino] {
			return
		}
		m.seen[st.Ino] = true
	}
	m.bytes += st.Blocks * 512
	switch {
	case !folder:
	case depth >= deepest:
		m.files = max(m.files, m.inodes+1)
	default:
		m.folder(at, name, st.Mode, depth)
	}
}

func (m *measure) folder(at int, name string, mode uint32, depth int) {
	const how = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := unix.Openat(at, name, how, 0)
	if err == unix.EACCES { // it is the user's own, who has closed it: not for us
		path, e := unix.Openat(at, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if e != nil {
			return
		}
		defer unix.Close(path)
		itself := "/proc/self/fd/" + strconv.Itoa(path) // not the name, which may be a link by now
		unix.Chmod(itself, mode&0o7777|0o700)
		defer unix.Chmod(itself, mode&0o7777)
		fd, err = unix.Open(itself, how&^unix.O_NOFOLLOW, 0)
	}
	if err != nil {
		return
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	for {
		names, err := f.Readdirnames(1000)
		for _, n := range names {
			if m.entry(fd, n, depth+1); m.full() {
				return
			}
		}
		if err != nil && err != io.EOF || len(names) == 0 {
			return
		}
	}
}
