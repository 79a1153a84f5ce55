package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"wheelyard/internal/pypitest"
	"wheelyard/packaging/project"
)

const demoPath = "/simple/demo-pkg/"

func TestPage(t *testing.T) {
	for _, htmlOnly := range []bool{false, true} {
		s := demo(t, pypitest.Options{HTMLOnly: htmlOnly})
		at := newClock()
		c := client(t, s, at, nil)
		p := page(t, c)
		if p.Project.Name != "demo-pkg" || p.Project.APIVersion != "1.4" || len(p.Project.Files) != 3 || !p.Checked.Equal(at.Now()) {
			t.Fatalf("HTML %t: %+v", htmlOnly, p)
		}
		f := p.Project.Files[0]
		if f.URL != s.FileURL("demo-pkg", "demo_pkg-1.0.tar.gz") || f.RequiresPython != ">=3.8" || len(f.Hashes["sha256"]) != 64 || f.UploadTime.IsZero() || f.Size <= 0 {
			t.Errorf("HTML %t: %+v", htmlOnly, f)
		}
		if old := p.Project.Files[2]; !old.Yanked || old.YankedReason != "it was wrong" {
			t.Errorf("HTML %t: %+v", htmlOnly, old)
		}
		if diff := cmp.Diff(p, page(t, c)); diff != "" {
			t.Errorf("HTML %t: out of the cache it is another: %s", htmlOnly, diff)
		}
	}
}

func TestFreshness(t *testing.T) {
	const never = 1000 * time.Hour
	for _, c := range []struct {
		control string
		asked   time.Duration // after which it is asked again
	}{
		{"max-age=600, public", 600 * time.Second},
		{"public, Max-Age=\"20\"", 20 * time.Second},
		{"none", minFresh},
		{"public", minFresh},
		{"no-cache", 0},
		{"max-age=300, no-store", 0},
		{"max-age=0", 0},
		{"max-age=soon", 0},
		{"max-age=99999999", maxFresh},
	} {
		for _, noETag := range []bool{false, true} {
			s := demo(t, pypitest.Options{CacheControl: c.control, NoETag: noETag})
			at := newClock()
			cl := client(t, s, at, nil)
			first := page(t, cl)
			ask := func(after time.Duration, want int) {
				t.Helper()
				at.pass(after)
				s.Forget()
				p := page(t, cl)
				if n := s.Count(demoPath); n != want {
					t.Errorf("%s: %d requests after %s, want %d", c.control, n, after, want)
				}
				if p.Digest != first.Digest {
					t.Errorf("%s: another digest", c.control)
				}
			}
			if c.asked > 0 {
				ask(c.asked-time.Second, 0)
				ask(time.Second, 1)
			} else {
				ask(0, 1)
			}
			if r := s.Requests(); r[0].Status != http.StatusNotModified {
				t.Errorf("%s, noETag %t: not revalidated: %d", c.control, noETag, r[0].Status)
			}
			if c.asked > time.Second {
				ask(c.asked-time.Second, 0) // confirmation counts as much as the page itself
			}
			ask(-never, 1) // the clock jumped back
		}
	}
}

func TestAgeCounts(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Header: http.Header{"Age": {"590"}}})
	at := newClock()
	c := client(t, s, at, nil)
	page(t, c)
	at.pass(11 * time.Second)
	page(t, c)
	if n := s.Count(demoPath); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// A confirmation that says nothing of its own leaves the time that the page came with.
