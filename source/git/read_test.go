package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestFiles(t *testing.T) {
	r := newRepo(t)
	for link, to := range map[string]string{"link": "f", "away": "/etc/passwd", "up": "../f", "dangling": "nothing", "loop": "loop", "folderlink": "folder"} {
		if err := os.Symlink(to, filepath.Join(r.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	binary := "\x00\xff\n\r\n"
	odd := []string{"a b", "-x", ":(glob)*", "f\tg", "ä", `"q"`, "a:b", "HEAD", "x^{tree}", "#!;$(id)"}
	files := []string{"f", "one\n", "empty", "", "binary", binary, "folder/deep/f", "deep", "large", "0123456789", "larger", "0123456789x"}
	for _, name := range odd {
		files = append(files, name, "odd "+name)
	}
	r.commit(files...)
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",module")
	r.git("commit", "--quiet", "--message", "m")
	one := r.id("HEAD")
	m := open(t, r.dir, func(o *Options) { o.MaxFile = 30 })
	fetch(t, m)

	for path, want := range map[string]string{"f": "one\n", "empty": "", "binary": binary, "folder/deep/f": "deep", "large": "0123456789", "link": "one\n", "folderlink/deep/f": "deep"} {
		if got := read(t, m, one, path); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	for _, path := range odd {
		if got := read(t, m, one, path); got != "odd "+path {
			t.Errorf("%q: %q", path, got)
		}
	}
	m.o.MaxFile = 10
	for path, want := range map[string]string{
		"nothing": "file does not exist", "f/x": "file does not exist", "folder/x": "file does not exist", "dangling": "file does not exist",
		"F": "file does not exist", "nothing/x/y": "file does not exist", strings.Repeat("x", 1<<20): "file does not exist",
		"folder": "it is a folder", "larger": "it has 11 bytes: at most 10 are read", "away": "leads out of the repository", "up": "leads out of the repository",
		"loop": "leads to itself", "module": "submodule",
		"": "invalid argument", ".": "invalid argument", "../f": "invalid argument", "/f": "invalid argument", "./f": "invalid argument", "f/": "invalid argument", "\xe4": "invalid argument",
		"x\ny": "file does not exist", "x\x00y": "file does not exist",
	} {
		data, err := m.File(t.Context(), one, path)
		says(t, err, want, m.Location())
		if data != nil || errors.Is(err, fs.ErrNotExist) != (want == "file does not exist") || strings.ContainsAny(err.Error(), "\n\x00") || !utf8.ValidString(err.Error()) {
			t.Errorf("%.20q: %q, %v", path, data, err)
		}
	}

	all, err := m.Files(t.Context(), one, "f", "nothing", "link", "larger", "f")
	if err != nil || len(all) != 5 {
		t.Fatal(all, err)
	}
	if string(all[4].Data) != "one\n" || all[0].ID != r.id("HEAD:f") || all[2].ID != all[0].ID || all[1].Err == nil || all[1].ID != "" || all[3].Err == nil {
		t.Errorf("%+v", all)
	}
	none, err := m.Files(t.Context(), one)
	if err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

// Nothing but the ID of a commit is taken for one.
func TestNoCommit(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	for _, id := range []ID{"", "HEAD", "master", one[:10], one + "\n", one + "^", "--all", ID(strings.Repeat("1", 40)), ID(strings.ToUpper(string(one))), r.id("HEAD:f"), r.id("HEAD^{tree}")} {
		_, err := m.Files(t.Context(), id, "f")
		_, err1 := m.Changed(t.Context(), one, id, "f")
		_, err2 := m.Log(t.Context(), id, time.Time{}, time.Time{})
		_, err3 := m.ForkPoint(t.Context(), id, one)
		_, err4 := m.ForkPoint(t.Context(), one, id)
		for _, err := range []error{err, err1, err2, err3, err4} {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	two := r.commit("f", "two")
	r.git("branch", "stable/x", string(one))
	r.git("tag", "stable/x", string(two))
	r.git("tag", "y-eol", string(one))
	now := noon
	m := open(t, r.dir, func(o *Options) { o.Now = func() time.Time { return now } })
	fetch(t, m)
	check := func(want string, names ...string) {
		t.Helper()
		if got := resolve(t, m, names...); got.Ref != want {
			t.Errorf("%q: %+v, want %s", names, got, want)
		}
	}
	check("refs/heads/stable/x", "stable/x")
	check("refs/tags/stable/x", "refs/tags/stable/x")
	check("refs/heads/stable/x", "nothing", "stable/x", "y-eol")
	check("refs/tags/y-eol", "stable/y", "y-eol")
	for _, names := range [][]string{nil, {""}, {"-x"}, {"nothing", "no\nthing\x1b[2J"}, {"refs/heads/nothing"}, {string(one)}, {"HEAD"}, {"stable"}, {"../heads/master"}} {
		_, err := m.Resolve(t.Context(), names...)
		if !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%q: %v", names, err)
		}
	}

	// The branch becomes another one, then a tag, then nothing is left.
	r.git("branch", "--move", "stable/x", "unmaintained/x")
	r.git("tag", "--delete", "stable/x")
	now = now.Add(time.Hour)
	fetch(t, m)
	series := []string{"stable/x", "unmaintained/x", "x-eol"}
	check("refs/heads/unmaintained/x", series...)
	r.git("branch", "--delete", "--force", "unmaintained/x")
	now = now.Add(time.Hour)
	fetch(t, m)
	check("refs/heads/unmaintained/x", series...)
	r.git("tag", "x-eol")
	fetch(t, m)
	check("refs/tags/x-eol", series...)
	check("refs/heads/stable/x", "stable/x")
}

func TestLog(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "1", "g", "1")
	two := r.commit("g", "2")
	r.git("checkout", "--quiet", "-b", "side")
	r.commit("f", "3")
	r.commit("f", "4")
	r.git("checkout", "--quiet", "master")
	five := r.commit("g", "5")
	r.day++
	r.git("merge", "--quiet", "--no-ff", "--message", "m", "side")
	six := r.id("HEAD")
	r.day = 3 // a clock that is wrong
	late := r.commit("f", "7")
	r.git("checkout", "--quiet", "--orphan", "other")
	alone := r.commit("f", "8")
	m := fetched(t, r.dir)

	log := func(tip ID, since, until time.Time, paths ...string) []ID {
		t.Helper()
		commits, err := m.Log(t.Context(), tip, since, until, paths...)
		if err != nil {
			t.Fatal(err)
		}
		var ids []ID
		for _, c := range commits {
			ids = append(ids, c.ID)
		}
		return ids
	}
	var always time.Time
	same(t, log(late, always, always), one, two, five, six, late)
	same(t, log(late, always, always, "f"), one, six, late)
	same(t, log(late, always, always, "g"), one, two, five)
	same(t, log(late, always, always, "f", "g"), one, two, five, six, late)
	same(t, log(late, always, always, "-n1", "nothing", "*"))
	same(t, log(late, date(2), date(6)), two, five, late)
	same(t, log(late, date(6), always), six)
	same(t, log(late, date(7), always))
	same(t, log(six, always, date(6), "f"), one)
	commits, err := m.Log(t.Context(), two, always, always)
	if err != nil {
		t.Fatal(err)
	}
	same(t, commits, Commit{one, date(1)}, Commit{two, date(2)})
	for _, path := range []string{"", "..", "/f", "."} {
		if _, err := m.Log(t.Context(), two, always, always, path); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", path, err)
		}
	}

	fork := func(a, b ID, want Commit) {
		t.Helper()
		if got, err := m.ForkPoint(t.Context(), a, b); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	fork(five, r.id("side"), Commit{two, date(2)})
	fork(r.id("side"), five, Commit{two, date(2)})
	fork(one, late, Commit{one, date(1)})
	_, err = m.ForkPoint(t.Context(), alone, late)
	says(t, err, "share no commit")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestChanged(t *testing.T) {
	r := newRepo(t)
	one := r.commit("a", "1", "b", "1", "c", "1")
	os.Remove(filepath.Join(r.dir, "c"))
	os.Chmod(filepath.Join(r.dir, "b"), 0o755)
	two := r.commit("a", "2", "d", "1")
	m := fetched(t, r.dir)
	check := func(a, b ID, want ...string) {
		t.Helper()
		got, err := m.Changed(t.Context(), a, b, "d", "c", "nothing", "b", "a")
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want...)
	}
	check(one, two, "d", "c", "a")
	check(two, one, "d", "c", "a")
	check(one, one)
	_, err := m.Changed(t.Context(), one, two, "../a")
	says(t, err, "invalid argument")
}

// What git says of dates that nobody has.
func TestDates(t *testing.T) {
	r := newRepo(t)
	r.commit("f", "1")
	for seconds, want := range map[string]time.Time{
		"0": time.Unix(0, 0), "253402300799": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "99999999999999999": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		text := "tree " + string(r.id("HEAD^{tree}")) + "\nauthor a <a> 1 +0000\ncommitter c <c> > " + seconds + " -1200\n\ncommitter x <x> 5 +0000\n"
		path := filepath.Join(t.TempDir(), "commit")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		r.git("update-ref", "refs/heads/odd", r.git("hash-object", "-t", "commit", "-w", "--literally", path))
		m := fetched(t, r.dir)
		tip := resolve(t, m, "odd")
		log, err := m.Log(t.Context(), tip.ID, time.Time{}, time.Time{})
		if err != nil || !tip.Date.Equal(want) || len(log) != 1 {
			t.Errorf("%s: %+v, %+v, %v", seconds, tip, log, err)
		}
	}
}

// loosen puts each object of the mirror into a file of its own, and returns the path of one.
func loosen(t *testing.T, m *Mirror, id ID) string {
	t.Helper()
	packs, _ := filepath.Glob(m.path("repository", "objects", "pack", "*.pack"))
	if len(packs) == 0 {
		t.Fatal("no pack")
	}
	for _, pack := range packs {
		away := filepath.Join(memory(t), "pack")
		if err := os.Rename(pack, away); err != nil {
			t.Fatal(err)
		}
		os.Remove(strings.TrimSuffix(pack, ".pack") + ".idx")
		f, err := os.Open(away)
		if err != nil {
			t.Fatal(err)
		}
		cmd := person("/", 0, "--git-dir", m.repository(), "unpack-objects", "-q")
		cmd.Stdin = f
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f.Close()
	}
	return m.path("repository", "objects", string(id[:2]), string(id[2:]))
}

// A damaged object is an error, never an absence; the others can still be read.
func TestDamage(t *testing.T) {
	damage := map[string]func(path string) error{
		"removed":   os.Remove,
		"truncated": func(path string) error { os.Chmod(path, 0o644); return os.Truncate(path, 10) },
		"empty":     func(path string) error { os.Chmod(path, 0o644); return os.Truncate(path, 0) },
		"other":     func(path string) error { os.Remove(path); return os.WriteFile(path, []byte("x\x9c garbage"), 0o644) },
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			one := r.commit("f", strings.Repeat("one\n", 1000), "sub/g", "g")
			two := r.commit("f", "two")
			r.git("branch", "other", string(one))
			m := fetched(t, r.dir)
			read(t, m, two, "f") // the reader runs
			failed := func(err error) {
				t.Helper()
				if err == nil || errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v", err)
				}
			}
			if err := do(loosen(t, m, r.id("HEAD~:f"))); err != nil {
				t.Fatal(err)
			}
			m.Close()
			m = open(t, r.dir, func(o *Options) { o.Dir = m.o.Dir })
			files, err := m.Files(t.Context(), one, "sub/g", "f", "sub/g", "nothing")
			if err != nil || string(files[0].Data) != "g" || string(files[2].Data) != "g" || !errors.Is(files[3].Err, fs.ErrNotExist) {
				t.Fatalf("%+v, %v", files, err)
			}
			failed(files[1].Err)
			if got := read(t, m, two, "f"); got != "two" {
				t.Error(got)
			}

			if err := do(m.path("repository", "objects", string(r.id("HEAD:sub")[:2]), string(r.id("HEAD:sub")[2:]))); err != nil {
				t.Fatal(err)
			}
			_, err = m.File(t.Context(), two, "sub/g")
			failed(err)

			if err := do(m.path("repository", "objects", string(two[:2]), string(two[2:]))); err != nil {
				t.Fatal(err)
			}
			m.Close()
			m = open(t, r.dir, func(o *Options) { o.Dir = m.o.Dir })
			_, err = m.Resolve(t.Context(), "master")
			failed(err)
			if got := resolve(t, m, "other"); got.ID != one {
				t.Errorf("%+v", got)
			}

			if err := do(m.path("repository", "objects", string(one[:2]), string(one[2:]))); err != nil {
				t.Fatal(err)
			}
			r.commit("f", "three")
			if _, err := m.Fetch(t.Context()); err == nil { // git may notice and say so, or bring it again
				resolve(t, m, "master")
			}
		})
	}
}

// Small packs are put together when there are many; a reader that has them open goes on.
func TestPack(t *testing.T) {
	r := newRepo(t)
	var ids []ID
	m := open(t, r.dir, nil)
	for n := range manyPacks + 5 {
		ids = append(ids, r.commit("f", strings.Repeat("x", n)))
		if n == 0 {
			fetch(t, m)
		}
		// what further fetches would have brought
		cmd := person(r.dir, 0, "pack-objects", "--quiet", m.path("repository", "objects", "pack", "pack"))
		cmd.Stdin = strings.NewReader(string(ids[n]) + "\n" + string(r.id("HEAD:f")) + "\n" + string(r.id("HEAD^{tree}")) + "\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	reader := open(t, r.dir, func(o *Options) { o.Dir = m.o.Dir })
	if got := read(t, reader, ids[3], "f"); got != "xxx" {
		t.Error(got)
	}
	packs := m.path("repository", "objects", "pack", "*.pack")
	if n := count(packs); n <= manyPacks {
		t.Fatalf("%d packs", n)
	}
	r.commit("f", "last")
	fetch(t, m)
	if n := count(packs); n > 10 {
		t.Errorf("%d packs", n)
	}
	same(t, left(t, m))
	for n, id := range ids {
		if got := read(t, reader, id, "f"); len(got) != n {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// What a fetch that was killed has left, the next one removes; the rest stays.
func TestSweep(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	m := fetched(t, r.dir)
	r.commit("f", "two")
	leavings := []string{"repository/objects/pack/tmp_pack_x", "repository/objects/pack/pack-1234.pack", "repository/objects/pack/pack-1234.rev", "repository/objects/pack/pack-1234.keep",
		"repository/objects/pack/.tmp-1-pack-1234.pack", "repository/objects/aa/tmp_obj_x", "repository/packed-refs.lock", "repository/packed-refs.new", "repository/config.lock",
		"repository/shallow.lock", "repository/shallow_x", "repository/" + tipOf("refs/heads/master") + ".lock", ".tmp-x", ".tmp-y/config"}
	for _, name := range leavings {
		if err := errors.Join(os.MkdirAll(filepath.Dir(m.path(name)), 0o755), os.WriteFile(m.path(name), []byte("x"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	fetch(t, m)
	for _, name := range leavings {
		if _, err := os.Lstat(m.path(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := read(t, m, one, "f"); got != "one" {
		t.Error(got)
	}
}

func TestManyTips(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	var refs strings.Builder
	for n := range manyRefs + 10 {
		refs.WriteString(fmt.Sprintf("create refs/tags/%d %s\n", n, one))
	}
	cmd := person(r.dir, 0, "update-ref", "--stdin")
	cmd.Stdin = strings.NewReader(refs.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	m := fetched(t, r.dir)
	if n := count(m.path("repository", "refs", "tips", "*")); n != 0 {
		t.Errorf("%d refs in files of their own", n)
	}
	r.git("tag", "new")
	same(t, fetch(t, m), Change{"refs/tags/new", "", one})
}
