package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// inProcess runs a command in this process, at a time of the test's.
func inProcess(t *testing.T, dir string, now time.Time, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	status = run(context.Background(), append(args, "--config", filepath.Join(dir, "wheelyard.toml")),
		process{stdout: &out, stderr: &said, now: func() time.Time { return now }})
	return status, out.String(), said.String()
}

// TestClock: a clock that jumps, years forth and back, changes nothing of what is held, and tries nothing again that is settled.
func TestClock(t *testing.T) {
	if !canBuild(t) {
		t.Skip("builds can't be isolated here")
	}
	k := newKilled(t)
	dir := k.copy()
	for _, at := range []string{"2026-03-01", "2038-02-01", "1999-12-31", "2026-03-02"} {
		now, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		status, out, said := inProcess(t, dir, now, "run")
		if status != 0 {
			t.Fatalf("%s: %s%s", at, out, said)
		}
		if first := at == "2026-03-01"; strings.Contains(out, "nothing had to be built") == first || !strings.Contains(out, "1 held, 1 failed") {
			t.Errorf("%s: %s", at, out)
		}
	}
	page := filepath.Join(dir, "yard/public/here/simple/pure/index.json")
	if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte(`"upload-time":"2026-03-01T00:00:00`)) {
		t.Errorf("%s, %v", text, err)
	}
	if status, out, said := inProcess(t, dir, time.Now(), "verify"); status != 0 {
		t.Errorf("%s%s", out, said)
	}
}

// TestFullDisk runs on a disk that is full at every size up to one that suffices: a run then says so, and the next one with more room carries on.
func TestFullDisk(t *testing.T) {
	if !canBuild(t) {
		t.Skip("builds can't be isolated here")
	}
	k := newKilled(t)
	want := k.result(k.copy())
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("wheelyard-test", dir, "tmpfs", 0, "mode=0755,size=64k"); err != nil {
		missing(t, "mounting a small disk: "+err.Error())
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	if err := os.CopyFS(dir, os.DirFS(k.template)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "yard/keys/signing.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := 0
	for size := 64; size <= 2048; size += 96 {
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT, "mode=0755,size="+strconv.Itoa(size)+"k"); err != nil {
			t.Fatal(err)
		}
		status, out, said := inProcess(t, dir, time.Now(), "run")
		if full := strings.Contains(out+said, "no space left") || strings.Contains(out+said, "disk"); full {
			told++
		} else if status != 0 {
			t.Errorf("%d KiB: %s%s", size, out, said)
		}
	}
	if told < 3 {
		t.Errorf("only %d runs said that the disk is full", told)
	}
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT, "mode=0755,size=64m"); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(24 * time.Hour) // what failed for want of room is not tried again at once
	if status, out, said := inProcess(t, dir, later, "run"); status != 0 {
		t.Fatalf("%s%s", out, said)
	}
	got := k.result(dir)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %.200q, want %.200q", name, got[name], want[name])
		}
	}
}
