package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"wheelyard/build/sandbox"
	"wheelyard/internal/durable"
	"wheelyard/packaging/sdist"
)

// work is the folder of one build, below the yard's work/. It is locked as long as the build's process lives, so that others can tell what is left over.
//
//	lock, log, WHEEL    the builder's own
//	sdist/              while it is unpacked
//	box/                what the build sees as /build, and may write to
//	box/src             the source
//	box/out             what its hooks return: result.json, wheels/
type work struct {
	dir  string
	lock *os.File
	id   *sandbox.Identity

	once sync.Once
	err  error
}

const workDir = "work"

// newWork makes the folder, and claims a user for what runs in it.
func (b *Builder) newWork(id *sandbox.Identity) (*work, error) {
	parent := filepath.Join(b.Dir, workDir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	dir, lock, err := lockedFolder(parent)
	if err != nil {
		return nil, err
	}
	return &work{dir: dir, lock: lock, id: id}, nil
}

// lockedFolder makes a folder that holds a locked file. Another process may look at the lock for a moment, or take the folder for left over
// and remove it before it is locked: then it is made again.
func lockedFolder(parent string) (dir string, lock *os.File, err error) {
	for {
		if dir, err = os.MkdirTemp(parent, "build-*"); err != nil {
			return "", nil, err
		}
		if lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
			return "", nil, err
		}
		if err = unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
			lock.Close()
			return "", nil, fmt.Errorf("locking a work folder: %w", err)
		}
		if _, err = os.Stat(lock.Name()); err == nil {
			return dir, lock, nil
		}
		lock.Close()
	}
}

func (w *work) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}

func (w *work) makeBox() error {
	for _, dir := range []string{"box", "box/out", "box/out/wheels"} {
		if err := makeFolder(w.path(dir)); err != nil {
			return err
		}
		if err := w.own(w.path(dir)); err != nil {
			return err
		}
	}
	return nil
}

// makeFolder makes one that everybody may look into, whatever the umask is.
func makeFolder(path string) error {
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	return os.Chmod(path, 0o755)
}

func (w *work) own(path string) error {
	if w.id.UID() < 0 {
		return nil
	}
	return os.Lchown(path, w.id.UID(), w.id.UID())
}

// remove removes the folder, whatever a build made of its permissions. It may be called again.
func (w *work) remove() error {
	w.once.Do(func() {
		w.err = errors.Join(removeAll(w.dir), w.lock.Close())
	})
	return w.err
}

// unfinished is how long something may be under way before it counts as left over.
const unfinished = time.Hour

// Sweep removes what builds whose process was killed left below a yard's folder: their work, and caches that were not finished. It may be
// called at any time; what others are at is not touched.
func Sweep(dir string, now time.Time) error {
	left, err := filepath.Glob(filepath.Join(dir, workDir, "build-*"))
	if err != nil {
		return err
	}
	for _, folder := range left {
		err = errors.Join(err, sweepWork(folder, now))
	}
	err = errors.Join(err, sweepUV(dir, now))
	caches, _ := filepath.Glob(filepath.Join(dir, "tools", "uv-*")) // the pattern is a good one
	for _, cache := range []string{"envs", "envs/locks", "envs/hooks", "sandbox", "sandbox/etc"} {
		caches = append(caches, filepath.Join(dir, cache))
	}
	for _, cache := range caches {
		err = errors.Join(err, durable.SweepOld(cache, now.Add(-unfinished)))
	}
	return err
}

// sweepUV removes what uv had begun in its cache when it was killed.
func sweepUV(dir string, now time.Time) error {
	begun, err := filepath.Glob(filepath.Join(dir, "tools", "uv-cache", ".tmp*"))
	for _, path := range begun {
		if info, e := os.Lstat(path); e == nil && info.ModTime().Before(now.Add(-unfinished)) {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

func sweepWork(folder string, now time.Time) error {
	f, err := os.Open(filepath.Join(folder, "lock"))
	if errors.Is(err, fs.ErrNotExist) { // one that is being made right now, or was when its process was killed
		if info, err := os.Lstat(folder); err == nil && info.ModTime().Before(now.Add(-unfinished)) {
			return removeAll(folder)
		}
		return nil
	}
	if err != nil {
		return nil // not ours
	}
	defer f.Close()
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		return nil
	}
	return removeAll(folder)
}

// unpack puts the sdist's members into box/src, in a box that is new: what a hook left there before is gone. Every file has the same time, so that nothing in it is newer than what it was made from.
func (w *work) unpack(ctx context.Context, filename, path string, at time.Time) error {
	for _, old := range []string{w.path("box"), w.path("sdist")} {
		if err := removeAll(old); err != nil {
			return err
		}
	}
	if err := w.makeBox(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := makeFolder(w.path("sdist")); err != nil {
		return err
	}
	root, err := os.OpenRoot(w.path("sdist"))
	if err != nil {
		return err
	}
	defer root.Close()
	u := unpacker{ctx: ctx, root: root, uid: w.id.UID(), time: at, dirs: map[string]bool{".": true}}
	for e, err := range sdist.Entries(filename, f, info.Size(), sourceLimits) {
		if err != nil {
			return &badSourceError{err}
		}
		if err := u.add(e); err != nil {
			return err
		}
	}
	top, err := onlyFolder(w.path("sdist"))
	if err != nil {
		return err
	}
	if err := os.Rename(top, w.path("box", "src")); err != nil {
		return err
	}
	return w.own(w.path("box", "src"))
}

// onlyFolder is the one folder in dir when there is nothing else, otherwise dir.
func onlyFolder(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(dir, entries[0].Name()), nil
	}
	return dir, nil
}