func TestConfirmedForAsLong(t *testing.T) {
	s := demo(t, pypitest.Options{CacheControl: "max-age=20"})
	at := newClock()
	c := client(t, s, at, nil)
	page(t, c)
	s.Fault(demoPath, pypitest.Fault{Header: http.Header{"Cache-Control": nil}})
	at.pass(20 * time.Second)
	page(t, c)
	at.pass(20 * time.Second)
	page(t, c)
	if n := s.Count(demoPath); n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestDigestIsOfWhatMatters(t *testing.T) {
	s := demo(t, pypitest.Options{CacheControl: "no-cache"})
	c := client(t, s, newClock(), nil)
	first := page(t, c)
	if !strings.HasPrefix(first.Digest, "sha256:") || len(first.Digest) != 71 {
		t.Errorf("digest %q", first.Digest)
	}
	s.Touch("demo-pkg")
	touched := page(t, c)
	if r := s.Requests(); r[len(r)-1].Status != 200 || touched.Digest != first.Digest {
		t.Errorf("a new serial number changes the digest, or came as %d", r[len(r)-1].Status)
	}
	s.AddFile("demo-pkg", "demo_pkg-1.1.tar.gz", []byte("x"), pypitest.Attrs{})
	if p := page(t, c); p.Digest == first.Digest || len(p.Project.Files) != 4 {
		t.Errorf("a new file: %d files, the same digest: %t", len(p.Project.Files), p.Digest == first.Digest)
	}
}

func TestNoSuchProject(t *testing.T) {
	s := demo(t, pypitest.Options{})
	at := newClock()
	c := client(t, s, at, nil)
	for range 2 {
		if _, err := c.Page(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrUnreachable) {
			t.Errorf("absent: %v", err)
		}
	}
	if n := s.Count("/simple/"); n != 1 {
		t.Errorf("%d requests for what isn't there", n)
	}
	at.pass(minFresh)
	s.AddFile("absent", "absent-1.tar.gz", nil, pypitest.Attrs{})
	if _, err := c.Page(t.Context(), "absent"); err != nil {
		t.Errorf("now it is there: %v", err)
	}
	for _, name := range []project.Name{"", "../x", "a/b", "A", "a b", "-a", "é", project.Name(strings.Repeat("a", 300))} {
		if _, err := c.Page(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if s.Count("/simple/") != 2 {
		t.Error("a name that can't be was asked for")
	}
	s.Fault("/simple/gone/", pypitest.Fault{Status: 410})
	if _, err := c.Page(t.Context(), "gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("410: %v", err)
	}
}

func TestWhatCanNotBeBelieved(t *testing.T) {
	typed := func(contentType string) http.Header { return http.Header{"Content-Type": {contentType}} }
	json, html := typed("application/vnd.pypi.simple.v1+json"), typed("text/html; charset=utf-8")
	for name, c := range map[string]struct {
		fault pypitest.Fault
		tries int
		why   string
	}{
		"500":                   {pypitest.Fault{Status: 500}, 4, "500 Internal Server Error (tried 4 times)"},
		"503":                   {pypitest.Fault{Status: 503}, 4, "503"},
		"429":                   {pypitest.Fault{Status: 429}, 4, "429"},
		"408":                   {pypitest.Fault{Status: 408}, 4, "408"},
		"401":                   {pypitest.Fault{Status: 401}, 1, "NAME:PASSWORD@"},
		"403":                   {pypitest.Fault{Status: 403}, 1, "NAME:PASSWORD@"},
		"407":                   {pypitest.Fault{Status: 407}, 1, "HTTPS_PROXY"},
		"400":                   {pypitest.Fault{Status: 400}, 1, "400"},
		"204":                   {pypitest.Fault{Status: 204}, 1, "204"},
		"304 unasked":           {pypitest.Fault{Status: 304}, 1, "304"},
		"truncated":             {pypitest.Fault{Truncate: 100}, 4, "broke off"},
		"truncated, no length":  {pypitest.Fault{Body: []byte(`{"files":[{"filename":"a`), Header: json}, 1, "ends within a text"},
		"wrong type":            {pypitest.Fault{Header: typed("image/png")}, 1, `"image/png"`},
		"plain JSON":            {pypitest.Fault{Header: typed("application/json")}, 1, `"application/json"`},
		"no type":               {pypitest.Fault{Header: typed("")}, 1, `""`},
		"no page":               {pypitest.Fault{Body: []byte(`{"message":"come back later"}`), Header: json}, 1, "no list of files"},
		"a wall":                {pypitest.Fault{Body: []byte(`<html><a href="/login.html">log in</a>`), Header: html}, 1, "without any file"},
		"not JSON":              {pypitest.Fault{Body: []byte(`<html>`), Header: json}, 1, "no page of a package index"},
		"another project":       {pypitest.Fault{Body: []byte(`{"name":"other","files":[]}`), Header: json}, 1, "another project, other"},
		"version 2":             {pypitest.Fault{Body: []byte(`{"meta":{"api-version":"2.0"},"files":[]}`), Header: json}, 1, `"2.0"`},
		"unknown charset":       {pypitest.Fault{Body: []byte(`<a href="a-1.zip">`), Header: typed("text/html; charset=ebcdic")}, 1, "ebcdic"},
		"redirect loop":         {pypitest.Fault{Redirect: demoPath}, 11, "redirected more than 10 times"},
		"redirect too far":      {pypitest.Fault{Redirect: "/" + strings.Repeat("a", maxURL)}, 1, "too long"},
		"too large":             {pypitest.Fault{Body: make([]byte, 5000), Header: json}, 1, "too large"},
		"too large, no length":  {pypitest.Fault{Extra: 5000}, 1, "too large"},
		"redirect to elsewhere": {pypitest.Fault{Redirect: "gopher://x.example/"}, 4, "unsupported protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, pypitest.Options{})
			s.Fault(demoPath, c.fault)
			cl := client(t, s, newClock(), func(o *Options) { o.MaxPage = 4096 })
			_, err := cl.Page(t.Context(), "demo-pkg")
			unreachable(t, err, c.why)
			if !strings.Contains(err.Error(), s.URL) && !strings.Contains(err.Error(), "simple/demo-pkg/") {
				t.Errorf("it doesn't say what was asked: %v", err)
			}
			if n := s.Count(demoPath); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
			if entries, _ := os.ReadDir(cl.pagesDir); len(entries) != 0 {
				t.Errorf("it is in the cache: %v", entries)
			}
			s.Fault(demoPath, pypitest.Fault{})
			page(t, cl)
		})
	}
}

func TestSilence(t *testing.T) {
	for name, fault := range map[string]pypitest.Fault{
		"at once": {Silent: true},
		"midway":  {Slow: time.Hour},
	} {
		s := demo(t, pypitest.Options{})
		s.Fault(demoPath, fault)
		c := client(t, s, newClock(), func(o *Options) { o.Silence = 20 * time.Millisecond })
		_, err := c.Page(t.Context(), "demo-pkg")
		unreachable(t, err, "silence")
		if n := s.Count(demoPath); n != 4 {
			t.Errorf("%s: %d tries", name, n)
		}
	}
}

// Slow is not silent: what keeps coming is waited for, however long it takes in all.
func TestSlowness(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Slow: 60 * time.Millisecond})
	page(t, client(t, s, newClock(), func(o *Options) { o.Silence = 400 * time.Millisecond }))
}

