package index

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wheelyard/packaging/simple"
)

const demoWheel = "demo-1.0-py3-none-any.whl"

// newTree is a tree with one platform and one project; pages long enough to be worth compressing.
func newTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "key.pem", "-----BEGIN PUBLIC KEY-----\n")
	put(t, dir, "p/simple/index.html", "<!DOCTYPE html><a href=\"demo/\">demo</a>")
	put(t, dir, "p/simple/index.json", `{"projects":[{"name":"demo"}]}`)
	put(t, dir, "p/simple/demo/index.html", "<!DOCTYPE html>"+strings.Repeat("<a>", 1000))
	put(t, dir, "p/simple/demo/index.json", `{"name":"demo","x":"`+strings.Repeat("x", 2000)+`"}`)
	put(t, dir, "p/simple/demo/"+demoWheel, "0123456789")
	put(t, dir, "p/simple/demo/"+demoWheel+".metadata", "Name: demo\n")
	put(t, dir, "p/simple/demo/"+demoWheel+".intoto.jsonl", "{}\n")
	return dir
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ask sends one request; headers are name and value in turn.
func ask(t *testing.T, dir, method, address string, headers ...string) *http.Response {
	t.Helper()
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStatusAndType(t *testing.T) {
	dir := newTree(t)
	for _, c := range []struct {
		address string
		status  int
		kind    string
		caching string
	}{
		{"/", 200, "text/html; charset=utf-8", revalidate},
		{"/healthz", 200, "text/plain; charset=utf-8", "no-store"},
		{"/key.pem", 200, "application/x-pem-file", revalidate},
		{"/p/simple/", 200, "text/html; charset=utf-8", revalidate},
		{"/p/simple/?format=application/vnd.pypi.simple.v1+json", 200, simple.TypeJSON, revalidate},
		{"/p/simple/demo/?format=application/vnd.pypi.simple.latest%2Bhtml", 200, simple.TypeHTML, revalidate},
		{"/p/simple/demo/?format=text/plain", 406, "text/plain; charset=utf-8", revalidate},
		{"/p/simple/index.json", 200, simple.TypeJSON, revalidate},
		{"/p/simple/demo/index.json", 200, simple.TypeJSON, revalidate},
		{"/p/simple/demo/index.html", 200, "text/html; charset=utf-8", revalidate},
		{"/p/simple/demo/" + demoWheel, 200, "application/octet-stream", forever},
		{"/p/simple/demo/" + demoWheel + ".metadata", 200, "text/plain; charset=utf-8", forever},
		{"/p/simple/demo/" + demoWheel + ".intoto.jsonl", 200, "application/vnd.in-toto.bundle", revalidate},
		{"/p/simple/Demo/", 301, "text/plain; charset=utf-8", ""},
		{"/p/simple/other/", 404, "text/plain; charset=utf-8", revalidate},
		{"/p/simple/demo/other-1.0-py3-none-any.whl", 404, "text/plain; charset=utf-8", revalidate},
		{"/q/simple/", 404, "text/plain; charset=utf-8", revalidate},
		{"/p/simple/other/?format=text/plain", 404, "text/plain; charset=utf-8", revalidate},
		{"/p/", 404, "text/plain; charset=utf-8", revalidate},
	} {
		r := ask(t, dir, "GET", c.address)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.kind || r.Header.Get("Cache-Control") != c.caching {
			t.Errorf("%s: %d %s %s", c.address, r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"))
		}
		if n := len(body(t, r)); c.status >= 400 && (n == 0 || n > 300) {
			t.Errorf("%s: body of %d bytes", c.address, n)
		}
		head := ask(t, dir, "HEAD", c.address)
		if head.StatusCode != r.StatusCode || head.Header.Get("ETag") != r.Header.Get("ETag") || head.Header.Get("Content-Length") != r.Header.Get("Content-Length") {
			t.Errorf("HEAD %s differs: %d %v", c.address, head.StatusCode, head.Header)
		}
	}
}

func TestNegotiatedPages(t *testing.T) {
	dir := newTree(t)
	for _, c := range []struct{ accept, kind, begins string }{
		{simple.TypeJSON, simple.TypeJSON, "{"},
		{"application/vnd.pypi.simple.latest+json", simple.TypeJSON, "{"},
		{simple.TypeHTML, simple.TypeHTML, "<!DOCTYPE"},
		{"*/*", "text/html; charset=utf-8", "<!DOCTYPE"},
	} {
		for _, page := range []string{"/p/simple/", "/p/simple/demo/"} {
			r := ask(t, dir, "GET", page, "Accept", c.accept)
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != c.kind || !strings.HasPrefix(body(t, r), c.begins) {
				t.Errorf("%s as %s: %d %v", page, c.accept, r.StatusCode, r.Header)
			}
			if vary := r.Header.Get("Vary"); !strings.Contains(vary, "Accept,") {
				t.Errorf("Vary: %s", vary)
			}
		}
	}
	r := ask(t, dir, "GET", "/p/simple/demo/", "Accept", "image/png")
	if r.StatusCode != 406 || !strings.HasPrefix(r.Header.Get("Vary"), "Accept,") {
		t.Errorf("nothing acceptable: %d %v", r.StatusCode, r.Header)
	}
}

func TestValidators(t *testing.T) {
	dir := newTree(t)
	seen := map[string]string{}
	for _, c := range []struct{ address, accept, encoding string }{
		{"/p/simple/demo/", "text/html", ""},
		{"/p/simple/demo/", "text/html", "gzip"},
		{"/p/simple/demo/", simple.TypeJSON, ""},
		{"/p/simple/demo/", simple.TypeJSON, "gzip"},
		{"/p/simple/demo/" + demoWheel, "*/*", ""},
	} {
		tag := ask(t, dir, "GET", c.address, "Accept", c.accept, "Accept-Encoding", c.encoding).Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || seen[tag] != "" {
			t.Errorf("%+v: ETag %s, like %s", c, tag, seen[tag])
		}
		seen[tag] = c.address
		for _, condition := range []string{tag, `"x", ` + tag, "W/" + tag, "*"} {
			r := ask(t, dir, "GET", c.address, "Accept", c.accept, "Accept-Encoding", c.encoding, "If-None-Match", condition)
			if r.StatusCode != 304 || body(t, r) != "" || r.Header.Get("ETag") != tag {
				t.Errorf("%s with %s: %d %v", c.address, condition, r.StatusCode, r.Header)
			}
			if r.Header.Get("Cache-Control") == "" || !strings.HasSuffix(c.address, "whl") && r.Header.Get("Vary") == "" {
				t.Errorf("%s: 304 without what a cache must know: %v", c.address, r.Header)
			}
		}
		if r := ask(t, dir, "GET", c.address, "Accept", c.accept, "If-None-Match", `"x"`); r.StatusCode != 200 {
			t.Errorf("%s with another tag: %d", c.address, r.StatusCode)
		}
	}
}

func TestEveryChangeOfAPageIsSeen(t *testing.T) {
	dir := newTree(t)
	file := filepath.Join(dir, "p/simple/demo/index.html")
	before := ask(t, dir, "GET", "/p/simple/demo/").Header.Get("ETag")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	old, _ := os.ReadFile(file)
	put(t, dir, "p/simple/demo/index.html", strings.Replace(string(old), "<a>", "<b>", 1)) // as long, and as old
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, dir, "GET", "/p/simple/demo/", "If-None-Match", before); r.StatusCode != 200 {
		t.Errorf("the new page was missed: %d", r.StatusCode)
	}
}

func TestRanges(t *testing.T) {
	dir := newTree(t)
	const address = "/p/simple/demo/" + demoWheel
	tag := ask(t, dir, "GET", address).Header.Get("ETag")
	for _, c := range []struct {
		headers []string
		status  int
		body    string
	}{
		{[]string{"Range", "bytes=2-4"}, 206, "234"},
		{[]string{"Range", "bytes=-3"}, 206, "789"},
		{[]string{"Range", "bytes=7-", "If-Range", tag}, 206, "789"},
		{[]string{"Range", "bytes=7-", "If-Range", `"x"`}, 200, "0123456789"},
		{[]string{"Range", "bytes=20-"}, 416, ""},
	} {
		r := ask(t, dir, "GET", address, c.headers...)
		if got := body(t, r); r.StatusCode != c.status || c.body != "" && got != c.body {
			t.Errorf("%v: %d %q", c.headers, r.StatusCode, got)
		}
	}
	r := ask(t, dir, "GET", "/p/simple/demo/index.json", "Range", "bytes=0-6", "Accept-Encoding", "gzip")
	if got := body(t, r); got != `{"name"` || r.Header.Get("Content-Encoding") != "" {
		t.Errorf("a part of a page: %q %v", got, r.Header)
	}
}

func TestCompression(t *testing.T) {
	dir := newTree(t)
	plain := body(t, ask(t, dir, "GET", "/p/simple/demo/"))
	r := ask(t, dir, "GET", "/p/simple/demo/", "Accept-Encoding", "br, gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(r.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatal(r.Header)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != plain {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for _, address := range []string{"/p/simple/", "/p/simple/demo/" + demoWheel} { // too small, and never
		if r := ask(t, dir, "GET", address, "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: compressed", address)
		}
	}
}

