package git

import (
	"context"
	"errors"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// serve serves the repository with git's own program, to who gives the password "s3cret" when there is one to give.
func serve(t *testing.T, r *repo, password string) *httptest.Server {
	t.Helper()
	backend := filepath.Join(gitIn(t, "/", 0, "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Skip("git has no http-backend here")
	}
	handler := &cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(r.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=/"},
		InheritEnv: []string{"PATH"}, Stderr: nowhere{}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, given, _ := req.BasicAuth(); password != "" && given != password {
			w.Header().Set("WWW-Authenticate", "Basic realm=\"\x1b[2Jgit\"")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func TestHTTP(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	s := serve(t, r, "s3cret")
	address := func(user string) string { return strings.Replace(s.URL, "://", "://"+user, 1) + "/repo" }
	m := open(t, address("me:s3cret@"), nil)
	same(t, fetch(t, m), Change{"refs/heads/master", "", one})
	if m.Location() != s.URL+"/repo" {
		t.Error(m.Location())
	}
	err := filepath.WalkDir(m.o.Dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "s3cret") || strings.Contains(string(text), m.at.header) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]string{"": "could not read Username", "me:wr0ng@": "could not read Username", "t0ken@": "could not read Username"} {
		other := open(t, address(user), func(o *Options) { o.Dir = m.o.Dir })
		_, err := other.Fetch(t.Context())
		says(t, err, want, s.URL)
		if err != nil && (strings.Contains(err.Error(), "wr0ng") || strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), "\x1b")) {
			t.Error(err)
		}
		if got := read(t, other, resolve(t, other, "master").ID, "f"); got != "one" {
			t.Error(got)
		}
	}
	s.Close()
	_, err = m.Fetch(t.Context())
	says(t, err, "Failed to connect")
}

// A server that leads elsewhere: not to files, and not with the password to others.
func TestRedirect(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	var mu sync.Mutex
	var given []string
	behind := serve(t, r, "")
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		given = append(given, req.Header.Get("Authorization"))
		mu.Unlock()
		http.Redirect(w, req, behind.URL+req.URL.RequestURI(), http.StatusFound)
	}))
	t.Cleanup(other.Close)
	var to atomic.Value
	to.Store(other.URL)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Location", to.Load().(string)+req.URL.RequestURI())
		w.WriteHeader(http.StatusFound)
	}))
	t.Cleanup(s.Close)
	m := open(t, strings.Replace(s.URL, "://", "://me:s3cret@", 1)+"/repo", nil)
	same(t, fetch(t, m), Change{"refs/heads/master", "", one})
	for _, g := range given {
		if g != "" {
			t.Errorf("another server was given %s", g)
		}
	}
	if len(given) == 0 {
		t.Error("nobody was led there")
	}
	for _, elsewhere := range []string{"file://" + filepath.Dir(r.dir), "ext::sh", "ftp://127.0.0.1:1"} {
		to.Store(elsewhere)
		_, err := m.Fetch(t.Context())
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%s: %v", elsewhere, err)
		}
	}
}

// Answers that are none.
func TestNoRepository(t *testing.T) {
	var answer atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		answer.Load().(func(http.ResponseWriter, *http.Request))(w, req)
	}))
	t.Cleanup(s.Close)
	lines := func(body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
			w.Write([]byte(body))
		}
	}
	r := newRepo(t)
	r.commit("f", "one")
	m := fetched(t, r.dir)
	before, err := m.State()
	if err != nil {
		t.Fatal(err)
	}
	m = open(t, s.URL+"/x", func(o *Options) { o.Dir = m.o.Dir })
	for name, with := range map[string]func(http.ResponseWriter, *http.Request){
		"not found": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"broken":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"a line":    func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>Sorry\n")) },
		"a page":    func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>Sign in\x1b[2J")) },
		"nothing":   lines(""),
		"nonsense":  lines("zzzz"),
		"an error":  lines("001e# service=git-upload-pack\n0000000cERR \x1b[2J"),
		"cut off":   lines("001e# service=git-upload-pack\n000000"),
	} {
		answer.Store(with)
		_, err := m.Fetch(t.Context())
		if err == nil || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: %v", name, err)
		}
		if s, err := m.State(); err != nil || !slices.Equal(s.Refs, before.Refs) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

// A server that never answers is left when the context ends.
func TestSilence(t *testing.T) {
	asked := make(chan bool, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked <- true
		<-req.Context().Done()
	}))
	t.Cleanup(s.Close)
	m := open(t, s.URL+"/x", nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := m.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	same(t, processes(t, s.URL))
}
