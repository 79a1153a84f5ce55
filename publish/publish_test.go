package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wheelyard/internal/durable"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/yard"
)

const demo = platform + "/simple/demo/"

// TestTree: what a platform with one wheel looks like, to the last byte.
func TestTree(t *testing.T) {
	s := newShop(t)
	w := s.wheel("demo-1.0+local-1")
	if changed, err := s.Platform(t.Context(), platform, []yard.Wheel{w}); err != nil || changed != 9 {
		t.Errorf("%d files changed, %v", changed, err)
	}
	const file = "demo-1.0+local-1-cp311-cp311-linux_x86_64.whl"
	record := recordOf(w)
	want := map[string]string{
		".": "/", "key.pem": "-rw-r--r-- a key\n", platform: "/", platform + "/.written": "/", platform + "/simple": "/", platform + "/simple/demo": "/",
		platform + "/.written/demo":     "-rw-r--r-- " + w.SHA256 + "  " + file + "\n" + sumText(record) + "  " + file + ".intoto.jsonl\n" + w.Metadata + "  " + file + ".metadata\n",
		platform + "/simple/index.html": "-rw-r--r-- <!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"pypi:repository-version\" content=\"1.4\">\n<title>Simple index</title>\n</head>\n<body>\n<a href=\"demo/\">demo</a><br>\n</body>\n</html>\n",
		platform + "/simple/index.json": "-rw-r--r-- {\"meta\":{\"api-version\":\"1.4\"},\"projects\":[\n{\"name\":\"demo\"}]}\n",
		demo + file:                     "-r--r--r-- the wheel " + file + "\n",
		demo + file + ".intoto.jsonl":   "-r--r--r-- " + record,
		demo + file + ".metadata":       "-r--r--r-- Metadata-Version: 2.1\nName: demo\nVersion: 1.0+local\n",
		demo + "index.json": "-rw-r--r-- {\"meta\":{\"api-version\":\"1.4\"},\"name\":\"demo\",\"versions\":[\"1.0+local\"],\"files\":[\n{\"filename\":\"" + file +
			"\",\"url\":\"" + strings.ReplaceAll(file, "+", "%2B") + "\",\"hashes\":{\"sha256\":\"" + w.SHA256 + "\"},\"size\":" + fmt.Sprint(w.Size) +
			",\"upload-time\":\"2026-11-23T10:00:00.123456Z\",\"requires-python\":\">=3.9\",\"core-metadata\":{\"sha256\":\"" + w.Metadata + "\"},\"yanked\":false}]}\n",
	}
	got := s.tree()
	html := got[demo+"index.html"]
	delete(got, demo+"index.html")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tree (-want +got):\n%s", diff)
	}
	page, err := simple.ReadProjectHTML([]byte(html[len("-rw-r--r-- "):]), "demo")
	if err != nil || len(page.Files) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	same := simple.File{
		Filename: file, URL: strings.ReplaceAll(file, "+", "%2B"), Hashes: map[string]string{"sha256": w.SHA256}, Size: w.Size,
		UploadTime: admitted.Truncate(time.Microsecond), RequiresPython: ">=3.9", CoreMetadata: true, CoreMetadataHashes: map[string]string{"sha256": w.Metadata},
	}
	if diff := cmp.Diff(same, page.Files[0]); diff != "" {
		t.Errorf("the page in HTML (-want +got):\n%s", diff)
	}
}

