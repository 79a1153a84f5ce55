//go:build linux && (amd64 || arm64)

package git

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"wheelyard/internal/killtest"
)

// The environment of this test binary when it is to be another program.
const (
	workEnv     = "WHEELYARD_TEST_WORK"     // what work does
	locationEnv = "WHEELYARD_TEST_LOCATION" // of the repository
	dirEnv      = "WHEELYARD_TEST_DIR"      // of the mirror
	programEnv  = "WHEELYARD_TEST_PROGRAM"  // in the place of git
	killEnv     = "WHEELYARD_TEST_KILL"     // run git, and kill it at this change of the disk
)

func TestMain(m *testing.M) {
	if n := os.Getenv(killEnv); n != "" {
		killGit(n)
	}
	if what := os.Getenv(workEnv); what != "" {
		if err := work(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// killGit is git for the mirror: it runs the real one with its arguments, and kills it.
func killGit(at string) {
	n, err := strconv.Atoi(at)
	if err != nil {
		panic(err)
	}
	os.Unsetenv(killEnv)
	cmd := exec.Command(os.Getenv(programEnv), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	killed, what, err := killtest.At(cmd, n)
	if killed {
		fmt.Fprintln(os.Stderr, "fatal: killed at", what)
		os.Exit(137)
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func work(what string) error {
	ctx := context.Background()
	m, err := Open(ctx, Options{Location: os.Getenv(locationEnv), Dir: os.Getenv(dirEnv), Program: os.Getenv(programEnv)})
	if err != nil {
		return err
	}
	defer m.Close()
	switch what {
	case "fetch":
		_, err = m.Fetch(ctx)
	case "hold":
		lock, err := m.lock(ctx)
		if err != nil {
			return err
		}
		defer lock.Close()
		fmt.Println("locked")
		os.Stdin.Read(make([]byte, 1)) // until it is killed
	case "read": // until its input ends
		ended := make(chan bool)
		go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
		fmt.Println("reading")
		for last := 0; err == nil; {
			select {
			case <-ended:
				return nil
			default:
				last, err = readNumber(m, last)
			}
		}
	}
	return err
}

// readNumber reads what TestReaders writes: never less than before, the same in both files.
func readNumber(m *Mirror, last int) (int, error) {
	tip, err := m.Resolve(context.Background(), "master")
	if err != nil {
		return 0, err
	}
	files, err := m.Files(context.Background(), tip.ID, "f", "g")
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(files[0].Data))
	if err != nil || string(files[1].Data) != string(files[0].Data) || n < last || !tip.Date.Equal(date(n)) {
		return 0, fmt.Errorf("%s and %s at %s, after %d: %w", files[0].Data, files[1].Data, tip.Date, last, errors.Join(err, files[0].Err, files[1].Err))
	}
	return n, nil
}

func worker(t testing.TB, what, location, dir, program string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), workEnv+"="+what, locationEnv+"="+location, dirEnv+"="+dir, programEnv+"="+program)
	return cmd
}

func needTrace(t *testing.T) {
	killtest.Need(t, func(t testing.TB, err error) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	})
}

// incompressible text, so that a fetch has something to carry.
func incompressible(seed, bytes int) string {
	var b strings.Builder
	for n := 0; b.Len() < bytes; n++ {
		fmt.Fprintf(&b, "%x\n", sha256.Sum256(fmt.Appendf(nil, "%d %d", seed, n)))
	}
	return b.String()[:bytes]
}

// moving is a source that moves between two states, with a mirror of the first.
type moving struct {
	r           *repo
	first, then ID
	before      string // folder of the mirror as it was
}

func newMoving(t *testing.T) *moving {
	t.Helper()
	r := newRepo(t)
	s := &moving{r: r}
	r.commit("f", "base")
	s.first = r.commit("f", "first"+incompressible(1, 4000))
	r.git("branch", "away")
	r.git("branch", "stable/x", "HEAD~")
	m := fetched(t, r.dir)
	m.Close()
	s.before = m.o.Dir
	r.git("reset", "--hard", "--quiet", "HEAD~") // a force-push
	s.then = r.commit("f", "then"+incompressible(2, 12_000))
	r.git("branch", "--delete", "--force", "away")
	r.git("branch", "--force", "stable/x")
	r.git("branch", "stable/y")
	return s
}

// copyDir makes a folder for the mirror: as it was, or nothing yet.
func (s *moving) copyDir(t *testing.T, anew bool) string {
	t.Helper()
	dir := filepath.Join(memory(t), "mirror")
	if anew {
		return dir
	}
	if err := os.CopyFS(dir, os.DirFS(s.before)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sound fails unless the mirror can be read, as before or as after the move, and is what it should be after one more fetch.
func (s *moving) sound(t *testing.T, dir string, anew bool) {
	t.Helper()
	m := open(t, s.r.dir, func(o *Options) { o.Dir = dir })
	defer m.Close()
	if state, err := m.State(); err != nil {
		if !anew {
			t.Error(err)
		}
	} else {
		tip := resolve(t, m, "master")
		old := tip.ID == s.first && len(state.Refs) == 3
		now := tip.ID == s.then && (anew || len(state.Refs) == 4)
		if !old && !now {
			t.Errorf("neither before nor after: %+v", state)
		}
		for _, ref := range state.Refs {
			if text := read(t, m, ref.Commit, "f"); text == "" {
				t.Errorf("%+v", ref)
			}
		}
	}
	fetch(t, m)
	if tip := resolve(t, m, "master"); tip.ID != s.then || !strings.HasPrefix(read(t, m, tip.ID, "f"), "then") {
		t.Errorf("%+v", tip)
	}
	want := []string{"!refs/heads/away", "refs/heads/master", "refs/heads/stable/x", "refs/heads/stable/y"}
	if anew {
		want = want[1:]
	}
	same(t, names(t, m), want...)
	same(t, left(t, m))
	if out, err := person("/", 0, "--git-dir", m.repository(), "fsck", "--strict", "--no-dangling").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func both(t *testing.T, f func(t *testing.T, anew bool)) {
	t.Run("first", func(t *testing.T) { f(t, true) })
	t.Run("again", func(t *testing.T) { f(t, false) })
}

// TestKill kills the fetching process at each of its changes of the disk.
func TestKill(t *testing.T) {
	needTrace(t)
	s := newMoving(t)
	both(t, func(t *testing.T, anew bool) {
		n := 1
		for ; !t.Failed(); n++ {
			dir := s.copyDir(t, anew)
			killed, what, err := killtest.At(worker(t, "fetch", s.r.dir, dir, ""), n)
			if !killed && err != nil {
				t.Error(err)
			}
			if s.sound(t, dir, anew); t.Failed() {
				t.Errorf("killed at change %d: %s", n, what)
			}
			if !killed {
				break
			}
		}
		if t.Logf("%d changes", n-1); n < 5 {
			t.Error("so few?")
		}
	})
}

// TestKillGit kills git itself at each of its changes of the disk, in all that a fetch runs it for.
func TestKillGit(t *testing.T) {
	needTrace(t)
	s := newMoving(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	both(t, func(t *testing.T, anew bool) {
		kills := 0
		for _, which := range []string{"init", "fetch", "for-each-ref"} {
			for n := 1; !t.Failed(); n++ {
				dir := s.copyDir(t, anew)
				m := open(t, s.r.dir, func(o *Options) {
					o.Dir = dir
					o.Program = script(t, fmt.Sprintf("[ \"$1\" != %s ] || exec env %s=%d %s=\"$GIT\" %s \"$@\"\nexec \"$GIT\" \"$@\"\n", which, killEnv, n, programEnv, shellQuote(self)))
				})
				_, err := m.Fetch(t.Context())
				m.Close()
				if s.sound(t, dir, anew); t.Failed() {
					t.Errorf("%s killed at change %d: %v", which, n, err)
				}
				if err == nil {
					break
				}
				if says(t, err, "fatal: killed at"); !t.Failed() {
					kills++
				}
			}
		}
		if t.Logf("%d kills", kills); kills < 10 {
			t.Error("so few?")
		}
	})
}

// cutting is a git whose upload-pack runs a command after so many bytes, if there are more.
func cutting(t *testing.T, after int, command string) string {
	return script(t, fmt.Sprintf("case \"$*\" in *upload-pack*) ;; *) exec \"$GIT\" \"$@\" ;; esac\n"+
		"\"$GIT\" \"$@\" | { dd bs=1 count=%d status=none; head -c 1 >\"$0.next\"; if [ -s \"$0.next\" ]; then %s; cat \"$0.next\"; fi; exec cat; }\n", after, command))
}

// TestKillTransfer kills git and all that it has started in the course of a slow transfer: kill -9 of the group that they are.
func TestKillTransfer(t *testing.T) {
	s := newMoving(t)
	both(t, func(t *testing.T, anew bool) {
		cuts := 0
		for after := 0; !t.Failed(); after += 797 {
			dir := s.copyDir(t, anew)
			m := open(t, s.r.dir, func(o *Options) { o.Dir, o.Program = dir, cutting(t, after, "kill -9 0") })
			_, err := m.Fetch(t.Context())
			m.Close()
			if s.sound(t, dir, anew); t.Failed() {
				t.Errorf("cut after %d bytes: %v", after, err)
			}
			if err == nil {
				break
			}
			if says(t, err, "was killed"); !t.Failed() {
				cuts++
			}
		}
		if t.Logf("%d cuts", cuts); cuts < 10 {
			t.Error("so few?")
		}
	})
}

// A remote that ends in the course of a transfer.
func TestCut(t *testing.T) {
	s := newMoving(t)
	for after := 0; !t.Failed(); after += 1997 {
		dir := s.copyDir(t, false)
		m := open(t, s.r.dir, func(o *Options) { o.Dir, o.Program = dir, cutting(t, after, "kill -9 $$; exit 1") })
		_, err := m.Fetch(t.Context())
		same(t, left(t, m))
		m.Close()
		if s.sound(t, dir, false); t.Failed() {
			t.Errorf("cut after %d bytes: %v", after, err)
		}
		if err == nil {
			break
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Error(err)
		}
	}
}

// fifo is a pipe with a name: who reads waits for a writer, and the other way round.
func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Who fetches is killed while git is at work: git ends too, and whoever comes next waits for that.
func TestKillParent(t *testing.T) {
	s := newMoving(t)
	for _, after := range []int{3000, 5000} {
		dir := s.copyDir(t, false)
		pid, on := filepath.Join(t.TempDir(), "pid"), fifo(t)
		cmd := worker(t, "fetch", s.r.dir, dir, cutting(t, after, "while [ ! -s "+pid+" ]; do :; done; kill -9 $(cat "+pid+"); cat "+on))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pid, []byte(strconv.Itoa(cmd.Process.Pid)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
			t.Errorf("it wasn't killed: %v", err)
		}
		lock, err := os.Open(filepath.Join(dir, "lock"))
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) {
			t.Errorf("what git has started is still there, and holds no lock: %v", err)
		}
		lock.Close()
		for fetching := func(line string) bool { return strings.Contains(line, " fetch ") }; slices.ContainsFunc(processes(t, dir), fetching); { // it ends now, without being told by a pipe
		}
		if err := os.WriteFile(on, nil, 0); err != nil {
			t.Fatal(err)
		}
		s.sound(t, dir, false)
		same(t, processes(t, dir))
	}
}

// The context ends while git is at work, and git waits for more: all is over at once.
func TestInterrupt(t *testing.T) {
	s := newMoving(t)
	for _, after := range []int{0, 600, 5000} {
		dir := s.copyDir(t, false)
		there := fifo(t)
		m := open(t, s.r.dir, func(o *Options) { o.Dir, o.Program = dir, cutting(t, after, "echo >"+there+"; sleep 1000") })
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			os.ReadFile(there)
			cancel()
		}()
		if _, err := m.Fetch(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		same(t, processes(t, s.r.dir))
		same(t, left(t, m))
		m.Close()
		s.sound(t, dir, false)
	}
}

// A reader that never answers is left too, and others don't wait for it longer than they want to.
func TestInterruptReader(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	there := fifo(t)
	slow := open(t, r.dir, func(o *Options) {
		o.Dir, o.Program = m.o.Dir, script(t, "[ \"$1\" != cat-file ] || { echo >"+there+"; exec sleep 1000; }\nexec \"$GIT\" \"$@\"\n")
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		os.ReadFile(there)
		if _, err := slow.File(cancelled(), one, "f"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		cancel()
	}()
	if _, err := slow.File(ctx, one, "f"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() {
		os.ReadFile(there)
		slow.Close()
	}()
	if _, err := slow.File(t.Context(), one, "f"); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	slow.Close()
	m.Close()
	same(t, processes(t, m.o.Dir))
}

// Close is an interrupt too.
func TestCloseEndsFetch(t *testing.T) {
	s := newMoving(t)
	there := fifo(t)
	m := open(t, s.r.dir, func(o *Options) { o.Program = cutting(t, 600, "echo >"+there+"; sleep 1000") })
	closed := make(chan bool)
	go func() {
		defer close(closed)
		os.ReadFile(there)
		m.Close()
		same(t, processes(t, s.r.dir))
	}()
	if _, err := m.Fetch(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	<-closed
}

// The reader is killed by others: it is started again.
func TestKillReader(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	for range 3 {
		if got := read(t, m, one, "f"); got != "one" {
			t.Error(got)
		}
		if err := m.reader.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	same(t, fetch(t, m))
}

// One fetches at a time; who waits for it can be interrupted; who dies lets go.
func TestLock(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	cmd := worker(t, "hold", r.dir, m.o.Dir, "")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("%q %v", line, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if got := read(t, m, one, "f"); got != "one" { // meanwhile readers read
			t.Error(got)
		}
		cancel()
	}()
	_, err = m.Fetch(ctx)
	says(t, err, "another process fetches into "+m.o.Dir)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	m = open(t, r.dir, func(o *Options) { o.Dir = m.o.Dir })
	done := make(chan error)
	go func() { _, err := m.Fetch(t.Context()); done <- err }()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Several fetch and read at the same time, in this process and in others.
func TestReaders(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "1", "g", "1")
	m := fetched(t, r.dir)
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error)
	readers := 0
	for range 2 {
		readers++
		go func() {
			var err error
			for last := 0; err == nil && ctx.Err() == nil; {
				last, err = readNumber(m, last)
			}
			results <- err
		}()
	}
	for range 2 {
		cmd := worker(t, "read", r.dir, m.o.Dir, "")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		said := &tail{}
		cmd.Stderr = said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "reading\n" {
			t.Fatalf("%q %v", line, err)
		}
		readers++
		go func() {
			<-ctx.Done()
			in.Close()
			if err := cmd.Wait(); err != nil {
				results <- fmt.Errorf("%w: %s", err, said.kept)
				return
			}
			results <- nil
		}()
	}
	for n := 2; n <= 10; n++ {
		r.commit("f", strconv.Itoa(n), "g", strconv.Itoa(n))
		both := make(chan error)
		other := open(t, r.dir, func(o *Options) { o.Dir = m.o.Dir })
		for _, m := range []*Mirror{m, other} {
			go func() { _, err := m.Fetch(ctx); both <- err }()
		}
		if err := errors.Join(<-both, <-both); err != nil {
			t.Error(err)
		}
		other.Close()
		if got, err := readNumber(m, n); err != nil || got != n {
			t.Errorf("%d: %v", got, err)
		}
	}
	cancel()
	for range readers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
