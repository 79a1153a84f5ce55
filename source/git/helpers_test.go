package git

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// repo is a real repository that tests write to. Each commit is a day after the one before.
type repo struct {
	t   testing.TB
	dir string // work tree
	day int
}

func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	r := &repo{t: t, dir: filepath.Join(memory(t), "repo")}
	gitIn(t, "/", 0, append([]string{"init", "--quiet", "--initial-branch=master", r.dir}, args...)...)
	return r
}

// memory is a temporary folder that no disk is waited for, where there is such a thing.
func memory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "wheelyard-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// date of the nth commit.
func date(n int) time.Time { return time.Date(2026, 1, n, 10, 0, 0, 0, time.UTC) }

// gitIn runs git as a person would, with dates that are known.
func gitIn(t testing.TB, dir string, day int, args ...string) string {
	t.Helper()
	out, err := person(dir, day, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func person(dir string, day int, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	at := date(day).Format(time.RFC3339)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@mail.example", "GIT_AUTHOR_DATE=2001-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@mail.example", "GIT_COMMITTER_DATE=" + at}
	return cmd
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	return gitIn(r.t, r.dir, r.day, args...)
}

// commit writes "PATH", "TEXT" pairs.
func (r *repo) commit(files ...string) ID {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(r.dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	return r.add()
}

// add commits the work tree as it is.
func (r *repo) add() ID {
	r.t.Helper()
	r.day++
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "--message", fmt.Sprint("commit ", r.day))
	return r.id("HEAD")
}

func (r *repo) id(name string) ID { r.t.Helper(); return ID(r.git("rev-parse", name)) }

// clock is a time that passes only when told to.
type clock struct{ now time.Time }

// open makes a mirror; change may be nil.
func open(t testing.TB, location string, change func(*Options)) *Mirror {
	t.Helper()
	o := Options{Location: location, Dir: filepath.Join(memory(t), "mirror"), Now: func() time.Time { return noon }}
	if change != nil {
		change(&o)
	}
	m, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func fetch(t testing.TB, m *Mirror) []Change {
	t.Helper()
	changes, err := m.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// fetched makes a mirror and fetches it.
func fetched(t testing.TB, location string) *Mirror {
	t.Helper()
	m := open(t, location, nil)
	fetch(t, m)
	return m
}

func resolve(t testing.TB, m *Mirror, names ...string) Tip {
	t.Helper()
	tip, err := m.Resolve(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	return tip
}

func read(t testing.TB, m *Mirror, commit ID, path string) string {
	t.Helper()
	data, err := m.File(t.Context(), commit, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// says fails unless err says all of that.
func says(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error; want: %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v\nwant: %q", err, w)
		}
	}
}

// script writes a shell script that can be run in the place of git; $GIT is the real one.
func script(t testing.TB, text string) string {
	t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "git's")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nGIT="+shellQuote(real)+"\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// processes are the command lines of those that live and have the text in it or in their environment, but for this one.
func processes(t testing.TB, text string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || len(all) == 0 {
		t.Skip("there is no /proc to look for processes")
	}
	var found []string
	for _, dir := range all {
		if dir == fmt.Sprint("/proc/", os.Getpid()) {
			continue
		}
		line, _ := os.ReadFile(dir + "/cmdline")
		environ, _ := os.ReadFile(dir + "/environ")
		if strings.Contains(string(line)+"\x00"+string(environ), text) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// left are the files in the mirror's folder that should not be there when nothing is under way.
func left(t testing.TB, m *Mirror) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(m.o.Dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && unfinished(path) || e.IsDir() && strings.HasPrefix(e.Name(), ".tmp-") {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// names are those of the refs that the mirror has, with a ! before what is gone.
func names(t testing.TB, m *Mirror) []string {
	t.Helper()
	s, err := m.State()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range s.Refs {
		if r.Gone.IsZero() {
			all = append(all, r.Name)
		} else {
			all = append(all, "!"+r.Name)
		}
	}
	return all
}

func same[T comparable](t testing.TB, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
