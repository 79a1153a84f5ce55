package upstream

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"wheelyard/internal/pypitest"
)

func withUser(url string) string { return strings.Replace(url, "://", "://alice:s3cret@", 1) }

func TestCredentials(t *testing.T) {
	s := demo(t, pypitest.Options{User: "alice", Password: "s3cret"})
	c := client(t, s, newClock(), func(o *Options) { o.Index = withUser(s.URL) })
	f := sdist(t, c)
	fetched(t, c, f)
	if strings.Contains(f.URL, "s3cret") || strings.Contains(c.Index(), "alice") || c.Index() != s.URL {
		t.Errorf("%s %s", f.URL, c.Index())
	}
	_, err := client(t, s, newClock(), nil).Page(t.Context(), "demo-pkg")
	unreachable(t, err, "401")
	_, err = client(t, s, newClock(), func(o *Options) { o.Index = strings.Replace(s.URL, "://", "://alice:wr0ng@", 1) }).Page(t.Context(), "demo-pkg")
	unreachable(t, err, "401")
	if strings.Contains(err.Error(), "wr0ng") || strings.Contains(err.Error(), "alice") {
		t.Errorf("they are printed: %v", err)
	}
}

// Neither a file of another host nor a redirect to one takes the credentials along; a redirect back gets them again.
func TestCredentialsStayWithTheirHost(t *testing.T) {
	var leaked atomic.Bool
	s := demo(t, pypitest.Options{User: "alice", Password: "s3cret"})
	content := []byte("content")
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || strings.Contains(r.Header.Get("Referer"), "s3cret") {
			leaked.Store(true)
		}
		if strings.HasSuffix(r.URL.Path, ".gz") {
			w.Write(content)
			return
		}
		http.Redirect(w, r, s.URL+"demo-pkg/", http.StatusFound)
	}))
	defer other.Close()
	s.AddFile("demo-pkg", "demo_pkg-2.0.tar.gz", content, pypitest.Attrs{URL: other.URL + "/demo_pkg-2.0.tar.gz"})
	s.Fault("/simple/moved/", pypitest.Fault{Redirect: other.URL + "/moved/"})
	c := client(t, s, newClock(), func(o *Options) { o.Index = withUser(s.URL) })
	files := page(t, c).Project.Files
	fetched(t, c, files[len(files)-1])
	_, err := c.Page(t.Context(), "moved")
	unreachable(t, err, "another project") // it went there and back
	if leaked.Load() {
		t.Error("another host was given the credentials")
	}
}

func TestCredentialsInNoError(t *testing.T) {
	s := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Redirect: withUser(s.URL) + "demo-pkg/"})
	c := client(t, s, newClock(), func(o *Options) { o.Index = withUser(s.URL) })
	_, redirected := c.Page(t.Context(), "demo-pkg")
	s.Close()
	_, closed := c.Page(t.Context(), "other")
	_, notHTTP := New(Options{Index: "ftp://alice:s3cret@index.example/simple/"})
	_, noURL := New(Options{Index: "https://alice:s3cret@index.example:port/simple/"})
	_, noHost := New(Options{Index: "/simple/"})
	for _, err := range []error{redirected, closed, notHTTP, noURL, noHost} {
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v", err)
		}
	}
}

func TestCertificates(t *testing.T) {
	s := demo(t, pypitest.Options{TLS: true})
	_, err := client(t, s, newClock(), func(o *Options) { o.CA = "" }).Page(t.Context(), "demo-pkg")
	unreachable(t, err, "certificate")
	if n := s.Count("/"); n != 0 {
		t.Errorf("%d requests to a server that isn't trusted", n)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, s.CA(), 0o644); err != nil {
		t.Fatal(err)
	}
	page(t, client(t, s, newClock(), func(o *Options) { o.CA = file }))

	plain := demo(t, pypitest.Options{})
	s.Fault(demoPath, pypitest.Fault{Redirect: plain.URL + "demo-pkg/"})
	_, err = client(t, s, newClock(), func(o *Options) { o.CA = file }).Page(t.Context(), "demo-pkg")
	unreachable(t, err, "from https to http")

	for _, bad := range []string{filepath.Join(t.TempDir(), "none"), os.Args[0]} {
		if _, err := New(Options{Index: s.URL, Dir: t.TempDir(), CA: bad}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestPipCert(t *testing.T) {
	s := demo(t, pypitest.Options{TLS: true})
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, s.CA(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PIP_CERT", file)
	page(t, client(t, s, newClock(), nil))
}
