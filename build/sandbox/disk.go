package sandbox

import (
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// reserve is what stays free on the host's disk for everything else.
const reserve = 256 << 20

// gauge measures folders. Walking through them costs, so that it's done when the disk has filled by about what is still allowed, and
// otherwise only so often that it takes a few percent of the time.
type gauge struct {
	dirs          []string
	limit, inodes int64
	bytes, files  int64 // at the last walk
	free          int64 // then
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
	free := int64(fs.Bavail) * int64(fs.Bsize)
	filled := g.free - free
	if g.limit > 0 && free < reserve && filled > 0 {
		return HostDisk
	}
	if !now.Before(g.next) || g.limit > 0 && filled > (g.limit-g.bytes)/2 {
		g.bytes, g.files = 0, 0
		for _, dir := range g.dirs {
			b, n := Measure(dir, g.limit, g.inodes)
			g.bytes, g.files = g.bytes+b, g.files+n
		}
		g.free = free
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
// What can't be read is passed over.
func Measure(dir string, limit, inodes int64) (bytes, files int64) {
	seen := map[uint64]bool{} // files with several names
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		files++
		info, err := d.Info()
		if err != nil {
			return nil
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			if st.Nlink > 1 && !d.IsDir() {
				if seen[st.Ino] {
					return nil
				}
				seen[st.Ino] = true
			}
			bytes += st.Blocks * 512
		}
		if limit > 0 && bytes > limit || inodes > 0 && files > inodes {
			return filepath.SkipAll
		}
		return nil
	})
	return bytes, files
}
