//go:build linux && (amd64 || arm64)

package yard

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/internal/killtest"
)

// The environment of this test binary when it is to be a program that works on a yard, and what it is to do.
const (
	workEnv = "WHEELYARD_TEST_WORK" // "create", "work", "rebuild", "hold"
	dirEnv  = "WHEELYARD_TEST_DIR"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(workEnv); what != "" {
		if err := work(os.Stdout, what, os.Getenv(dirEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work is what the program does; it tells of each thing that is done.
func work(told io.Writer, what, dir string) error {
	if err := Create(dir); err != nil || what == "create" {
		return err
	}
	y, err := Open(dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		return err
	}
	defer y.Close()
	ctx := context.Background()
	unlock, err := y.Lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	switch what {
	case "rebuild":
		return y.Rebuild(ctx)
	case "hold":
		fmt.Fprintln(told, "locked")
		_, err := os.Stdin.Read(make([]byte, 1)) // until it is killed
		return err
	}
	for n := 1; n <= 2; n++ {
		a, err := y.Record(ctx, order(n), strings.NewReader(fmt.Sprint("log ", n)))
		if err != nil {
			return err
		}
		fmt.Fprintln(told, "recorded", a.Order)
		w, err := y.Admit(ctx, filepath.Join(filepath.Dir(dir), fmt.Sprintf("demo-1.%d-py3-none-any.whl", n)), offer(n))
		if err != nil {
			return err
		}
		fmt.Fprintln(told, "admitted", w.SHA256)
	}
	return nil
}

func worker(t testing.TB, what, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), workEnv+"="+what, dirEnv+"="+dir)
	return cmd
}

// place is where a yard will be, beside the wheels that work admits.
func place(t testing.TB) (dir string) {
	t.Helper()
	above := memory(t)
	for n := 1; n <= 2; n++ {
		pure(t, above, n)
	}
	return filepath.Join(above, "yard")
}

// nothingLost checks that what the program said was done is in the yard, which is sound; and that the program can do its work to the end now.
func nothingLost(t testing.TB, what, dir, said string) {
	t.Helper()
	if _, err := Open(dir, Options{}); err == nil {
		attempts, wheels := sound(t, dir)
		held := map[string]bool{}
		for _, a := range attempts {
			held["recorded "+string(a.Order)] = true
		}
		for _, w := range wheels {
			held["admitted "+w.SHA256] = true
		}
		for line := range strings.Lines(said) {
			if line = strings.TrimSpace(line); !held[line] {
				t.Errorf("lost: %s", line)
			}
		}
	} else if said != "" {
		t.Error(err)
	}
	if err := work(io.Discard, what, dir); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	attempts, wheels := sound(t, dir)
	if what == "work" && (len(attempts) != 2 || len(wheels) != 2) {
		t.Errorf("afterwards: %d attempts, %d wheels", len(attempts), len(wheels))
	}
	for _, f := range files(t, dir) {
		if strings.Contains(f, "/.tmp-") {
			t.Errorf("left behind: %s", f)
		}
	}
}

// TestKill kills the making of a yard, work in it and the making of its catalog at each change of the disk; at some of them with -short.
func TestKill(t *testing.T) {
	killtest.Need(t, func(t testing.TB, err error) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	})
	step := 1
	if testing.Short() {
		step = 7
	}
	did := func(dir string) error { return work(io.Discard, "work", dir) }
	for _, c := range []struct {
		name, what string
		before     func(dir string) error
	}{
		{"create", "create", nil},
		{"work", "work", nil},
		{"work again", "work", did}, // one attempt more of each order
		{"rebuild", "rebuild", did},
		{"without a catalog", "work", func(dir string) error { return first(did(dir), os.Remove(filepath.Join(dir, "catalog.db"))) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n := 1; killAt(t, c.what, c.before, n) && !t.Failed(); n += step {
			}
		})
	}
}

// killAt is false when the program has fewer changes of the disk.
func killAt(t *testing.T, what string, before func(dir string) error, n int) bool {
	dir := place(t)
	defer os.RemoveAll(filepath.Dir(dir))
	if before != nil {
		if err := before(dir); err != nil {
			t.Fatal(err)
		}
	}
	cmd := worker(t, what, dir)
	var said bytes.Buffer
	cmd.Stdout = &said
	killed, change, err := killtest.At(cmd, n)
	if !killed {
		if err != nil {
			t.Error(err)
		}
		t.Logf("%d changes, or some less", n-1)
		return false
	}
	if nothingLost(t, what, dir, said.String()); t.Failed() {
		t.Errorf("killed at change %d: %s", n, change)
	}
	return true
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A holder that was killed holds nothing; one that lives is named.
func TestDeadHolder(t *testing.T) {
	y, dir := newYard(t)
	cmd := worker(t, "hold", dir)
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
	_, err = y.Lock(context.Background())
	checkLocked(t, err, cmd.Process.Pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	locked(t, y)()
}

// A reader keeps up with the writers of other processes, also when what both share was deleted meanwhile.
func TestReaderOfAnotherProcess(t *testing.T) {
	dir := place(t)
	if err := work(io.Discard, "work", dir); err != nil {
		t.Fatal(err)
	}
	reader := openYard(t, dir)
	for n, gone := range [][]string{nil, {"-shm"}, {"-wal"}, {"-wal", "-shm"}, {"", "-wal", "-shm"}, nil} {
		reader.state(t)
		for _, suffix := range gone {
			if err := os.Remove(filepath.Join(dir, "catalog.db"+suffix)); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := worker(t, "work", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if a, w := reader.state(t); len(a) != 2 || len(w) != 2 || a[1].Number != n+2 {
			t.Errorf("without %q: %+v, %d wheels", gone, a, len(w))
		}
	}
}
