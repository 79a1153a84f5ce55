package env

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"wheelyard/internal/durable"
)

// UV is the version of uv that resolves and installs.
const UV = "0.13.9"

// uvWheels are its wheels with a static program, by GOARCH.
var uvWheels = map[string]struct{ filename, sha256 string }{
	"amd64":   {"uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl", "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25"},
	"arm64":   {"uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl", "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe"},
	"arm":     {"uv-0.13.9-py3-none-manylinux_2_17_armv7l.manylinux2014_armv7l.musllinux_1_1_armv7l.whl", "7ec1e1dd9b6cb335c301afdf877989df384227313981850755a59561f75e4ab8"},
	"386":     {"uv-0.13.9-py3-none-musllinux_1_1_i686.whl", "a2ee66fe8b6608e1482ab1bde5799da04705c1cb40324c7f66054ecf46ae6e40"},
	"riscv64": {"uv-0.13.9-py3-none-manylinux_2_31_riscv64.musllinux_1_1_riscv64.whl", "6d5114bba238adddacb32fb11904f2b3ff4e988f8e9ff0d8d3b5e9822cf836b8"},
	// These two are linked with glibc: upstream has no static ones.
	"ppc64le": {"uv-0.13.9-py3-none-manylinux_2_17_ppc64le.manylinux2014_ppc64le.whl", "c5dbdb7c8737cd183a9dce95b39cfd1f3d54ec2a27a1bb58f160293f9ba2c805"},
	"s390x":   {"uv-0.13.9-py3-none-manylinux_2_17_s390x.manylinux2014_s390x.whl", "a6e845f387e4ed55bb59342957a9179e24a631fcc7668bda3426ae1cef8ed4b9"},
}

// uv returns the path of the program, fetched if need be.
func (s *Store) uv(ctx context.Context) (string, error) {
	w, ok := uvWheels[runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("there is no uv %s for this machine (%s)", UV, runtime.GOARCH)
	}
	path := filepath.Join(s.Dir, "tools", "uv-"+UV+"-"+w.sha256, "uv")
	if exists(path) {
		return path, nil
	}
	_, err, _ := s.flights.Do(path, func() (any, error) {
		if exists(path) {
			return nil, nil
		}
		return nil, s.fetchUV(ctx, w.filename, w.sha256, path)
	})
	if err != nil {
		return "", fmt.Errorf("fetching uv %s: %w", UV, err)
	}
	return path, nil
}

func (s *Store) fetchUV(ctx context.Context, filename, sha256, path string) error {
	page, err := s.Upstream.Page(ctx, "uv")
	if err != nil {
		return err
	}
	for _, f := range page.Project.Files {
		if f.Filename == filename && strings.EqualFold(f.Hashes["sha256"], sha256) {
			wheel, err := s.Upstream.File(ctx, f)
			if err != nil {
				return err
			}
			return extractUV(wheel, path)
		}
	}
	return fmt.Errorf("upstream has no %s with the SHA-256 %s: %w", filename, sha256, fs.ErrNotExist)
}

func extractUV(wheel, path string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	from, err := z.Open("uv-" + UV + ".data/scripts/uv")
	if err != nil {
		return err
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	to, err := os.CreateTemp(filepath.Dir(path), durable.TempPrefix+"*")
	if err != nil {
		return err
	}
	defer os.Remove(to.Name())
	_, err = io.Copy(to, from)
	err = errors.Join(err, to.Chmod(0o755), to.Sync(), to.Close())
	if err != nil {
		return err
	}
	return os.Rename(to.Name(), path)
}

// failedError is what uv says when it can't.
type failedError struct {
	status int
	signal syscall.Signal // that ended it; 0: none
	said   string
}

func (e *failedError) Error() string {
	return fmt.Sprintf("uv ended with status %d: %s", e.status, e.said)
}

// longest is how long uv may take: what it resolves was written by strangers, too.
const longest = 15 * time.Minute

// run runs uv with nothing of the user's configuration. A *failedError when it ends with another status than 0. When its program is damaged,
// it is fetched again.
func (s *Store) run(ctx context.Context, dir string, args ...string) error {
	uv, err := s.uv(ctx)
	if err != nil {
		return err
	}
	err = s.start(ctx, uv, dir, args)
	for wait := time.Millisecond; errors.Is(err, syscall.ETXTBSY) && wait < time.Second; wait *= 2 {
		time.Sleep(wait) // a program that another thread starts right now still has the file open to which uv was written
		err = s.start(ctx, uv, dir, args)
	}
	if !damaged(err) {
		return err
	}
	if err := os.Remove(uv); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if uv, err = s.uv(ctx); err != nil {
		return err
	}
	return s.start(ctx, uv, dir, args)
}

// damaged says whether an error is that a program, which is there, can't be run, or breaks down.
func damaged(err error) bool {
	for _, e := range []error{syscall.ENOEXEC, syscall.ENOENT, syscall.EACCES, syscall.EINVAL, syscall.ELIBBAD} {
		if p, ok := errors.AsType[*os.PathError](err); ok && p.Op == "fork/exec" && errors.Is(err, e) {
			return true
		}
	}
	f, ok := errors.AsType[*failedError](err)
	return ok && (f.signal == syscall.SIGSEGV || f.signal == syscall.SIGBUS || f.signal == syscall.SIGILL)
}

func (s *Store) start(ctx context.Context, uv, dir string, args []string) error {
	started := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, longest, fmt.Errorf("uv took more than %s", longest))
	defer cancel()
	home := filepath.Join(s.Dir, "tools")
	cmd := exec.CommandContext(ctx, uv, append(args, "--no-config", "--no-progress", "--color", "never", "--quiet", "--system-certs",
		"--no-python-downloads", "--no-managed-python", "--cache-dir", filepath.Join(home, "uv-cache"))...)
	var said bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.Stdout = dir, &said, &said
	cmd.Env = append(inherited(os.Environ()), "HOME="+home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "UV_NO_CONFIG=1", "UV_DEFAULT_INDEX="+s.Index)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := onOwnThread(func() error {
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return fmt.Errorf("unshare: %w", err)
		}
		unix.Umask(0o022) // of this thread alone, now: every build's user reads what uv installs
		return cmd.Run()
	})
	switch {
	case started.Err() != nil:
		return started.Err()
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		f := &failedError{status: ended.ExitCode(), said: said.String()}
		if w, ok := ended.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			f.signal = w.Signal()
		}
		return f
	}
	return err
}

// onOwnThread keeps the thread that starts a program until it ends, since PR_SET_PDEATHSIG is about the thread. The thread then ends.
func onOwnThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		done <- f()
	}()
	return <-done
}

// inherited are the variables that say how the index is reached: proxies and certificates. Those of uv and pip are left out but for PIP_CERT, which
// comes before the others, as it does for pip and for the client that fetches the wheels.
func inherited(environ []string) []string {
	var kept, certs []string
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		switch strings.ToUpper(name) {
		case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY":
			kept = append(kept, v)
		case "SSL_CERT_DIR", "SSL_CERT_FILE":
			certs = append(certs, v)
		case "PIP_CERT":
			if value != "" {
				return append(inherited(without(environ, "PIP_CERT", "SSL_CERT_DIR", "SSL_CERT_FILE")), "SSL_CERT_FILE="+value)
			}
		}
	}
	return append(kept, certs...)
}

// without leaves variables out.
func without(environ []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(names, strings.ToUpper(name))
	})
}

// settle makes sure that what was written is on the disk, before it gets its name.
func settle(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
