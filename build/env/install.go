package env

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wheelyard/build/sandbox"
	"wheelyard/internal/durable"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

// install makes the environment beside its place, and then puts it there.
func (s *Store) install(ctx context.Context, l Lock, t platform.Target, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(to), durable.TempPrefix+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	wheels, err := s.fetch(ctx, l, filepath.Join(dir, "wheels"))
	if err != nil {
		return err
	}
	venv := filepath.Join(dir, "venv")
	if len(wheels) == 0 {
		err = bareVenv(venv, t)
	} else {
		err = s.fill(ctx, venv, wheels, t)
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "wheels")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "pylock.toml"), l.Text, 0o644); err != nil {
		return err
	}
	if err := settle(dir); err != nil {
		return err
	}
	if err := os.Rename(dir, to); err != nil && !exists(to) { // another process may have been quicker
		return err
	}
	return nil
}

// fill installs the wheels into a new virtual environment. uv runs the interpreter to know it, which is why all of them go in at once, into an
// empty one: a file of theirs that ends in .pth would be run with it.
func (s *Store) fill(ctx context.Context, venv string, wheels []string, t platform.Target) error {
	if err := s.run(ctx, filepath.Dir(venv), "venv", "--relocatable", "--no-project", "--python", t.Path, venv); err != nil {
		return err
	}
	args := []string{"pip", "install", "--offline", "--no-index", "--no-deps", "--no-build", "--link-mode", "copy", "--python", filepath.Join(venv, "bin", "python")}
	err := s.run(ctx, filepath.Dir(venv), append(args, wheels...)...)
	if f, ok := errors.AsType[*failedError](err); ok && strings.Contains(f.said, "Failed to install") && !strings.Contains(f.said, "os error") {
		_, wrong, _ := strings.Cut(f.said, "Failed to install: ")
		return &BrokenError{spaces.ReplaceAllString(strings.TrimSpace(wrong), " ")}
	}
	if err != nil {
		return err
	}
	return s.compile(ctx, venv, t)
}

// BrokenError: a wheel that the environment should have can't be installed.
type BrokenError struct{ Reason string }

func (e *BrokenError) Error() string {
	return "a build requirement's wheel can't be installed: " + e.Reason
}

// small refuses a wheel that says itself that it is too large, since uv knows no limit; whether it is sound otherwise is for uv to see.
func (s *Store) small(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := wheel.Open(f, info.Size(), s.most); errors.Is(err, wheel.ErrLimit) {
		return &BrokenError{name + ": " + err.Error()}
	}
	return nil
}

// fetch puts the wheels of the lock into a folder, under their names.
func (s *Store) fetch(ctx context.Context, l Lock, dir string) ([]string, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	var paths []string
	for _, w := range l.Wheels {
		file, err := s.Upstream.File(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := s.small(file, w.Filename); err != nil {
			return nil, err
		}
		path := filepath.Join(dir, w.Filename)
		if err := os.Symlink(file, path); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// bareVenv is a virtual environment with nothing in it (PEP 405), as a backend that is in the source itself may have it.
func bareVenv(dir string, t platform.Target) error {
	release := append(t.Version.Release(), 0, 0)
	lib := filepath.Join(dir, "lib", fmt.Sprintf("python%d.%d", release[0], release[1]), "site-packages")
	for _, d := range []string{filepath.Join(dir, "bin"), lib} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	for d := lib; d != filepath.Dir(dir); d = filepath.Dir(d) { // whatever the umask is
		if err := os.Chmod(d, 0o755); err != nil {
			return err
		}
	}
	cfg := fmt.Sprintf("home = %s\ninclude-system-site-packages = false\nversion = %s\n", filepath.Dir(t.Path), t.Version)
	if _, err := durable.WriteFile(filepath.Join(dir, "pyvenv.cfg"), []byte(cfg), 0o644); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(dir, "bin"), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(t.Path, filepath.Join(dir, "bin", "python")); err != nil {
		return err
	}
	return os.Symlink("python", filepath.Join(dir, "bin", "python3"))
}

// compileLimits are ample: the largest environments take a few seconds.
var compileLimits = sandbox.Limits{Wall: 10 * time.Minute, Memory: 2 << 30, Disk: 4 << 30, Procs: 64}

// compile makes the .pyc files, in a sandbox, so that no build has to compile its backend anew. It runs none of the environment's code.
func (s *Store) compile(ctx context.Context, venv string, t platform.Target) error {
	id, err := s.Sandbox.Claim(ctx)
	if err != nil {
		return err
	}
	defer id.Release()
	if err := own(venv, id.UID()); err != nil {
		return err
	}
	o, err := id.Run(ctx, sandbox.Command{
		Args:   []string{t.Path, "-I", "-S", "-m", "compileall", "-q", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", At + "/lib"},
		Dir:    "/",
		Mounts: append(sandbox.Interpreter(t.Path), sandbox.Mount{Host: venv, At: At, Writable: true}),
		Count:  []string{venv},
		Limits: compileLimits,
	})
	if err != nil {
		return err
	}
	if o.Exceeded != "" { // some files of setuptools and others compile on no Python 3: status 1 is usual
		return fmt.Errorf("compiling its modules took too much: %s", o.Exceeded)
	}
	if id.UID() < 0 {
		return nil
	}
	return own(venv, os.Getuid())
}

// own gives everything below dir to a user and its group; -1: it stays as it is.
func own(dir string, uid int) error {
	if uid < 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, uid)
	})
}