// TestOrder: files stand by version, whatever the order of the offer, which changes nothing.
func TestOrder(t *testing.T) {
	s := newShop(t)
	names := []string{"demo-1.10", "demo-1.9-2", "demo-1.9-1", "demo-1.9.0", "demo-1!0.5", "demo-2.0rc1"}
	s.offer(names...)
	page, _ := s.client(simple.TypeJSON).page("demo")
	var got []string
	for _, f := range page.Files {
		got = append(got, strings.TrimSuffix(f.Filename, "-cp311-cp311-linux_x86_64.whl"))
	}
	if want := []string{"demo-1.9-1", "demo-1.9-2", "demo-1.9.0", "demo-1.10", "demo-2.0rc1", "demo-1!0.5"}; !slices.Equal(got, want) {
		t.Errorf("the files are %q", got)
	}
	if want := []string{"1.9", "1.9.0", "1.10", "2.0rc1", "1!0.5"}; !slices.Equal(page.Versions, want) {
		t.Errorf("the versions are %q", page.Versions)
	}
	slices.Reverse(names)
	if changed := s.offer(names...); changed != 0 {
		t.Errorf("%d files changed", changed)
	}
}

// TestNothingToDo: no file is touched when all is there; a project's own call does nothing, too.
func TestNothingToDo(t *testing.T) {
	s := newShop(t)
	names := []string{"a-1.0", "a-2.0", "b-1.0", "c-1.0"}
	s.offer(names...)
	before := s.touched()
	s.asks = 0
	if changed := s.offer(names...); changed != 0 {
		t.Errorf("%d files changed", changed)
	}
	if err := s.Project(t.Context(), platform, "b", s.wheels("b-1.0")); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, s.touched()); diff != "" {
		t.Errorf("touched:\n%s", diff)
	}
	if s.asks != 0 {
		t.Errorf("%d blobs were asked for", s.asks)
	}
}

// touched tells by the number of each file and folder and its times whether it was touched.
func (s *shop) touched() map[string]string {
	all := map[string]string{}
	filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			s.t.Fatal(err)
		}
		info, err := d.Info()
		if err != nil {
			s.t.Fatal(err)
		}
		all[path] = fmt.Sprintf("%v %+v", info.ModTime(), info.Sys())
		return nil
	})
	for path, text := range all { // reading changes the time of access
		before, after, _ := strings.Cut(text, "Atim:{")
		_, after, _ = strings.Cut(after, "}")
		all[path] = before + after
	}
	return all
}

// TestRemoval: what is offered no longer goes, and only that.
func TestRemoval(t *testing.T) {
	s := newShop(t)
	s.put(platform+"/simple/robots.txt", "Disallow: /")
	s.put(platform+"/simple/.htaccess", "x")
	s.put(platform+"/simple/b/robots.txt", "Disallow: /")
	s.put(platform+"/simple/b/b-9.0-py3-none-any.whl", "not from here")
	s.put(platform+"/simple/other/index.html", "not from here")
	s.put("robots.txt", "Disallow: /")
	empty := s.tree()
	s.offer("a-1.0", "a-2.0", "b-1.0", "c-1.0")
	s.sound("full")
	if changed := s.offer("a-2.0", "c-1.0"); changed != 2+6+6 { // the roots; pages, file, metadata, record and list of a, and those of b
		t.Errorf("%d files changed", changed)
	}
	s.sound("less")
	if got := slices.Sorted(maps.Keys(s.client(simple.TypeJSON).named())); !slices.Equal(got, []string{"a", "a a-2.0-cp311-cp311-linux_x86_64.whl", "c", "c c-1.0-cp311-cp311-linux_x86_64.whl"}) {
		t.Errorf("named are %q", got)
	}
	for _, name := range []string{"a/a-1.0-cp311-cp311-linux_x86_64.whl", "a/a-1.0-cp311-cp311-linux_x86_64.whl.metadata", "b/index.html", "b/index.json"} {
		if s.exists(platform + "/simple/" + name) {
			t.Errorf("%s is still there", name)
		}
	}
	if err := s.Project(t.Context(), platform, "c", nil); err != nil {
		t.Error(err)
	}
	s.sound("without c")
	s.offer()
	empty[platform+"/.written"] = "/"
	after := s.tree()
	for _, root := range []string{"index.html", "index.json"} {
		if !strings.Contains(after[platform+"/simple/"+root], "1.4") {
			t.Errorf("the root page is %q", after[platform+"/simple/"+root])
		}
		delete(after, platform+"/simple/"+root)
	}
	delete(after, "key.pem")
	if diff := cmp.Diff(empty, after); diff != "" {
		t.Errorf("the empty tree (-before +after):\n%s", diff)
	}
	if changed := s.offer(); changed != 0 {
		t.Errorf("%d files changed", changed)
	}
}

