package upstream

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"wheelyard/internal/pypitest"
	"wheelyard/packaging/simple"
)

const sdistPath = "/files/demo-pkg/demo_pkg-1.0.tar.gz"

// big is a file that comes in more than one piece.
var big = bytes.Repeat([]byte("0123456789abcdef"), 40_000)

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// offer puts content on the server and says what its page says of it.
func offer(s *pypitest.Server, content []byte) simple.File {
	s.AddFile("demo-pkg", "demo_pkg-1.0.tar.gz", content, pypitest.Attrs{})
	return simple.File{
		Filename: "demo_pkg-1.0.tar.gz", URL: s.FileURL("demo-pkg", "demo_pkg-1.0.tar.gz"), Size: int64(len(content)),
		Hashes: map[string]string{"sha256": sum(content)},
	}
}

func fetched(t *testing.T, c *Client, f simple.File) []byte {
	t.Helper()
	path, err := c.File(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if sum(b) != strings.ToLower(f.Hashes["sha256"]) {
		t.Fatalf("%d bytes, not those of the file", len(b))
	}
	return b
}

// nothingKept fails if the cache has a file.
func nothingKept(t *testing.T, c *Client) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(c.filesDir, "sha256", "*", "*"))
	if len(files) > 0 {
		t.Errorf("it is in the cache: %v", files)
	}
}

func noParts(t *testing.T, c *Client) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(c.filesDir, "part"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("left over: %s", e.Name())
	}
}

func TestFile(t *testing.T) {
	s := demo(t, pypitest.Options{})
	c := client(t, s, newClock(), nil)
	f := page(t, c).Project.Files[0]
	path, err := c.File(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	digest := f.Hashes["sha256"]
	if want := filepath.Join(c.o.Dir, "files", "sha256", digest[:2], digest); path != want {
		t.Errorf("%s, want %s", path, want)
	}
	f.Hashes = map[string]string{"sha256": strings.ToUpper(digest)}
	fetched(t, c, f)
	if n := s.Count(sdistPath); n != 1 {
		t.Errorf("%d requests", n)
	}
	noParts(t, c)

	if err := os.WriteFile(path, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	fetched(t, c, f)
	if n := s.Count(sdistPath); n != 2 {
		t.Errorf("a damaged file: %d requests", n)
	}
}

func TestFileOfUnknownSize(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	f.Size = -1
	fetched(t, client(t, s, newClock(), nil), f)

	_, err := client(t, s, newClock(), func(o *Options) { o.MaxFile = 1000 }).File(t.Context(), f)
	if _, ok := errors.AsType[*SizeError](err); !ok {
		t.Errorf("larger than any file may be: %v", err)
	}
	empty := offer(s, nil)
	fetched(t, client(t, s, newClock(), nil), empty)
}

func TestBrokenTransferGoesOn(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	at := newClock()
	c := client(t, s, at, nil)
	// Each of ten transfers breaks off, more than would be tried if nothing came.
	s.Fault(sdistPath, pypitest.Fault{Truncate: 60_000, Times: 10})
	fetched(t, c, f)
	requests := s.Requests()
	var bytes int64
	for i, r := range requests {
		bytes += r.Bytes
		if i > 0 && (r.Header.Get("Range") == "" || r.Header.Get("If-Range") == "" || r.Status != http.StatusPartialContent) {
			t.Errorf("request %d: %d, %v", i, r.Status, r.Header)
		}
	}
	if len(requests) != 11 || bytes != int64(len(big)) {
		t.Errorf("%d requests, %d bytes for a file of %d", len(requests), bytes, len(big))
	}
	noParts(t, c)
}

func TestAnotherProcessGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		then   []byte // what the server has by then
		etag   bool
		status []int
	}{
		"the same":               {big, true, []int{206}},
		"without a version":      {big, false, []int{206}},
		"another file":           {append([]byte("x"), big...), true, []int{200}},
		"another file, unmarked": {append([]byte("x"), big...), false, []int{206, 200}},
		"a shorter file":         {big[:100], false, []int{416, 200}},
	} {
		s := demo(t, pypitest.Options{})
		f := offer(s, big)
		dir := t.TempDir()
		killed := errors.New("killed")
		inDir := func(o *Options) {
			o.Dir, o.Sleep = dir, func(context.Context, time.Duration) error { return killed }
		}
		first := pypitest.Fault{Truncate: 60_000}
		if !c.etag {
			first.Header = http.Header{"Etag": {`W/"weak"`}}
		}
		s.Fault(sdistPath, first)
		_, err := client(t, s, newClock(), inDir).File(t.Context(), f)
		if !errors.Is(err, killed) {
			t.Fatal(err)
		}

		f = simple.File{Filename: f.Filename, URL: f.URL, Size: int64(len(c.then)), Hashes: f.Hashes}
		part := filepath.Join(dir, "files", "part", sum(big))
		if st, err := os.Stat(part); err != nil || st.Size() != 60_000 {
			t.Fatalf("%s: nothing is left of the first: %v", name, err)
		}
		want := f.Hashes["sha256"]
		offer(s, c.then)
		s.Fault(sdistPath, pypitest.Fault{})
		s.Forget()
		second := client(t, s, newClock(), func(o *Options) { o.Dir = dir })
		f.Size = -1
		_, err = second.File(t.Context(), f)
		_, wrong := errors.AsType[*HashError](err)
		if same := sum(c.then) == want; same != (err == nil) || !same && !wrong {
			t.Errorf("%s: %v", name, err)
		}
		var got []int
		for _, r := range s.Requests() {
			got = append(got, r.Status)
		}
		if len(got) != len(c.status) || got[0] != c.status[0] || got[len(got)-1] != c.status[len(got)-1] {
			t.Errorf("%s: answered %v, want %v", name, got, c.status)
		}
	}
}

