package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFetch(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	r.git("branch", "stable/a")
	r.git("tag", "light")
	r.git("tag", "--annotate", "--message", "t", "heavy")
	now := &clock{noon}
	m := open(t, r.dir, func(o *Options) { o.Now = func() time.Time { return now.now } })
	if moved, err := m.Moved(t.Context()); err != nil || !moved {
		t.Errorf("before: %v, %v", moved, err)
	}
	_, err := m.Resolve(t.Context(), "master")
	says(t, err, "was never fetched")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	same(t, fetch(t, m), Change{"refs/heads/master", "", one}, Change{"refs/heads/stable/a", "", one},
		Change{"refs/tags/heavy", "", one}, Change{"refs/tags/light", "", one})
	if got := read(t, m, resolve(t, m, "master").ID, "f"); got != "one" {
		t.Error(got)
	}
	if got, want := resolve(t, m, "heavy"), (Tip{Commit: Commit{one, date(1)}, Ref: "refs/tags/heavy"}); got != want {
		t.Errorf("%+v", got)
	}

	now.now = noon.Add(time.Hour)
	same(t, fetch(t, m))
	if s, err := m.State(); err != nil || !s.Checked.Equal(now.now) || s.Location != r.dir {
		t.Errorf("%+v, %v", s, err)
	}
	if moved, err := m.Moved(t.Context()); err != nil || moved {
		t.Errorf("after: %v, %v", moved, err)
	}

	two := r.commit("f", "two")
	if moved, err := m.Moved(t.Context()); err != nil || !moved {
		t.Errorf("one commit later: %v, %v", moved, err)
	}
	if got := resolve(t, m, "master").ID; got != one {
		t.Errorf("moved without a fetch: %s", got)
	}
	same(t, fetch(t, m), Change{"refs/heads/master", one, two})
	if got := read(t, m, resolve(t, m, "master").ID, "f"); got != "two" {
		t.Error(got)
	}
	r.git("branch", "new")
	if moved, err := m.Moved(t.Context()); err != nil || !moved {
		t.Errorf("one branch more: %v, %v", moved, err)
	}
}

// A force-push is followed; what it replaced can still be read.
func TestForcePush(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	two := r.commit("f", "two")
	m := fetched(t, r.dir)
	r.git("reset", "--hard", "--quiet", string(one))
	other := r.commit("f", "other")
	same(t, fetch(t, m), Change{"refs/heads/master", two, other})
	if got := read(t, m, resolve(t, m, "master").ID, "f") + read(t, m, two, "f"); got != "othertwo" {
		t.Error(got)
	}
	r.git("reset", "--hard", "--quiet", string(one))
	same(t, fetch(t, m), Change{"refs/heads/master", other, one})
}

func TestGone(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	r.git("branch", "stable/a")
	now := &clock{noon}
	m := open(t, r.dir, func(o *Options) { o.Now = func() time.Time { return now.now } })
	fetch(t, m)

	r.git("branch", "--delete", "--force", "stable/a")
	now.now = noon.Add(1 * time.Hour)
	same(t, fetch(t, m), Change{"refs/heads/stable/a", one, ""})
	gone := Tip{Commit: Commit{one, date(1)}, Ref: "refs/heads/stable/a", Gone: noon.Add(time.Hour)}
	for range 2 { // and fetched again
		if got := resolve(t, m, "stable/a"); got != gone {
			t.Errorf("%+v", got)
		}
		now.now = now.now.Add(time.Hour)
		before := r.id("master")
		after := r.commit("f", now.now.String())
		same(t, fetch(t, m), Change{"refs/heads/master", before, after})
		if moved, err := m.Moved(t.Context()); err != nil || moved {
			t.Errorf("what is gone counts: %v, %v", moved, err)
		}
	}
	if got := read(t, m, one, "f"); got != "one" {
		t.Error(got)
	}
	r.git("branch", "stable/a", string(one))
	same(t, fetch(t, m), Change{"refs/heads/stable/a", one, one})
	if got := resolve(t, m, "stable/a"); !got.Gone.IsZero() {
		t.Errorf("back, and gone since %s", got.Gone)
	}
}

// A name and the same name as a folder can't be branches at the same time, but one after the other.
func TestNameBecomesFolder(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "one")
	r.git("branch", "a")
	r.git("branch", "b/c")
	m := fetched(t, r.dir)
	r.git("branch", "--delete", "a", "b/c")
	r.git("branch", "a/b")
	r.git("branch", "b")
	fetch(t, m)
	same(t, names(t, m), "!refs/heads/a", "refs/heads/a/b", "refs/heads/b", "!refs/heads/b/c", "refs/heads/master")
}

