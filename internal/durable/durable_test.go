package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func names(t *testing.T, dir string) string {
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

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "file")
	for _, step := range []struct {
		data    string
		changed bool
	}{{"one", true}, {"one", false}, {"two", true}, {"", true}, {"", false}} {
		changed, err := WriteFile(path, []byte(step.data), 0o600)
		if err != nil || changed != step.changed {
			t.Errorf("%q: changed %v, %v", step.data, changed, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != step.data {
			t.Errorf("%q, %v", got, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if got := names(t, filepath.Dir(path)); got != "file" {
		t.Errorf("left: %s", got)
	}
}

// TestWriteFileLink: a link in the file's place is replaced, not followed.
func TestWriteFileLink(t *testing.T) {
	dir := t.TempDir()
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, "file")
	if err := errors.Join(os.WriteFile(other, []byte("x"), 0o644), os.Symlink(other, path)); err != nil {
		t.Fatal(err)
	}
	if changed, err := WriteFile(path, []byte("x"), 0o644); err != nil || !changed {
		t.Errorf("%v, %v", changed, err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

// TestAddFile: of several who add a file, one does, and it stays the one that was opened first.
func TestAddFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "file")
	var group sync.WaitGroup
	infos := make([]fs.FileInfo, 8)
	for i := range infos {
		group.Go(func() {
			if err := AddFile(path, []byte("text"), 0o644); err != nil {
				t.Error(err)
			}
			infos[i], _ = os.Stat(path)
		})
	}
	group.Wait()
	for _, info := range infos {
		if !os.SameFile(info, infos[0]) {
			t.Error("it was replaced")
		}
	}
	if err := AddFile(path, []byte("other"), 0o644); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "text" {
		t.Errorf("%q, %v", got, err)
	}
	if got := names(t, filepath.Dir(path)); got != "file" {
		t.Errorf("left: %s", got)
	}
}

func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	f, err := Create(path, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("half"))
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there before its time: %v", err)
	}
	if got := names(t, dir); !strings.HasPrefix(got, TempPrefix) {
		t.Errorf("%q", got)
	}
	f.Abort()
	f.Abort()
	if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("committed what was aborted: %v", err)
	}
	if got := names(t, dir); got != "" {
		t.Errorf("left: %s", got)
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "kept"), nil, 0o644)
	if _, err := Create(filepath.Join(dir, "file"), 0o644); err != nil { // as after a crash: neither committed nor aborted
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "kept" {
		t.Errorf("left: %s", got)
	}
	if err := Sweep(filepath.Join(dir, "missing")); err != nil {
		t.Error(err)
	}
}

func TestSweepOld(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for _, name := range []string{TempPrefix + "old", TempPrefix + "young"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, age := range map[string]time.Duration{TempPrefix + "old": 2 * time.Hour, TempPrefix + "young": 0} {
		if err := os.Chtimes(filepath.Join(dir, name), now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := SweepOld(dir, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != TempPrefix+"young" {
		t.Errorf("left: %s", got)
	}
}

func TestRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	os.WriteFile(path, nil, 0o644)
	for range 2 {
		if err := Remove(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
