package platform

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed probe.py
var script string

const (
	answerTime = 10 * time.Second
	answerSize = 1 << 20
)

// host is the machine that is probed. Tests put another root and PATH in its place.
type host struct {
	root   string   // "" or a folder that stands for /
	path   []string // folders of PATH, within root
	env    []string // for the programs that are run
	asRoot bool     // builds run as another, ordinary user

	patience time.Duration // with an interpreter
}

func thisHost() *host {
	h := &host{asRoot: os.Geteuid() == 0, patience: answerTime, path: filepath.SplitList(os.Getenv("PATH"))}
	for _, v := range os.Environ() {
		if name := strings.TrimLeft(v, "_"); !strings.HasPrefix(name, "PYTHON") && !strings.HasPrefix(name, "PYVENV") {
			h.env = append(h.env, v)
		}
	}
	h.env = append(h.env, "LC_ALL=C") // the last one counts
	return h
}

func (h *host) at(path string) string { return filepath.Join(h.root, path) }

// candidates are the places where the interpreter may be, the distribution's own first.
func (h *host) candidates(r request) []string {
	if r.path != "" {
		if file := h.at(r.path); isFile(file) {
			return []string{file}
		}
		return nil
	}
	var found []string
	for _, name := range r.commands() {
		for _, dir := range slices.Concat([]string{"/usr/bin", "/usr/local/bin"}, h.path) {
			if !filepath.IsAbs(dir) { // an interpreter of the current folder is none of the platform's
				continue
			}
			file := filepath.Join(h.at(dir), name)
			if isFile(file) && !slices.Contains(found, file) {
				found = append(found, file)
			}
		}
	}
	return found
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// barred says why a build, which runs as an ordinary user, cannot use the file or folder; empty: it can.
func (h *host) barred(path string) string {
	if !h.asRoot {
		return ""
	}
	below, err := filepath.Rel(h.at("/"), path)
	if err != nil {
		return err.Error()
	}
	at := h.at("/")
	for part := range strings.SplitSeq(below, string(filepath.Separator)) {
		at = filepath.Join(at, part)
		info, err := os.Stat(at)
		if err != nil {
			return err.Error()
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Sprintf("builds run as an ordinary user, and %s has mode %#o", at, info.Mode().Perm())
		}
	}
	return ""
}

// ask runs the interpreter. An error tells why this one can't be used; the context's own is returned as such.
func (h *host) ask(ctx context.Context, file string, r request) (answer, error) {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return answer{}, err
	}
	if why := h.barred(real); why != "" {
		return answer{}, errors.New(why)
	}
	printed, err := h.run(ctx, file)
	if err != nil {
		return answer{}, err
	}
	a, err := parseAnswer(printed)
	if err != nil {
		return answer{}, err
	}
	if why := a.suits(r); why != "" {
		return answer{}, errors.New(why)
	}
	if a.Executable == "" {
		a.Executable = real
	}
	for _, path := range []string{a.Executable, a.Stdlib} { // of a shim, these are elsewhere
		if path == "" {
			continue
		}
		if why := h.barred(path); why != "" {
			return answer{}, errors.New(why)
		}
	}
	if a.Libc == "" {
		a.Libc, err = h.muslOf(ctx, a.Executable)
	}
	return a, err
}

// run runs the probe, isolated from the user's settings and from site-packages.
func (h *host) run(ctx context.Context, file string) ([]byte, error) {
	out, stderr, err := h.output(ctx, file, "-I", "-S", "-c", script)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("it gave no answer within %s", h.patience)
	}
	if last := lastLine(stderr); last != "" { // what is no Python may repeat the whole script
		const most = 120
		if len(last) > most {
			last = strings.ToValidUTF8(last[:most], "") + "…"
		}
		return nil, fmt.Errorf("%w: %s", err, last)
	}
	return nil, err
}

func (h *host) output(ctx context.Context, file string, args ...string) (stdout, stderr []byte, err error) {
	limited, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	cmd := exec.CommandContext(limited, file, args...)
	var out, errs bounded
	cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir = &out, &errs, h.env, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if limited.Err() != nil {
		err = limited.Err()
	}
	if err == nil && out.full {
		err = fmt.Errorf("it printed more than %d bytes", answerSize)
	}
	return out.kept, errs.kept, err
}

// bounded keeps the first answerSize bytes.
type bounded struct {
	kept []byte
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), answerSize-len(b.kept))
	b.kept = append(b.kept, p[:room]...)
	b.full = b.full || room < len(p)
	return len(p), nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.ToValidUTF8(strings.TrimSpace(lines[len(lines)-1]), "?")
}