// What came in an earlier try may be damaged: then the file is fetched once more, whole.
func TestDamagedPart(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	for name, part := range map[string][]byte{
		"another beginning": []byte("something else"),
		"too long":          append(bytes.Clone(big), 'x'),
		"whole but wrong":   bytes.Repeat([]byte("x"), len(big)),
	} {
		c := client(t, s, newClock(), nil)
		if err := os.WriteFile(filepath.Join(c.filesDir, "part", sum(big)), part, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		fetched(t, c, f)
		noParts(t, c)
	}
	c := client(t, s, newClock(), nil)
	if err := os.WriteFile(filepath.Join(c.filesDir, "part", sum(big)), big, 0o644); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	fetched(t, c, f)
	if len(s.Requests()) != 0 {
		t.Error("it was all there, and fetched nevertheless")
	}
}

func TestWrongHash(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	c := client(t, s, newClock(), nil)
	s.Fault(sdistPath, pypitest.Fault{Corrupt: true})
	_, err := c.File(t.Context(), f)
	wrong, ok := errors.AsType[*HashError](err)
	if !ok || errors.Is(err, ErrUnreachable) || wrong.Want != sum(big) || wrong.Got == wrong.Want || wrong.Filename != f.Filename {
		t.Errorf("%v", err)
	}
	nothingKept(t, c)
	s.Fault(sdistPath, pypitest.Fault{})
	fetched(t, c, f)
}

func TestLargerThanSaid(t *testing.T) {
	for name, fault := range map[string]pypitest.Fault{
		"announced":   {Body: append(bytes.Clone(big), 'x')},
		"unannounced": {Extra: 1},
		"endless":     {Extra: 3_000_000},
	} {
		s := demo(t, pypitest.Options{})
		f := offer(s, big)
		c := client(t, s, newClock(), nil)
		s.Fault(sdistPath, fault)
		_, err := c.File(t.Context(), f)
		large, ok := errors.AsType[*SizeError](err)
		if !ok || large.Limit != int64(len(big)) {
			t.Errorf("%s: %v", name, err)
		}
		nothingKept(t, c)
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
		s.Fault(sdistPath, pypitest.Fault{})
		fetched(t, c, f)
	}
}

// What is announced as too large is not even waited for.
func TestAnnouncedAsTooLarge(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000001")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer srv.Close()
	c, err := New(Options{Index: srv.URL, Dir: t.TempDir(), Silence: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.File(t.Context(), simple.File{Filename: "x", URL: srv.URL + "/x", Size: 1_000_000, Hashes: map[string]string{"sha256": sum(big)}})
	if _, ok := errors.AsType[*SizeError](err); !ok {
		t.Error(err)
	}
}

func TestFileThatCanNotBeHad(t *testing.T) {
	for name, c := range map[string]struct {
		fault pypitest.Fault
		tries int
		why   string
	}{
		"503":           {pypitest.Fault{Status: 503}, 4, "503"},
		"403":           {pypitest.Fault{Status: 403}, 1, "403"},
		"loop":          {pypitest.Fault{Redirect: sdistPath}, 11, "redirected"},
		"shorter":       {pypitest.Fault{Status: 200, Body: big[:1000]}, 4, "1000 bytes came of the 640000"},
		"breaks":        {pypitest.Fault{Truncate: 1, Header: http.Header{"Accept-Ranges": nil}}, maxTries, "broke off"},
		"no such range": {pypitest.Fault{Status: 416}, 1, "416"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, pypitest.Options{})
			f := offer(s, big)
			s.Fault(sdistPath, c.fault)
			cl := client(t, s, newClock(), nil)
			_, err := cl.File(t.Context(), f)
			unreachable(t, err, c.why)
			if n := s.Count(sdistPath); n < c.tries || n > c.tries+4 {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
			nothingKept(t, cl)
		})
	}
	s := demo(t, pypitest.Options{})
	c := client(t, s, newClock(), func(o *Options) { o.Silence = 20 * time.Millisecond })
	f := offer(s, big)
	s.Fault(sdistPath, pypitest.Fault{Silent: true})
	_, err := c.File(t.Context(), f)
	unreachable(t, err, "silence")
	s.Fault(sdistPath, pypitest.Fault{Status: 404})
	if _, err := c.File(t.Context(), f); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrUnreachable) {
		t.Errorf("404: %v", err)
	}
	f.URL = "../relative.tar.gz"
	_, err = c.File(t.Context(), f)
	unreachable(t, err, "no http or https address")
}

// A server that sends another part than the one asked for is asked for the whole.
func TestWrongPart(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("Range") != "" {
			w.Header().Set("Content-Range", "bytes 0-9/640000")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(big[:10])
			return
		}
		w.Write(big)
	}))
	defer srv.Close()
	c, err := New(Options{Index: srv.URL, Dir: t.TempDir(), Sleep: newClock().Sleep})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := os.WriteFile(filepath.Join(c.filesDir, "part", sum(big)), big[:500], 0o644); err != nil {
		t.Fatal(err)
	}
	fetched(t, c, simple.File{Filename: "x", URL: srv.URL + "/x", Size: int64(len(big)), Hashes: map[string]string{"sha256": sum(big)}})
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