// TestEmpty: an empty platform has valid root pages.
func TestEmpty(t *testing.T) {
	s := newShop(t)
	if changed := s.offer(); changed != 3 { // the root pages and the key
		t.Errorf("%d files changed", changed)
	}
	for _, format := range formats() {
		if c := s.client(format); c.get(rootAddress) == nil || len(c.projects()) != 0 {
			t.Errorf("%s: %q", format, c.get(rootAddress))
		}
	}
}

// TestConflict: a published file never changes, and the rest is published all the same.
func TestConflict(t *testing.T) {
	s := newShop(t)
	s.offer("a-1.0", "b-1.0")
	before := s.tree()
	changed := s.wheel("a-1.0")
	changed.SHA256, changed.Size = s.keep("another"), int64(len("another"))
	other := s.wheel("a-1.0").SHA256
	_, err := s.Platform(t.Context(), platform, append(s.wheels("a-2.0", "b-1.0", "c-1.0"), changed))
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Published != other || conflict.Offered != changed.SHA256 || !strings.Contains(err.Error(), other) || !strings.Contains(err.Error(), changed.SHA256) {
		t.Errorf("error %v", err)
	}
	s.sound("after")
	after := s.tree()
	for name, text := range before {
		if strings.Contains(name, "/a") && after[name] != text {
			t.Errorf("%s changed", name)
		}
	}
	if named := s.client(simple.TypeJSON).named(); !named["a"] || !named["c"] || named["a a-2.0-cp311-cp311-linux_x86_64.whl"] {
		t.Errorf("named are %v", named)
	}
	// the same with a file of the same size that nobody vouches for
	s = newShop(t)
	s.put(demo+"demo-1.0-cp311-cp311-linux_x86_64.whl", strings.Repeat("x", int(s.wheel("demo-1.0").Size)))
	if _, err := s.Platform(t.Context(), platform, s.wheels("demo-1.0")); !errors.As(err, &conflict) {
		t.Errorf("error %v", err)
	}
	if s.exists(platform + "/.written/demo") {
		t.Error("the list says that the file is from here")
	}
}

// TestLostList: files that are right already are taken for what they are.
func TestLostList(t *testing.T) {
	s := newShop(t)
	s.offer("a-1.0", "a-2.0")
	before := s.tree()
	if err := os.RemoveAll(filepath.Join(s.Dir, platform, ".written")); err != nil {
		t.Fatal(err)
	}
	s.offer("a-1.0", "a-2.0")
	if diff := cmp.Diff(before, s.tree()); diff != "" {
		t.Errorf("the tree (-before +after):\n%s", diff)
	}
}

// TestMending: what somebody removed comes back, and what somebody wrote into a page goes.
func TestMending(t *testing.T) {
	s := newShop(t)
	s.offer("demo-1.0", "demo-2.0")
	before := s.tree()
	s.put(demo+"index.html", "defaced")
	s.put(platform+"/simple/index.json", "{}")
	os.Remove(filepath.Join(s.Dir, demo, "demo-1.0-cp311-cp311-linux_x86_64.whl"))
	os.Remove(filepath.Join(s.Dir, demo, "demo-2.0-cp311-cp311-linux_x86_64.whl.metadata"))
	if changed := s.offer("demo-1.0", "demo-2.0"); changed != 4 {
		t.Errorf("%d files changed", changed)
	}
	if diff := cmp.Diff(before, s.tree()); diff != "" {
		t.Errorf("the tree (-before +after):\n%s", diff)
	}
}

