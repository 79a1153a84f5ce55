package pypitest

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what a server offers at its start and how it behaves. The zero value is an empty, well-behaved index.
type Options struct {
	Archives []string // txtar files, or folders of them
	Pages    []string // folders of recorded pages
	Files    []string // folders of wheels and sdists

	HTMLOnly     bool   // pages are text/html whatever is asked for
	CacheControl string // of pages; "" means "max-age=600, public"; "none" sends no such header
	NoETag       bool   // pages have a Last-Modified instead
	User         string // with Password: needed for everything, else 401
	Password     string
	TLS          bool // https, with a certificate that only CA vouches for
}

// Server is an index on loopback. Its methods may be called at any time, from any goroutine.
type Server struct {
	URL string // its simple root; ends in "/"

	o    Options
	http *httptest.Server
	done chan struct{}
	once sync.Once

	mu       sync.Mutex
	projects map[string]*pageProject // by normalised name
	faults   map[string]*fault       // by path
	log      []*Request
}

// New starts a server that offers what those txtar files, or folders of them, describe; it ends with the test.
func New(t testing.TB, archives ...string) *Server {
	t.Helper()
	return NewOptions(t, Options{Archives: archives})
}

// NewOptions is New with more to choose.
func NewOptions(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a server outside of a test. Close ends it.
func Start(o Options) (*Server, error) {
	s := &Server{o: o, done: make(chan struct{}), projects: map[string]*pageProject{}, faults: map[string]*fault{}}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // broken connections are on purpose here
	if o.TLS {
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	s.URL = s.http.URL + "/simple/"
	return s, nil
}

func (s *Server) load() error {
	var errs []error
	for _, path := range s.o.Pages {
		errs = append(errs, s.AddPages(path))
	}
	for _, path := range s.o.Files {
		errs = append(errs, s.AddFiles(path))
	}
	for _, path := range s.o.Archives {
		errs = append(errs, s.AddArchive(path))
	}
	return errors.Join(errs...)
}

// Close ends the server and every request that still waits. It may be called again.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.done)
		s.http.Close()
	})
}

// CA is the certificate, in PEM, that vouches for a server with TLS; nil without.
func (s *Server) CA() []byte {
	c := s.http.Certificate()
	if c == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// FileURL is where the server has that file.
func (s *Server) FileURL(project, filename string) string {
	return s.http.URL + "/files/" + normalize(project) + "/" + filename
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	lw := s.logged(w, r)
	if s.o.User != "" {
		if user, password, _ := r.BasicAuth(); user != s.o.User || password != s.o.Password {
			lw.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			http.Error(lw, "not without a password", http.StatusUnauthorized)
			return
		}
	}
	if f := s.strike(r.URL.Path); f != nil {
		s.spoil(lw, r, f, http.HandlerFunc(s.answer))
		return
	}
	s.answer(lw, r)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only to be read", http.StatusMethodNotAllowed)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/simple/"); ok {
		s.answerSimple(w, r, name)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		project, filename, _ := strings.Cut(rest, "/")
		s.answerFile(w, r, project, filename)
		return
	}
	http.NotFound(w, r)
}

func (s *Server) answerSimple(w http.ResponseWriter, r *http.Request, rest string) {
	if rest == "" {
		s.answerRoot(w, r)
		return
	}
	name, inside, slash := strings.Cut(rest, "/")
	if inside != "" { // recorded pages name their files relative to themselves
		s.answerFile(w, r, name, inside)
		return
	}
	if normal := normalize(name); !slash || normal != name {
		http.Redirect(w, r, "/simple/"+normal+"/", http.StatusMovedPermanently)
		return
	}
	s.mu.Lock()
	p := s.projects[name]
	var asJSON, asHTML []byte
	var err error
	if p != nil {
		asJSON, err = p.json(name)
		asHTML = p.html(name)
	}
	s.mu.Unlock()
	switch {
	case p == nil:
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		s.answerPage(w, r, asJSON, asHTML)
	}
}

func (s *Server) answerRoot(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var spelt []string
	for _, p := range s.projects {
		spelt = append(spelt, p.spelt)
	}
	s.mu.Unlock()
	slices.Sort(spelt)
	asJSON, err := rootJSON(spelt)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.answerPage(w, r, asJSON, rootHTML(spelt))
}

func (s *Server) answerPage(w http.ResponseWriter, r *http.Request, asJSON, asHTML []byte) {
	contentType := choose(r.Header.Get("Accept"), s.o.HTMLOnly)
	if contentType == "" {
		http.Error(w, "nothing acceptable", http.StatusNotAcceptable)
		return
	}
	body := asHTML
	if contentType == typeJSON {
		body = asJSON
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Vary", "Accept")
	switch s.o.CacheControl {
	case "":
		h.Set("Cache-Control", "max-age=600, public")
	case "none":
	default:
		h.Set("Cache-Control", s.o.CacheControl)
	}
	var modified time.Time
	if s.o.NoETag {
		modified = lastModified(body)
	} else {
		h.Set("ETag", `"`+hexSum(body)[:16]+`"`)
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// lastModified is a date that changes with the body, and with nothing else.
func lastModified(body []byte) time.Time {
	var n int64
	for _, c := range []byte(hexSum(body)[:6]) {
		n = n<<4 + int64(strings.IndexByte("0123456789abcdef", c))
	}
	return time.Unix(1_500_000_000+n, 0).UTC()
}

func (s *Server) answerFile(w http.ResponseWriter, r *http.Request, project, filename string) {
	s.mu.Lock()
	var content []byte
	if p := s.projects[normalize(project)]; p != nil {
		if f := p.file(filename); f != nil {
			content = f.content
		} else if of, ok := strings.CutSuffix(filename, ".metadata"); ok {
			if f := p.file(of); f != nil {
				content = f.metadata
			}
		}
	}
	s.mu.Unlock()
	if content == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"`+hexSum(content)[:16]+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