func TestFileWithoutHash(t *testing.T) {
	s := demo(t, pypitest.Options{})
	c := client(t, s, newClock(), nil)
	f := offer(s, big)
	for _, hashes := range []map[string]string{nil, {"md5": "00"}, {"sha256": ""}, {"sha256": "00"}, {"sha256": strings.Repeat("x", 64)}, {"sha256": "../" + sum(big)[3:]}} {
		f.Hashes = hashes
		if _, err := c.File(t.Context(), f); err == nil || !strings.Contains(err.Error(), "no SHA-256") {
			t.Errorf("%v: %v", hashes, err)
		}
	}
	if s.Count("/files/") != 0 {
		t.Error("it was asked for")
	}
}

func TestManyWantOneFile(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	s.Fault(sdistPath, pypitest.Fault{Slow: time.Millisecond})
	c := client(t, s, newClock(), nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.File(t.Context(), f); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.Count(sdistPath); n != 1 {
		t.Errorf("%d transfers", n)
	}
}

// Several processes that share the folder don't spoil each other's parts.
func TestManyProcessesWantOneFile(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	s.Fault(sdistPath, pypitest.Fault{Slow: time.Millisecond})
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 5 {
		c := client(t, s, newClock(), func(o *Options) { o.Dir = dir })
		wg.Go(func() {
			if _, err := c.File(t.Context(), f); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c := client(t, s, newClock(), func(o *Options) { o.Dir = dir })
	fetched(t, c, f)
	noParts(t, c)
}

func TestFileGivenUp(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	s.Fault(sdistPath, pypitest.Fault{Silent: true})
	c := client(t, s, newClock(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() { _, err := c.File(ctx, f); failed <- err }()
	for s.Count(sdistPath) == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
}

func TestCacheErrors(t *testing.T) {
	if err := cacheError(&fs.PathError{Op: "rename", Path: "x", Err: fs.ErrNotExist}); errors.Is(err, fs.ErrNotExist) {
		t.Error("a cache that is gone looks like a file that upstream doesn't have")
	}
	if err := cacheError(fs.ErrPermission); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
}

// A cache that was deleted meanwhile is made again, and never looks like a file that upstream doesn't have.
func TestFileCacheDeleted(t *testing.T) {
	s := demo(t, pypitest.Options{})
	f := offer(s, big)
	c := client(t, s, newClock(), nil)
	if err := os.RemoveAll(c.o.Dir); err != nil {
		t.Fatal(err)
	}
	fetched(t, c, f)
	if err := os.RemoveAll(c.o.Dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.o.Dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.File(t.Context(), f); err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
}
