//go:build linux && (amd64 || arm64)

package killtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}

var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "killtest-*")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir+"/worker", "./testdata/worker").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// worker is the program that does what, in dir.
func worker(t testing.TB, what, dir string) *exec.Cmd {
	t.Helper()
	Need(t, missing)
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), filepath.Join(program, "worker"), what, dir)
}

func names(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// list is what List finds, without dir.
func list(t testing.TB, what string) []string {
	t.Helper()
	dir := t.TempDir()
	changes, err := List(worker(t, what, dir))
	if err != nil {
		t.Error(err)
	}
	for i, c := range changes {
		changes[i] = strings.ReplaceAll(c, dir+"/", "")
	}
	return changes
}

func TestList(t *testing.T) {
	var want []string
	for i := range 3 {
		temp := fmt.Sprint(".tmp-file", i)
		want = append(want, "openat "+temp, "write "+temp, "fsync "+temp, fmt.Sprintf("renameat %s file%d", temp, i))
	}
	if got := list(t, "files"); !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	want = []string{"mkdirat sub", "openat sub/a", "write sub/a", "linkat sub/a b", "symlinkat c", "fchmodat b", "truncate b", "unlinkat c", "unlinkat sub"}
	got := list(t, "kinds")
	if len(got) > len(want) && slices.Equal(got[:len(want)], want) { // how a folder goes is os.RemoveAll's own affair
		got = got[:len(want)]
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if got := list(t, "nothing"); len(got) != 0 {
		t.Errorf("counted %q", got)
	}
}

// TestAt: at each point, what came before has happened, and nothing more.
func TestAt(t *testing.T) {
	total, err := Count(worker(t, "files", t.TempDir()))
	if err != nil || total != 12 {
		t.Fatalf("%d changes, %v", total, err)
	}
	for n := 1; ; n++ {
		dir := t.TempDir()
		killed, what, err := At(worker(t, "files", dir), n)
		if err != nil || killed != (n <= total) {
			t.Fatalf("change %d, %s: killed %v, %v", n, what, killed, err)
		}
		if want := after(n - 1); names(t, dir) != want {
			t.Errorf("killed before change %d, %s: there is %q, want %q", n, what, names(t, dir), want)
		}
		if !killed {
			break
		}
	}
}

// after is what "files" has made after n changes.
func after(n int) string {
	var all []string
	if n < 12 && n%4 > 0 {
		all = append(all, fmt.Sprint(".tmp-file", n/4))
	}
	for i := range n / 4 {
		all = append(all, fmt.Sprint("file", i))
	}
	return strings.Join(all, " ")
}

// TestThreads: the changes of all threads count, and a kill stops them all.
func TestThreads(t *testing.T) {
	dir := t.TempDir()
	n, err := Count(worker(t, "threads", dir))
	if err != nil || n != 4*50 {
		t.Errorf("%d changes, %v", n, err)
	}
	for _, n := range []int{1, 30, 100, 199} {
		dir := t.TempDir()
		killed, what, err := At(worker(t, "threads", dir), n)
		if err != nil || !killed {
			t.Fatalf("change %d, %s: killed %v, %v", n, what, killed, err)
		}
		if there := len(strings.Fields(names(t, dir))); there > n-1 || there*4 < n-1 {
			t.Errorf("killed before change %d, and there are %d files", n, there)
		}
	}
}

// TestChild: the changes of child programs don't count, and they die too.
func TestChild(t *testing.T) {
	dir := t.TempDir()
	changes, err := List(worker(t, "child", dir))
	if err != nil || len(changes) != 6 || names(t, dir) != "child file late pid" {
		t.Errorf("%q, %v; there is %q", changes, err, names(t, dir))
	}
	dir = t.TempDir()
	killed, what, err := At(worker(t, "child", dir), 6)
	if err != nil || !killed || !strings.HasPrefix(what, "renameat ") {
		t.Fatalf("killed %v, %s, %v", killed, what, err)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "pid"))
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if state := stateOf(pid); state != "" && !strings.Contains("ZX", state) {
		t.Errorf("the child lives on, as %s", state)
	}
	if got := names(t, dir); got != ".tmp-file child pid" {
		t.Errorf("there is %q", got)
	}
}

// stateOf is the state of a process as in proc_pid_stat(5); "" when it is gone. A dying one is waited for.
func stateOf(pid int) string {
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 5000)
		unix.Close(fd)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return rest[:1]
}

// TestOthers: programs that others start meanwhile stay theirs to wait for, whichever thread has started them.
func TestOthers(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if err := exec.Command("true").Run(); err != nil {
					t.Errorf("another program: %v", err)
				}
				if killed, what, err := At(worker(t, "files", t.TempDir()), 3); err != nil || !killed {
					t.Errorf("killed %v, %s, %v", killed, what, err)
				}
			}
		})
	}
	all.Wait()
}

func TestErrors(t *testing.T) {
	if n, err := Count(worker(t, "fail", t.TempDir())); n != 0 || err == nil || err.Error() != "the program ended with status 3" {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := Count(exec.Command("/no/such/program")); err == nil {
		t.Error("counted the changes of nothing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "cat")
	in, err := cmd.StdinPipe() // so that it waits for ever
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out strings.Builder
	cmd.Stdout = writer(func(b []byte) { out.Write(b); cancel() })
	go in.Write([]byte("hello"))
	if _, err := Count(cmd); err == nil || !strings.Contains(err.Error(), "SIGKILL") || out.String() != "hello" {
		t.Errorf("%v, %q", err, out.String())
	}
}

type writer func(b []byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

func BenchmarkAt(b *testing.B) {
	for b.Loop() {
		if killed, _, err := At(worker(b, "files", b.TempDir()), 12); err != nil || !killed {
			b.Fatal(killed, err)
		}
	}
}
