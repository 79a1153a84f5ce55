package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wheelyard/internal/durable"
)

// sweep removes what a fetch that was cut off has left: its unfinished files, and git's locks, which outlive their holders. Only for who
// holds our lock: then no git is at work there.
func (m *Mirror) sweep() error {
	err := durable.Sweep(m.o.Dir)
	return errors.Join(err, filepath.WalkDir(m.repository(), func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || !unfinished(path) {
			return err
		}
		return durable.Remove(path)
	}))
}

// unfinished knows the names that git gives its temporary files, the packs that it hasn't finished (their index comes last), and what keeps
// a pack from being put together with others.
func unfinished(path string) bool {
	name, extension := filepath.Base(path), filepath.Ext(path)
	for _, prefix := range []string{"tmp_", durable.TempPrefix, "shallow_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch extension {
	case ".lock", ".new", ".keep":
		return true
	case ".pack", ".rev":
		_, err := os.Lstat(strings.TrimSuffix(path, extension) + ".idx")
		return errors.Is(err, fs.ErrNotExist)
	}
	return false
}

// So many packs, or refs in files of their own, are still quick to read.
const (
	manyPacks = 40
	manyRefs  = 400
)

// pack puts small packs together, each time when there are many. It leaves out nothing, and readers in other processes find what they need in
// the new one. It is for speed only: that it fails is no error, the next fetch does it again.
func (m *Mirror) pack(ctx context.Context, lock *os.File) {
	if count(m.path("repository", "refs", "tips", "*")) > manyRefs {
		c := m.local("pack-refs", "--all")
		c.lock = lock
		run(ctx, c)
	}
	if count(m.path("repository", "objects", "pack", "*.pack")) > manyPacks {
		c := m.local("repack", "--quiet", "-d", "--geometric=2")
		c.lock = lock
		run(ctx, c)
	}
}

func count(pattern string) int {
	found, _ := filepath.Glob(pattern)
	return len(found)
}