func TestRetries(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		after string
		want  []time.Duration
	}{
		{"", []time.Duration{second / 2, second, 2 * second}},
		{"3", []time.Duration{3 * second, 3 * second, 3 * second}},
		{"nonsense", []time.Duration{second / 2, second, 2 * second}},
		{"Tue, 24 Nov 2026 12:00:20 GMT", []time.Duration{20 * second, second, 2 * second}},
		{"Tue, 24 Nov 2026 11:00:00 GMT", []time.Duration{second / 2, second, 2 * second}},
		{"61", nil},
		{"Tue, 24 Nov 2026 13:00:00 GMT", nil},
	} {
		s := demo(t, pypitest.Options{})
		s.Fault(demoPath, pypitest.Fault{Status: 503, RetryAfter: c.after})
		at := newClock()
		_, err := client(t, s, at, nil).Page(t.Context(), "demo-pkg")
		unreachable(t, err, "503")
		if diff := cmp.Diff(c.want, at.slept()); diff != "" {
			t.Errorf("Retry-After %q: %s", c.after, diff)
		}
		if c.want == nil && !strings.Contains(err.Error(), "asks to be left alone") {
			t.Errorf("Retry-After %q: %v", c.after, err)
		}
	}
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Status: 503, Times: 3})
	page(t, client(t, s, newClock(), nil))
}

func TestPausesAreSpread(t *testing.T) {
	c := &Client{}
	for jitter, want := range map[float64]time.Duration{0: time.Second, 0.5: 2 * time.Second, 0.999: 2998 * time.Millisecond} {
		c.o.Jitter = func() float64 { return jitter }
		if got := c.pause(3, 0); got != want {
			t.Errorf("jitter %v: %s, want %s", jitter, got, want)
		}
	}
	if got := c.pause(30, 0); got > 2*longest {
		t.Errorf("try 30: %s", got)
	}
}

// An index that isn't there is not asked for hundreds of pages one after the other.
func TestOutage(t *testing.T) {
	s := demo(t, pypitest.Options{})
	at := newClock()
	c := client(t, s, at, nil)
	for i := range 6 {
		s.Fault(fmt.Sprintf("/simple/p%d/", i), pypitest.Fault{Status: 503})
		_, err := c.Page(t.Context(), project.Name(fmt.Sprintf("p%d", i)))
		unreachable(t, err, "503")
	}
	if n := s.Count("/simple/"); n != 12 {
		t.Errorf("%d requests, want those of three pages", n)
	}
	at.pass(outageLasts)
	page(t, c)
	for i := range 2 * outageAfter { // an answer between them: no outage
		if _, err := c.Page(t.Context(), project.Name(fmt.Sprintf("absent%d", i))); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("between: %v", err)
		}
		_, err := c.Page(t.Context(), project.Name(fmt.Sprintf("p%d", i)))
		unreachable(t, err, "503")
		if strings.Contains(err.Error(), "not asked") {
			t.Error(err)
		}
	}
	if _, err := c.Page(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the outage: %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	s := demo(t, pypitest.Options{})
	at := newClock()
	c := client(t, s, at, nil)
	page(t, c)
	s.Close()
	page(t, c) // still fresh
	at.pass(time.Hour)
	_, err := c.Page(t.Context(), "demo-pkg")
	unreachable(t, err, "connection refused")
	unreachable(t, err, "the cache knows it as of 2026-11-24T12:00:00Z")
}