// TestSweep: what a crash left unfinished goes, wherever it is.
func TestSweep(t *testing.T) {
	s := newShop(t)
	s.offer("demo-1.0")
	before := s.tree()
	for _, dir := range []string{demo, platform + "/simple/", platform + "/.written/"} {
		s.put(dir+durable.TempPrefix+"123", "half")
	}
	s.offer("demo-1.0")
	if diff := cmp.Diff(before, s.tree()); diff != "" {
		t.Errorf("the tree (-before +after):\n%s", diff)
	}
	s.put(demo+durable.TempPrefix+"123", "half")
	s.offer()
	if s.exists(demo) {
		t.Error("the folder is still there")
	}
}

// TestCopy: where a link can't be, there is a copy, and a damaged blob isn't published.
func TestCopy(t *testing.T) {
	s := newShop(t)
	links := t.TempDir() // a symbolic link can't be linked to without being one
	s.Blob = func(sum string) (string, error) {
		link := filepath.Join(links, sum)
		os.Symlink(filepath.Join(s.dir, "blobs", sum), link)
		return link, nil
	}
	s.offer("demo-1.0")
	s.sound("copied")
	const file = demo + "demo-1.0-cp311-cp311-linux_x86_64.whl"
	info, err := os.Lstat(filepath.Join(s.Dir, file))
	if err != nil || info.Mode() != 0o444 {
		t.Errorf("%v, %v", info, err)
	}
	w := s.wheel("other-1.0")
	blob := filepath.Join(s.dir, "blobs", w.SHA256)
	if err := os.Chmod(blob, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blob, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Project(t.Context(), platform, "other", []yard.Wheel{w}); err == nil || !strings.Contains(err.Error(), w.SHA256) {
		t.Errorf("error %v", err)
	}
	if s.exists(platform + "/simple/other/" + w.Filename) {
		t.Error("a damaged file is published")
	}
	s.sound("after")
}

// TestRefused: what can't be published is an error, and writes nothing.
func TestRefused(t *testing.T) {
	s := newShop(t)
	s.offer("demo-1.0")
	before := s.tree()
	good := s.wheel("demo-2.0")
	for name, change := range map[string]func(*yard.Wheel){
		"a path":         func(w *yard.Wheel) { w.Filename = "../demo-2.0-py3-none-any.whl" },
		"a page":         func(w *yard.Wheel) { w.Filename = "index.html" },
		"hidden":         func(w *yard.Wheel) { w.Filename = ".demo-2.0-py3-none-any.whl" },
		"no version":     func(w *yard.Wheel) { w.Version = "two" },
		"no hash":        func(w *yard.Wheel) { w.SHA256 = "" },
		"no metadata":    func(w *yard.Wheel) { w.Metadata = "" },
		"a hash of path": func(w *yard.Wheel) { w.Metadata = "../../etc/passwd" },
		"no time":        func(w *yard.Wheel) { w.Admitted = time.Time{} },
		"no blob":        func(w *yard.Wheel) { w.SHA256 = strings.Repeat("0", 64) },
		"no such text":   func(w *yard.Wheel) { w.Metadata = strings.Repeat("0", 64) },
		"another's":      func(w *yard.Wheel) { w.Project = "other" },
		"no project":     func(w *yard.Wheel) { w.Project = "../x" },
	} {
		w := good
		change(&w)
		if err := s.Project(t.Context(), platform, "demo", append(s.wheels("demo-1.0"), w)); err == nil {
			t.Errorf("%s: no error", name)
		}
		if diff := cmp.Diff(before, s.tree()); diff != "" {
			t.Fatalf("%s (-before +after):\n%s", name, diff)
		}
	}
	if err := s.Project(t.Context(), platform, "demo", s.wheels("demo-1.0", "demo-2.0", "demo-2.0")); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("error %v", err)
	}
	for _, name := range []project.Name{"", "..", "Demo", "a/b", "index.html", ".written"} {
		if err := s.Project(t.Context(), platform, name, nil); err == nil {
			t.Errorf("project %q: no error", name)
		}
	}
	for _, name := range []string{"", "..", "a/b", ".hidden", "key.pem"} {
		if _, err := s.Platform(t.Context(), name, nil); err == nil {
			t.Errorf("platform %q: no error", name)
		}
	}
	if diff := cmp.Diff(before, s.tree()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestBrokenList: a list that is none stops its project only, for nobody knows what may be removed.
func TestBrokenList(t *testing.T) {
	for _, text := range []string{"x", strings.Repeat("0", 64) + "  ../../key.pem\n", strings.Repeat("0", 64) + "  index.html\n", "\x00"} {
		s := newShop(t)
		s.offer("a-1.0", "demo-1.0")
		s.put(platform+"/.written/demo", text)
		s.put("key.pem", "key")
		_, err := s.Platform(t.Context(), platform, s.wheels("b-1.0"))
		if err == nil || !strings.Contains(err.Error(), ".written/demo") {
			t.Errorf("error %v", err)
		}
		s.sound("after")
		if named := s.client(simple.TypeJSON).named(); !named["demo"] || !named["b"] || named["a"] || !s.exists("key.pem") {
			t.Errorf("named are %v", named)
		}
	}
}

// TestCancel: a call that is called off ends, and the tree is sound.
func TestCancel(t *testing.T) {
	s := newShop(t)
	s.offer("a-1.0", "b-1.0")
	before := s.tree()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Platform(ctx, platform, s.wheels("c-1.0")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(before, s.tree()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestBlobsFail: whichever blob can't be had, the tree is sound, and the next call makes it whole.
func TestBlobsFail(t *testing.T) {
	whole := newShop(t)
	whole.offer("a-1.0", "b-1.0")
	whole.offer("a-2.0", "a-3.0", "c-1.0", "d-1.0")
	broken := errors.New("the disk is gone")
	for n := 1; ; n++ {
		s := newShop(t)
		s.offer("a-1.0", "b-1.0")
		s.asks = 0
		s.Blob = func(sum string) (string, error) {
			path, err := s.blob(sum)
			if s.asks >= n {
				err = broken
			}
			return path, err
		}
		_, err := s.Platform(t.Context(), platform, s.wheels("a-2.0", "a-3.0", "c-1.0", "d-1.0"))
		if err == nil {
			if n != 9 {
				t.Errorf("%d blobs were asked for", n-1)
			}
			break
		}
		if !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
		s.sound(fmt.Sprint("without blob ", n))
		s.Blob = s.blob
		s.offer("a-2.0", "a-3.0", "c-1.0", "d-1.0")
		if diff := cmp.Diff(whole.tree(), s.tree()); diff != "" {
			t.Errorf("without blob %d, and with it (-whole +mended):\n%s", n, diff)
		}
	}
}

// TestMetadataGoesFirst: what names a file goes before it.
func TestMetadataGoesFirst(t *testing.T) {
	l := list{"a.whl": "", "a.whl.metadata": "", "b.whl": "", "b.whl.metadata": ""}
	if got := l.without(list{"b.whl": ""}); !slices.Equal(got, []string{"b.whl.metadata", "a.whl.metadata", "a.whl"}) {
		t.Errorf("%q", got)
	}
}

// TestDamagedBlob: what isn't what it should be is never published, as a link neither.
func TestDamagedBlob(t *testing.T) {
	s := newShop(t)
	w := s.wheel("demo-1.0")
	path, err := s.blob(w.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("something else\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Platform(t.Context(), platform, []yard.Wheel{w}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("error %v", err)
	}
	if s.exists(demo + w.Filename) {
		t.Error("it is published")
	}
}