func TestRedirects(t *testing.T) {
	dir := newTree(t)
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/behind/a/proxy", h))
	defer server.Close()
	for from, to := range map[string]string{
		"/p/simple":                        "/p/simple/",
		"/p/simple/demo":                   "/p/simple/demo/",
		"/p/simple/DEMO":                   "/p/simple/demo/",
		"/p/simple/Demo/?format=text/html": "/p/simple/demo/?format=text/html",
		"/p/simple/DEMO/" + demoWheel:      "/p/simple/demo/" + demoWheel,
		"/p/simple/D%45mo/index.json":      "/p/simple/demo/index.json",
	} {
		hops := 0
		client := &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
			hops++
			if r.Response.StatusCode != 301 {
				t.Errorf("%s: %d", from, r.Response.StatusCode)
			}
			return nil
		}}
		r, err := client.Get(server.URL + "/behind/a/proxy" + from)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if got := r.Request.URL.RequestURI(); r.StatusCode != 200 || got != "/behind/a/proxy"+to || hops != 1 {
			t.Errorf("%s: %d at %s after %d", from, r.StatusCode, got, hops)
		}
	}
}

func TestOtherMethods(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"} {
		for _, address := range []string{"/", "/p/simple/demo/", "/p/simple/demo", "/nothing"} {
			if r := ask(t, newTree(t), method, address); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d %v", method, address, r.StatusCode, r.Header)
			}
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	dir := newTree(t)
	outside := filepath.Join(t.TempDir(), "secret.whl")
	put(t, filepath.Dir(outside), "secret.whl", "secret")
	project := filepath.Join(dir, "p/simple/demo")
	put(t, dir, "p/simple/demo/.hidden.whl", "secret")
	put(t, dir, "p/simple/demo/half.whl.tmp123", "secret")
	put(t, dir, "p/.written/demo", "secret")
	put(t, dir, "p/simple/demo/note.txt", "secret")
	for _, err := range []error{
		os.Symlink(outside, filepath.Join(project, "link.whl")),
		os.Symlink(filepath.Dir(outside), filepath.Join(dir, "p/simple/away")),
		os.Symlink("loop.whl", filepath.Join(project, "loop.whl")),
		os.Mkdir(filepath.Join(project, "folder.whl"), 0o755),
		syscall.Mkfifo(filepath.Join(project, "pipe.whl"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, "p/simple/plain", "a file where a project's folder would be")
	for _, address := range []string{
		"/p/simple/demo/.hidden.whl", "/p/simple/demo/half.whl.tmp123", "/p/.written/demo", "/p/simple/demo/note.txt", "/p/simple/demo/link.whl",
		"/p/simple/away/secret.whl", "/p/simple/demo/loop.whl", "/p/simple/demo/folder.whl", "/p/simple/demo/pipe.whl", "/p/simple/plain/",
		"/p/simple/demo/..%2f..%2f..%2fkey.pem", "/p/simple/demo/%2e%2e/demo/" + demoWheel, "/..%2fp/simple/", "/p/simple/%2e%2e/", "/p/simple/demo%00/",
	} {
		r := ask(t, dir, "GET", address)
		if got := body(t, r); r.StatusCode != 404 || strings.Contains(got, "secret\n") {
			t.Errorf("%s: %d %q", address, r.StatusCode, got)
		}
	}
}

func TestFront(t *testing.T) {
	dir := newTree(t)
	put(t, dir, "q/simple/index.html", "")
	put(t, dir, "empty/x", "")
	put(t, dir, ".hidden/simple/index.html", "")
	got := body(t, ask(t, dir, "GET", "/"))
	if !strings.Contains(got, `<a href="p/simple/">p</a>`) || !strings.Contains(got, `"q/simple/"`) || strings.Contains(got, "empty") || strings.Contains(got, "hidden") {
		t.Error(got)
	}
	if got := body(t, ask(t, t.TempDir(), "GET", "/")); !strings.Contains(got, "Nothing is published yet") {
		t.Error(got)
	}
}

func TestTreeThatIsAbsentOrReplaced(t *testing.T) {
	dir := t.TempDir()
	if _, err := Handler(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	put(t, dir, "file", "")
	if _, err := Handler(filepath.Join(dir, "file")); err == nil {
		t.Error("a file is no tree")
	}
	link := filepath.Join(dir, "current")
	if err := os.Symlink(newTree(t), link); err != nil {
		t.Fatal(err)
	}
	h, err := Handler(link)
	if err != nil {
		t.Fatal(err)
	}
	get := func(address string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		return w.Code
	}
	if got := get("/p/simple/"); got != 200 {
		t.Error(got)
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if got := get("/healthz"); got == 200 {
		t.Error("healthy without a tree")
	}
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if a, b := get("/healthz"), get("/p/simple/"); a != 200 || b != 404 {
		t.Errorf("after replacing: %d %d", a, b)
	}
}

// Pages that are replaced all the time are always whole, and their tags theirs.
func TestPagesChangeWhileServed(t *testing.T) {
	dir := newTree(t)
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	page := func(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%04d ", n), 1000+n) }
	var writer sync.WaitGroup
	stop := make(chan struct{})
	writer.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			put(t, dir, "p/simple/demo/.new", string(page(n%100)))
			if err := os.Rename(filepath.Join(dir, "p/simple/demo/.new"), filepath.Join(dir, "p/simple/demo/index.html")); err != nil {
				t.Error(err)
			}
		}
	})
	tags := map[string]string{}
	for range 300 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/p/simple/demo/index.html", nil))
		got, tag := w.Body.String(), w.Header().Get("ETag")
		var n int
		if strings.HasPrefix(got, "<!DOCTYPE") {
			continue
		}
		fmt.Sscanf(got[:4], "%04d", &n)
		if w.Code != 200 || got != string(page(n)) {
			t.Fatalf("%d: %d bytes that are no page", w.Code, len(got))
		}
		if old, ok := tags[tag]; ok && old != got {
			t.Fatalf("one tag %s for two pages", tag)
		}
		tags[tag] = got
	}
	close(stop)
	writer.Wait()
}

func TestNoPageIsTooOld(t *testing.T) {
	// A client with only a date would miss a page that was replaced within the same second.
	r := ask(t, newTree(t), "GET", "/p/simple/demo/", "If-Modified-Since", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	if r.StatusCode != 200 || r.Header.Get("Last-Modified") != "" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}
