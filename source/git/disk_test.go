//go:build linux && (amd64 || arm64)

package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk fetches with less and less space left: there is enough, or all is as it was, and there is as much space as before.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a file system")
	}
	s := newMoving(t)
	both(t, func(t *testing.T, anew bool) {
		failed := 0
		for pages := 0; !t.Failed(); pages++ {
			disk := t.TempDir()
			if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
				t.Skipf("no file system can be mounted here: %v", err)
			}
			dir := filepath.Join(disk, "mirror")
			if !anew {
				if err := os.CopyFS(dir, os.DirFS(s.before)); err != nil {
					t.Fatal(err)
				}
			}
			free := func() uint64 {
				var st unix.Statfs_t
				if err := unix.Statfs(disk, &st); err != nil {
					t.Fatal(err)
				}
				return st.Bfree
			}
			ballast := filepath.Join(disk, "ballast")
			if err := os.WriteFile(ballast, make([]byte, (int(free())-pages)*4096), 0o644); err != nil {
				t.Fatal(err)
			}
			m := open(t, s.r.dir, func(o *Options) { o.Dir = dir })
			_, err := m.Fetch(t.Context())
			m.Close()
			if err != nil {
				failed++
				if _, ok := errors.AsType[*Error](err); !ok && !errors.Is(err, unix.ENOSPC) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%d pages: %v", pages, err)
				}
				if _, err := os.Stat(m.repository()); err == nil {
					same(t, left(t, m))
				}
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			s.sound(t, dir, anew)
			if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
				t.Error(err)
			}
			if err == nil {
				break
			}
		}
		if t.Logf("%d pages were too few", failed); failed < 2 {
			t.Error("so few?")
		}
	})
}

// A fetch may not bring more than it is allowed to.
func TestMaxPack(t *testing.T) {
	s := newMoving(t)
	dir := s.copyDir(t, false)
	m := open(t, s.r.dir, func(o *Options) { o.Dir, o.MaxPack = dir, 4000 })
	_, err := m.Fetch(t.Context())
	says(t, err, "it brings more than 4000 bytes", "git fetch")
	same(t, left(t, m))
	m.Close()
	s.sound(t, dir, false)
}