func TestOffline(t *testing.T) {
	s := demo(t, pypitest.Options{})
	dir := t.TempDir()
	at := newClock()
	c := client(t, s, at, func(o *Options) { o.Dir = dir })
	want := page(t, c)
	if _, err := c.Page(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	path, err := c.File(t.Context(), want.Project.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	at.pass(1000 * time.Hour)
	s.Forget()
	off := client(t, s, at, func(o *Options) { o.Dir, o.Offline = dir, true })
	if diff := cmp.Diff(want, page(t, off)); diff != "" {
		t.Error(diff)
	}
	if _, err := off.Page(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("known to be absent: %v", err)
	}
	_, err = off.Page(t.Context(), "unknown")
	unreachable(t, err, "offline")
	if got, err := off.File(t.Context(), want.Project.Files[0]); err != nil || got != path {
		t.Errorf("%s, %v", got, err)
	}
	_, err = off.File(t.Context(), want.Project.Files[1])
	unreachable(t, err, "offline")
	if len(s.Requests()) != 0 {
		t.Error("something was asked")
	}
}

func TestDamagedCache(t *testing.T) {
	s := demo(t, pypitest.Options{})
	c := client(t, s, newClock(), nil)
	want := page(t, c)
	edit := func(path string, change func([]byte) []byte) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	json, head := c.pageFile("demo-pkg"), c.headFile("demo-pkg")
	for name, damage := range map[string]func(){
		"a bit": func() {
			edit(json, func(b []byte) []byte { b[bytes.Index(b, []byte(`"sha256":"`))+10] ^= 1; return b })
		},
		"cut":        func() { edit(json, func(b []byte) []byte { return b[:len(b)/2] }) },
		"empty":      func() { edit(json, func([]byte) []byte { return nil }) },
		"gone":       func() { os.Remove(json) },
		"empty head": func() { edit(head, func([]byte) []byte { return nil }) },
		"head cut":   func() { edit(head, func(b []byte) []byte { return b[:len(b)/2] }) },
		"head gone":  func() { os.Remove(head) },
		"another head": func() {
			edit(head, func([]byte) []byte {
				return []byte(`{"checked":"2026-11-24T12:00:00Z","fresh":600000000000,"etag":"x"}`)
			})
		},
		"all gone": func() { os.RemoveAll(c.o.Dir) },
	} {
		for _, later := range []bool{false, true} {
			damage()
			if later {
				c.o.Now = func() time.Time { return want.Checked.Add(time.Hour) } // asked again only if it has changed
			} else {
				c.o.Now = func() time.Time { return want.Checked }
			}
			if diff := cmp.Diff(want.Project, page(t, c).Project); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			c.o.Now = func() time.Time { return want.Checked }
			os.RemoveAll(c.o.Dir)
			page(t, c)
		}
	}
}

func TestOneRequestForMany(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Slow: time.Millisecond})
	c := client(t, s, newClock(), nil)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := c.Page(t.Context(), "demo-pkg"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.Count(demoPath); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Who gives up doesn't take the page from the others; when all give up, so does the request.
func TestGivingUp(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Silent: true, Times: 1})
	c := client(t, s, newClock(), func(o *Options) { o.Silence = 200 * time.Millisecond })
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error), make(chan error)
	go func() { _, err := c.Page(ctx, "demo-pkg"); first <- err }()
	for s.Count(demoPath) == 0 {
		runtime.Gosched()
	}
	go func() { _, err := c.Page(t.Context(), "demo-pkg"); second <- err }()
	for waiting(c) < 2 {
		runtime.Gosched()
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("who gave up: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("who stayed: %v", err)
	}
	if _, err := c.Page(ctx, "demo-pkg"); !errors.Is(err, context.Canceled) {
		t.Errorf("who came too late: %v", err)
	}

	s.Fault("/simple/mute/", pypitest.Fault{Silent: true})
	ctx, cancel = context.WithCancel(t.Context())
	c.o.Silence = time.Hour
	go func() { _, err := c.Page(ctx, "mute"); first <- err }()
	for s.Count("/simple/mute/") == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.work.Wait() // nothing is under way any more
}

