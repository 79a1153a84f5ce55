package main

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/internal/killtest"
	"wheelyard/internal/pypitest"
	"wheelyard/yard"
)

// TestKill kills a run before one of its changes of the disk, and runs again: what then is published, decided and kept is what an undisturbed run
// comes to. It does so at each kind of change; with WHEELYARD_TEST_KILL=all, at every single one.
func TestKill(t *testing.T) {
	killtest.Need(t, func(t testing.TB, err error) { missing(t, err.Error()) })
	if !canBuild(t) {
		t.Skip("builds can't be isolated here")
	}
	k := newKilled(t)
	changes, err := killtest.List(k.command(k.copy(), "run", "--jobs", "1"))
	if err != nil {
		t.Fatal(err)
	}
	want := k.result(k.copy())
	points := eachKind(changes)
	if os.Getenv("WHEELYARD_TEST_KILL") == "all" {
		points = points[:0]
		for i := range changes {
			points = append(points, i+1)
		}
	}
	t.Logf("%d of %d changes", len(points), len(changes))
	for _, n := range points {
		dir := k.copy()
		killed, what, err := killtest.At(k.command(dir, "run", "--jobs", "1"), n)
		if err != nil {
			t.Fatal(err)
		}
		if !killed {
			continue // this time there were fewer changes
		}
		if d := cmp.Diff(want, k.result(dir)); d != "" {
			t.Errorf("killed before change %d, %s: then\n%s", n, what, d)
		}
		os.RemoveAll(dir)
	}
}

// eachKind picks the first and the last change of each kind, numbered from 1.
func eachKind(changes []string) []int {
	first, last := map[string]int{}, map[string]int{}
	for i, c := range changes {
		k := kindOf(c)
		if first[k] == 0 {
			first[k] = i + 1
		}
		last[k] = i + 1
	}
	points := slices.Concat(slices.Collect(maps.Values(first)), slices.Collect(maps.Values(last)))
	slices.Sort(points)
	return slices.Compact(points)
}

// kindOf tells changes apart by the yard's folder, and where what must not be lost is written by the system call, too: "renameat records".
func kindOf(change string) string {
	call, path, _ := strings.Cut(change, " ")
	_, within, _ := strings.Cut(path, "/yard/")
	top, _, _ := strings.Cut(within, "/")
	if slices.Contains([]string{"blobs", "records", "public"}, top) || strings.HasPrefix(top, "catalog.db") {
		return call + " " + top
	}
	return top
}

// killed is a folder with a configuration and a yard that has nothing but its key, and an upstream index.
type killed struct {
	t        *testing.T
	program  string
	dir      string
	template string
	copies   int
}

func newKilled(t *testing.T) *killed {
	k := &killed{t: t, dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	k.program = filepath.Join(k.dir, "wheelyard") // which is what makes it that program, see TestMain
	if err := os.Symlink(self, k.program); err != nil {
		t.Fatal(err)
	}
	up := pypitest.NewOptions(t, pypitest.Options{CacheControl: "max-age=0", Archives: []string{"testdata/index/pure.txtar", "testdata/index/broken.txtar"}})
	k.template = filepath.Join(k.dir, "template")
	if err := yard.Create(filepath.Join(k.template, "yard")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"wheelyard.toml": "[upstream]\nindex = \"" + up.URL + "\"\n[[platform]]\nname = \"here\"\nroot = \"host\"\npythons = [\"" + hostPython(t) + "\"]\n" +
			"[[source]]\nname = \"list\"\npackages = \"packages.toml\"\n",
		"packages.toml": "[[package]]\nproject = \"pure\"\n[[package]]\nproject = \"broken\"\n",
	} {
		if err := os.WriteFile(filepath.Join(k.template, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func (k *killed) copy() string {
	k.t.Helper()
	k.copies++
	dir := filepath.Join(k.dir, strconv.Itoa(k.copies))
	if err := os.CopyFS(dir, os.DirFS(k.template)); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "yard/keys/signing.key"), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return dir
}

func (k *killed) command(dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(k.t.Context(), k.program, args...)
	cmd.Dir = dir
	return cmd
}

func (k *killed) run(dir string, args ...string) []byte {
	k.t.Helper()
	cmd := k.command(dir, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("%v: %v\n%s%s", args, err, out, &said)
	}
	return out
}

// result runs to the end, and tells what is published and decided, by file name and by project. All that may differ from one undisturbed run to
// the next is taken out.
func (k *killed) result(dir string) map[string]string {
	k.t.Helper()
	k.run(dir, "run")
	k.run(dir, "verify")
	k.run(dir, "catalog", "rebuild")
	k.run(dir, "verify")
	r := map[string]string{}
	var p struct {
		Decisions []struct{ Project, Verdict, File, Class, Reason string }
	}
	if err := json.Unmarshal(k.run(dir, "plan", "--format", "json"), &p); err != nil {
		k.t.Fatal(err)
	}
	for _, d := range p.Decisions {
		r[d.Project] = d.Verdict + " " + d.File + d.Class + ": " + d.Reason
	}
	public := filepath.Join(dir, "yard", "public")
	err := filepath.WalkDir(filepath.Join(dir, "yard"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if unfinished.MatchString(path) {
			r[path] = "left behind"
		}
		name, published := strings.CutPrefix(path, public)
		if !published || strings.HasSuffix(path, ".jsonl") {
			return nil
		}
		text, err := os.ReadFile(path)
		r[name] = statement.ReplaceAllString(date.ReplaceAllString(string(text), "DATE"), "SUM $1")
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return r
}

// What holds the time, and the sum of what holds it.
var (
	date      = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	statement = regexp.MustCompile(`[0-9a-f]{64}  (\S+\.intoto\.jsonl)`)
)
