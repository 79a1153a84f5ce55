package series

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/source"
	"wheelyard/source/git"
)

// repository is a real one, with a mirror of it.
type repository struct {
	t   *testing.T
	dir string
	*git.Mirror
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	r := &repository{t: t, dir: filepath.Join(dir, "origin")}
	r.git("init", "--quiet", "--initial-branch=master", r.dir)
	m, err := git.Open(t.Context(), git.Options{Location: r.dir, Dir: filepath.Join(dir, "mirror"), Now: func() time.Time { return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	r.Mirror = m
	return r
}

func (r *repository) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	if args[0] != "init" {
		cmd.Dir = r.dir
	}
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z")
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// branch commits files on a branch, which begins anew.
func (r *repository) branch(name string, files map[string]string) {
	r.t.Helper()
	r.git("checkout", "--quiet", "--orphan", name)
	r.git("rm", "-rf", "--quiet", "--ignore-unmatch", ".")
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(r.dir, file), []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
		r.git("add", file)
	}
	r.git("commit", "--quiet", "--allow-empty", "--message", "x")
}

// write commits a change of a file.
func (r *repository) write(file, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, file), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.git("commit", "--quiet", "--all", "--message", "x")
}

func (r *repository) fetch() {
	r.t.Helper()
	if _, err := r.Fetch(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

var layout = Layout{Constraints: "upper-constraints.txt", Deny: []string{"denylist.txt", "blacklist.txt"}}

func (r *repository) read(names ...string) (source.Reading, []Branch) {
	r.t.Helper()
	var all []Series
	for _, n := range names {
		name, ref, renamed := strings.Cut(n, "=")
		s := Series{Name: name}
		if renamed {
			s.Refs = []string{ref}
		}
		all = append(all, s)
	}
	out, branches, err := Read(r.t.Context(), r.Mirror, "openstack", layout, all)
	if err != nil {
		r.t.Fatal(err)
	}
	return out, branches
}

// told are the wants and problems, a line each.
func told(r source.Reading) string {
	var lines []string
	for _, w := range r.Wants {
		lines = append(lines, w.Origin.Series+" "+w.Spelt+w.Versions.String())
	}
	for _, p := range r.Problems {
		lines = append(lines, "! "+p.Series+" "+p.File+": "+p.Problem)
	}
	return strings.Join(lines, "\n")
}

// TestOrder: series come in the order of the configuration, which no sort of names gives.
func TestOrder(t *testing.T) {
	r := newRepository(t)
	for _, name := range []string{"stable/2023.1", "stable/zed", "master"} {
		r.branch(name, map[string]string{"upper-constraints.txt": "a===1.0\n"})
	}
	r.fetch()
	out, branches := r.read("stable/zed", "stable/2023.1", "master")
	if got, want := told(out), "stable/zed a===1.0\nstable/2023.1 a===1.0\nmaster a===1.0"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(branches) != 3 || !branches[0].Found || branches[0].Ref != "refs/heads/stable/zed" || branches[0].ID == "" {
		t.Errorf("%+v", branches)
	}
}

// TestTrouble: what is wrong with one series is told, and the others are read.
func TestTrouble(t *testing.T) {
	r := newRepository(t)
	r.branch("good", map[string]string{"upper-constraints.txt": "a===1.0\nwhat is this\n"})
	r.branch("empty", map[string]string{"README": "no constraints"})
	r.branch("denied", map[string]string{"upper-constraints.txt": "PyLint===1.0\nb===2.0\n",
		"denylist.txt": "# linters - loose\n# over time.\npylint\nflake8 # noisy\n\n===\n", "blacklist.txt": "# older\nb\n"})
	r.fetch()
	out, _ := r.read("good", "absent", "empty", "denied")
	want := `good a===1.0
denied PyLint===1.0
denied b===2.0
! good upper-constraints.txt: "what is this" is no requirement: `
	got := told(out)
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s…", got, want)
	}
	for _, text := range []string{
		"! absent upper-constraints.txt: the repository has no branch of that name",
		"! empty upper-constraints.txt: the branch has no such file",
		"! denied upper-constraints.txt: PyLint is pinned, though denylist.txt:3 leaves it out: linters - loose over time.",
		"! denied upper-constraints.txt: b is pinned, though blacklist.txt:2 leaves it out: older",
		"! denied denylist.txt: ",
	} {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not told:\n%s", text, got)
		}
	}
}

// TestGone: a branch that is gone stays wanted, and says so; one that was renamed is found under its new name.
func TestGone(t *testing.T) {
	r := newRepository(t)
	r.branch("stable/old", map[string]string{"upper-constraints.txt": "a===1.0\n"})
	r.branch("stable/older", map[string]string{"upper-constraints.txt": "a===0.9\n"})
	r.branch("master", map[string]string{"upper-constraints.txt": "a===2.0\n"})
	r.fetch()
	r.git("branch", "-D", "--quiet", "stable/old")
	r.git("branch", "--move", "stable/older", "unmaintained/older")
	r.fetch()
	out, branches := r.read("stable/older=unmaintained/older", "stable/old", "master")
	got := told(out)
	if !strings.HasPrefix(got, "stable/older a===0.9\nstable/old a===1.0\nmaster a===2.0\n! stable/old upper-constraints.txt: its branch is gone upstream since 2026-11-24; "+
		"what it last asked for, on 2026-01-01, stays wanted") {
		t.Errorf("%s", got)
	}
	if branches[0].Ref != "refs/heads/unmaintained/older" || branches[1].Gone.IsZero() {
		t.Errorf("%+v", branches)
	}
}

func TestNeverFetched(t *testing.T) {
	r := newRepository(t)
	if _, _, err := Read(t.Context(), r.Mirror, "x", layout, []Series{{Name: "master"}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