// More names than are remembered: those that went last are.
func TestManyGone(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "one")
	now := &clock{noon}
	m := open(t, r.dir, func(o *Options) { o.MaxRefs, o.Now = 2, func() time.Time { return now.now } })
	for _, name := range []string{"b", "d", "a", "c"} {
		r.git("branch", name)
		now.now = now.now.Add(time.Hour)
		fetch(t, m)
		r.git("branch", "--delete", name)
	}
	now.now = now.now.Add(time.Hour)
	fetch(t, m)
	same(t, names(t, m), "!refs/heads/a", "!refs/heads/c", "refs/heads/master")
}

func TestManyRefs(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "one")
	r.git("branch", "a")
	m := open(t, r.dir, func(o *Options) { o.MaxRefs = 2 })
	fetch(t, m)
	r.git("branch", "b")
	_, err := m.Fetch(t.Context())
	says(t, err, "there are more than 2 branches and tags", r.dir)
	same(t, names(t, m), "refs/heads/a", "refs/heads/master")
}

// Git allows what a shell, a refspec or JSON might not.
func TestOddNames(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	odd := []string{"-x", "+x", "a'b", `a"b`, "$(id)", "`id`", "a;b", "a&b<c>", "a|b", "ä/ö", "日本", "a%2Fb", "@a", "{}", "a,b", "HEAD", "refs/heads/x", strings.Repeat("x", 200) + "/" + strings.Repeat("y", 200)}
	for _, name := range odd {
		r.git("update-ref", "refs/heads/"+name, string(one))
	}
	r.git("update-ref", "refs/heads/latin\xe4", string(one)) // passed over
	r.git("update-ref", "refs/pull/1", string(one))
	m := fetched(t, r.dir)
	for _, name := range odd {
		if name == "refs/heads/x" { // a full name is meant by that
			name = "refs/heads/refs/heads/x"
		}
		if got := resolve(t, m, name); got.ID != one || !strings.HasSuffix(got.Ref, "/"+name) && got.Ref != name {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := names(t, m); len(got) != len(odd)+1 {
		t.Errorf("%d: %q", len(got), got)
	}
	r.git("branch", "more")
	same(t, fetch(t, m), Change{"refs/heads/more", "", one})
}

func TestBundle(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	r.git("tag", "--annotate", "--message", "t", "v1")
	bundle := filepath.Join(t.TempDir(), "a bundle")
	r.git("bundle", "create", "--quiet", bundle, "--all")
	m := fetched(t, bundle)
	same(t, names(t, m), "refs/heads/master", "refs/tags/v1")
	two := r.commit("f", "two")
	r.git("bundle", "create", "--quiet", bundle, "--all")
	same(t, fetch(t, m), Change{"refs/heads/master", one, two})

	whole, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	r.commit("f", "three")
	r.git("bundle", "create", "--quiet", bundle, "--all")
	longer, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 10, len(longer) / 2, len(longer) - 1} {
		if err := os.WriteFile(bundle, longer[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := m.Fetch(t.Context())
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if got := read(t, m, resolve(t, m, "master").ID, "f"); got != "two" {
			t.Errorf("cut at %d: %s", cut, got)
		}
		same(t, left(t, m))
	}
	if err := os.WriteFile(bundle, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	same(t, fetch(t, m))
}

func TestSHA256(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	one := r.commit("f", "one")
	bundle := filepath.Join(t.TempDir(), "bundle")
	r.git("bundle", "create", "--quiet", bundle, "--all")
	for _, location := range []string{r.dir, bundle, "file://" + r.dir} {
		m := fetched(t, location)
		if got := resolve(t, m, "master"); got.ID != one || len(got.ID) != 64 || read(t, m, got.ID, "f") != "one" {
			t.Errorf("%s: %+v", location, got)
		}
		other := newRepo(t)
		other.commit("f", "one")
		m = open(t, other.dir, func(o *Options) { o.Dir = m.o.Dir })
		_, err := m.Fetch(t.Context())
		says(t, err, "it has sha1 objects", "has sha256", "delete that folder")
		if got := read(t, m, one, "f"); got != "one" {
			t.Error(got)
		}
	}
}

// A source without its whole history gives what it has, and the rest when it has got it.
func TestShallow(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "one")
	r.commit("f", "two")
	three := r.commit("f", "three")
	shallow := filepath.Join(t.TempDir(), "shallow")
	gitIn(t, "/", 0, "clone", "--quiet", "--bare", "--depth=2", "file://"+r.dir, shallow)
	m := fetched(t, shallow)
	count := func() int {
		log, err := m.Log(t.Context(), resolve(t, m, "master").ID, time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return len(log)
	}
	if got := read(t, m, three, "f"); got != "three" || count() != 2 {
		t.Errorf("%s, %d commits", got, count())
	}
	fetch(t, m)
	gitIn(t, shallow, 0, "fetch", "--quiet", "--unshallow")
	fetch(t, m)
	if got := count(); got != 3 {
		t.Errorf("%d commits", got)
	}
	if m.isShallow() {
		t.Error("still shallow")
	}
	fetch(t, m)
}

func TestEmpty(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	m := open(t, r.dir, nil)
	same(t, fetch(t, m))
	same(t, fetch(t, m))
	_, err := m.Resolve(t.Context(), "master")
	says(t, err, "has no branch or tag master", r.dir)
	one := r.commit("f", "one")
	same(t, fetch(t, m), Change{"refs/heads/master", "", one})

	r.git("update-ref", "-d", "refs/heads/master")
	_, err = m.Fetch(t.Context())
	says(t, err, "it lists no branches and tags at all", r.dir)
	_, err = m.Moved(t.Context())
	says(t, err, "it lists no branches and tags at all", r.dir)
	if got := resolve(t, m, "master"); got.ID != one || !got.Gone.IsZero() {
		t.Errorf("%+v", got)
	}
}

// Tags of what is no commit are remembered, and lead nowhere.
func TestTagOfBlob(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "one")
	r.git("tag", "blob", string(r.id("HEAD:f")))
	r.git("tag", "--annotate", "--message", "t", "tree", string(r.id("HEAD^{tree}")))
	r.git("tag", "--annotate", "--message", "t", "tag")
	r.git("tag", "--annotate", "--message", "t", "twice", "tag")
	m := fetched(t, r.dir)
	same(t, fetch(t, m))
	for _, name := range []string{"blob", "tree"} {
		if _, err := m.Resolve(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := resolve(t, m, "twice"); got.ID != r.id("HEAD") {
		t.Errorf("%+v", got)
	}
}

// The remote is gone, or was never there: git's words, and what was fetched stays.
func TestRemoteGone(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	if err := os.Rename(r.dir, r.dir+".away"); err != nil {
		t.Fatal(err)
	}
	_, err := m.Fetch(t.Context())
	says(t, err, "fetching "+r.dir, "does not appear to be a git repository")
	if _, ok := errors.AsType[*Error](err); !ok || strings.Contains(err.Error(), "\n") {
		t.Errorf("%#v", err)
	}
	_, err = m.Heads(t.Context())
	says(t, err, "asking "+r.dir, "does not appear to be a git repository")
	if got := resolve(t, m, "master"); got.ID != one || !got.Gone.IsZero() || read(t, m, one, "f") != "one" {
		t.Errorf("%+v", got)
	}
	if err := os.Rename(r.dir+".away", r.dir); err != nil {
		t.Fatal(err)
	}
	same(t, fetch(t, m))
}

// A mirror of which a part was deleted is made anew.
func TestDeleted(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	r.git("branch", "gone")
	m := fetched(t, r.dir)
	r.git("branch", "--delete", "gone")
	fetch(t, m)
	for _, part := range []string{"repository", "state.json", "lock", ""} {
		if err := os.RemoveAll(m.path(part)); err != nil {
			t.Fatal(err)
		}
		fetch(t, m)
		if got := read(t, m, resolve(t, m, "master").ID, "f"); got != "one" {
			t.Errorf("without %q: %s", part, got)
		}
		same(t, names(t, m), "refs/heads/master")
	}
	if err := os.WriteFile(m.path("state.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := m.Fetch(t.Context())
	says(t, err, "state.json is damaged")
	if err := os.WriteFile(m.path("state.json"), []byte(`{"format": 2}`), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = m.Resolve(t.Context(), string(one))
	says(t, err, "has format 2")
}

func TestEnded(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	calls := map[string]func(context.Context) error{
		"Fetch":     func(ctx context.Context) error { _, err := m.Fetch(ctx); return err },
		"Heads":     func(ctx context.Context) error { _, err := m.Heads(ctx); return err },
		"Moved":     func(ctx context.Context) error { _, err := m.Moved(ctx); return err },
		"Resolve":   func(ctx context.Context) error { _, err := m.Resolve(ctx, "master"); return err },
		"Files":     func(ctx context.Context) error { _, err := m.Files(ctx, one, "f"); return err },
		"File":      func(ctx context.Context) error { _, err := m.File(ctx, one, "f"); return err },
		"Changed":   func(ctx context.Context) error { _, err := m.Changed(ctx, one, one, "f"); return err },
		"Log":       func(ctx context.Context) error { _, err := m.Log(ctx, one, time.Time{}, time.Time{}); return err },
		"ForkPoint": func(ctx context.Context) error { _, err := m.ForkPoint(ctx, one, one); return err },
	}
	for name, call := range calls {
		if err := call(cancelled()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, err)
		}
		if err := call(t.Context()); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
	for range 2 {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, call := range calls {
		if err := call(t.Context()); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s, closed: %v", name, err)
		}
	}
	same(t, processes(t, m.o.Dir))
}
