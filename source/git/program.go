package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The oldest git that has all that is used here; Debian 12's.
const (
	oldestMajor = 2
	oldestMinor = 39
)

var version = regexp.MustCompile(`^git version (\d{1,4})\.(\d{1,4})`)

// program finds git and checks its version.
func program(ctx context.Context, path string) (string, error) {
	if path == "" {
		path = "git"
	}
	path, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("git is needed to read git sources (Debian package git): %w", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	out, err := run(ctx, command{program: path, args: []string{"version"}, limit: 1 << 10})
	if err != nil {
		return "", err
	}
	v := version.FindStringSubmatch(string(out))
	if v == nil {
		return "", fmt.Errorf("%s is no git: it calls itself %q", path, clip(harmless(string(out), nil), 60))
	}
	major, _ := strconv.Atoi(v[1])
	minor, _ := strconv.Atoi(v[2])
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return "", fmt.Errorf("%s is git %d.%d: at least %d.%d is needed (Debian package git)", path, major, minor, oldestMajor, oldestMinor)
	}
	return path, nil
}

// command is one run of git.
type command struct {
	program string
	args    []string
	dir     string // GIT_DIR; empty: no repository
	config  []setting
	secrets []string
	stdin   string
	lock    *os.File // kept open by all that git starts; nil: none
	maxFile int64    // bytes of a file that it may write; 0: any
	limit   int      // bytes of its output
}

type setting struct{ key, value string }

// settings hold for every run. Files of configuration are not read but for that of our own repository.
var settings = []setting{
	{"core.hooksPath", os.DevNull},
	{"core.fsmonitor", "false"},
	{"core.askPass", ""},
	{"credential.helper", ""},
	{"core.fsync", "all"},
	{"fetch.unpackLimit", "1"}, // one pack for each fetch: few files to sync
	{"fetch.recurseSubmodules", "false"},
	{"gc.auto", "0"},
	{"maintenance.auto", "false"},
	{"repack.writeBitmaps", "false"},
	{"http.lowSpeedLimit", "1000"}, // bytes a second, for
	{"http.lowSpeedTime", "60"},    // seconds: then it has stalled
	{"protocol.version", "2"},
}

// environment is all that git gets to see.
func environment(dir string, config []setting) []string {
	env := []string{
		"LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=" + protocols, "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_OPTIONAL_LOCKS=0", "GIT_LITERAL_PATHSPECS=1", "GIT_SSH_VARIANT=ssh",
		// A connection kept for others would be a process that stays.
		"GIT_SSH_COMMAND=ssh -a -x -o BatchMode=yes -o ControlMaster=no -o PermitLocalCommand=no -o ClearAllForwardings=yes -o ConnectTimeout=30 -o ServerAliveInterval=15",
	}
	if dir == "" {
		dir = os.DevNull // none: not one that happens to be found
	}
	env = append(env, "GIT_DIR="+dir)
	for i, s := range config {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s.key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s.value))
	}
	env = append(env, fmt.Sprint("GIT_CONFIG_COUNT=", len(config)))
	return append(env, inherited(os.Environ())...)
}

// inherited are the variables that say how a server is reached: proxies, certificates, keys. HOME is for ssh and .netrc.
func inherited(environ []string) []string {
	var kept []string
	certificates := ""
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		switch strings.ToUpper(name) {
		case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY":
			kept = append(kept, v)
			continue
		}
		switch name {
		case "HOME", "SSH_AUTH_SOCK", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_PROXY_SSL_CAINFO":
			kept = append(kept, v)
		case "SSL_CERT_FILE":
			certificates = "GIT_SSL_CAINFO=" + value
		case "PATH":
			kept = append(kept, "PATH="+absolute(value))
		}
	}
	if certificates != "" && os.Getenv("GIT_SSL_CAINFO") == "" {
		kept = append(kept, certificates)
	}
	return kept
}

// absolute leaves out of a PATH what depends on the working directory.
func absolute(path string) string {
	var kept []string
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) {
			kept = append(kept, dir)
		}
	}
	return strings.Join(kept, string(filepath.ListSeparator))
}

// prepare makes a program of it that is in a process group of its own: an interrupt from the terminal reaches it through us only.
func (c command) prepare() *exec.Cmd {
	cmd := exec.Command(c.program, c.args...)
	cmd.Dir = "/"
	cmd.Env = environment(c.dir, append(settings[:len(settings):len(settings)], c.config...))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

var errOutput = errors.New("git printed more than can be")

// run runs git to its end and returns what it printed. An *Error when git can't; the context's error when it ended: then git and all
// that it started are dead.
func run(ctx context.Context, c command) ([]byte, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	cmd := c.prepare()
	out, said := &bounded{limit: c.limit}, &tail{}
	cmd.Stdout, cmd.Stderr, cmd.Stdin = out, said, strings.NewReader(c.stdin)
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.WaitDelay = 5 * time.Second // for what outlives git and holds its output
	alive, end, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer alive.Close()
	cmd.ExtraFiles = []*os.File{end}
	if c.lock != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, c.lock)
	}
	err = onOwnThread(func() error {
		err := cmd.Start()
		end.Close()
		if err != nil {
			return err
		}
		group := -cmd.Process.Pid
		unhook := context.AfterFunc(ctx, func() { unix.Kill(group, unix.SIGKILL) })
		defer unhook()
		if c.maxFile > 0 {
			limit := unix.Rlimit{Cur: uint64(c.maxFile), Max: uint64(c.maxFile)}
			if err := unix.Prlimit(cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil && !errors.Is(err, unix.ESRCH) {
				unix.Kill(group, unix.SIGKILL)
				cmd.Wait()
				return fmt.Errorf("limiting git: %w", err)
			}
		}
		err = cmd.Wait()
		if err != nil {
			unix.Kill(group, unix.SIGKILL) // what git may have left, when others killed it
		}
		return err
	})
	if cause := ended(ctx); cause != nil {
		awaitEnd(alive)
		return nil, cause
	}
	if out.full {
		return nil, fmt.Errorf("git %s: %w", c.args[0], errOutput)
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, &Error{Command: c.args[0], Status: ended.ExitCode(), Said: harmless(string(said.kept), c.secrets)}
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", c.args[0], err)
	}
	return out.kept.Bytes(), nil
}

// awaitEnd waits for those that were killed, of whom only git itself is our child: each has the other end of the pipe open until it is gone.
// What should not die, in the hands of a device, is not waited for.
func awaitEnd(alive *os.File) {
	if alive.SetReadDeadline(time.Now().Add(time.Second)) == nil {
		io.Copy(io.Discard, alive)
	}
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

// bounded takes no more than limit bytes.
type bounded struct {
	kept  bytes.Buffer
	limit int
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > b.limit {
		b.full = true
		return 0, errOutput
	}
	return b.kept.Write(p)
}