func waiting(c *Client) int {
	c.pages.mu.Lock()
	defer c.pages.mu.Unlock()
	n := 0
	for _, f := range c.pages.now {
		n += f.wanted
	}
	return n
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Silent: true})
	c := client(t, s, newClock(), func(o *Options) { o.Tries = 1 })
	failed := make(chan error)
	go func() { _, err := c.Page(t.Context(), "demo-pkg"); failed <- err }()
	for s.Count(demoPath) == 0 {
		runtime.Gosched()
	}
	c.Close()
	if err := <-failed; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
	if _, err := c.Page(t.Context(), "other"); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	var now, most atomic.Int32
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		<-release
		http.NotFound(w, r)
	}))
	defer srv.Close()
	c, err := New(Options{Index: srv.URL, Dir: t.TempDir(), Connections: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { c.Page(t.Context(), project.Name(fmt.Sprintf("p%d", i))) })
	}
	for now.Load() < 3 || waiting(c) < 20 {
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	if most.Load() != 3 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestRedirects(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault("/simple/demo-pkg/", pypitest.Fault{Redirect: "/elsewhere/demo-pkg/"})
	body := `<base href="sub/"><a href="demo_pkg-1.0.tar.gz#sha256=00">x</a><a href="ftp://x.example/demo_pkg-2.tar.gz">x</a><a href="https://u:p@h.example/demo_pkg-3.tar.gz">x</a>`
	s.Fault("/elsewhere/demo-pkg/", pypitest.Fault{Status: 200, Body: []byte(body), Header: http.Header{"Content-Type": {"text/html"}}})
	p := page(t, client(t, s, newClock(), nil))
	var urls []string
	for _, f := range p.Project.Files {
		urls = append(urls, f.URL)
	}
	want := []string{strings.TrimSuffix(s.URL, "/simple/") + "/elsewhere/demo-pkg/sub/demo_pkg-1.0.tar.gz", "https://h.example/demo_pkg-3.tar.gz"}
	if diff := cmp.Diff(want, urls); diff != "" {
		t.Error(diff)
	}
}

func TestLatin1(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Body: []byte("<a href=demo-1.zip data-yanked=tr\xe8s>"), Header: http.Header{"Content-Type": {"text/html; charset=ISO-8859-1"}}})
	if p := page(t, client(t, s, newClock(), nil)); p.Project.Files[0].YankedReason != "très" {
		t.Errorf("%+v", p.Project.Files)
	}
}

func TestTwoIndexesInOneFolder(t *testing.T) {
	a, b := demo(t, pypitest.Options{}), pypitest.New(t)
	dir := t.TempDir()
	at := newClock()
	page(t, client(t, a, at, func(o *Options) { o.Dir = dir }))
	if _, err := client(t, b, at, func(o *Options) { o.Dir = dir }).Page(t.Context(), "demo-pkg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one index answered for the other: %v", err)
	}
}

func TestUnwritableCache(t *testing.T) {
	s := demo(t, pypitest.Options{})
	c := client(t, s, newClock(), nil)
	if err := os.RemoveAll(c.pagesDir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.pagesDir, nil, 0o644); err != nil { // a file where the folder must be
		t.Fatal(err)
	}
	page(t, c)
	if _, err := New(Options{Index: "https://index.example/simple/", Dir: filepath.Join("/dev/null", "x")}); err == nil {
		t.Error("a cache that can't be was taken")
	}
}

// TestReadOnlyCache: who may not write to the cache is answered all the same, also from what is in it.
func TestReadOnlyCache(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("wheelyard-test", dir, "tmpfs", unix.MS_RDONLY, ""); err != nil {
		t.Skip("mounting a read-only file system: ", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	up := pypitest.New(t, "testdata/demo.txtar")
	c, err := New(Options{Index: up.URL, Dir: filepath.Join(dir, "upstream")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	page, err := c.Page(t.Context(), "demo-pkg")
	if err != nil || len(page.Project.Files) == 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := c.Page(t.Context(), "nobody"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := c.File(t.Context(), page.Project.Files[0]); err == nil {
		t.Error("a file was had without a place for it")
	}
}

// TestOthersRead: a page that one user fetched can be used by others.
func TestOthersRead(t *testing.T) {
	up := pypitest.New(t, "testdata/demo.txtar")
	dir := t.TempDir()
	c, err := New(Options{Index: up.URL, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Page(t.Context(), "demo-pkg"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "pages", "*", "demo-pkg.*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v", info, err)
		}
	}
}
