// Package upstream asks a package index for its pages and files, and remembers both.
//
// What always holds: a page is one that the index confirmed within the time that it allowed, or an error; "no such project" (fs.ErrNotExist)
// and "could not be asked" ([ErrUnreachable]) are never mixed up; a file is in the cache only if its SHA-256 is the one said; credentials in
// the index's address go to that host alone and stand in no error.
//
// Below [Options.Dir], all of which may be deleted at any time:
//
//	pages/INDEX/NAME.head   how the page was received and until when it counts; INDEX is a digest of the index's address
//	pages/INDEX/NAME.json   the page, as this module's own JSON with absolute URLs; none for a project that isn't there
//	files/sha256/ab/abcd…   files by digest
//	files/part/abcd…        what has come of a file so far, and in abcd….etag the version that it is a part of
//
// A damaged entry is as good as none. Several processes may share the folder.
package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"wheelyard/internal/durable"
	"wheelyard/packaging/simple"
)

// ErrUnreachable: the index could not be asked, or what it answered can't be believed. "No such project" is fs.ErrNotExist instead.
var ErrUnreachable = errors.New("upstream could not be asked")

// Options say which index is asked, and how.
type Options struct {
	Index   string // base URL, ends in /simple/ or alike; may hold a name and password
	Dir     string // cache folder; pages/ and files/ below
	Offline bool   // answer from the cache alone, however old it is

	Connections int           // requests at once; 0: 8
	Tries       int           // of one request in all; 0: 4
	Silence     time.Duration // how long a server may say nothing before it counts as gone; 0: 30 s
	MaxPage     int64         // bytes of a page; 0: 64 MiB
	MaxFile     int64         // bytes of a file whose size isn't said; 0: 4 GiB
	CA          string        // file of certificates, in PEM, that are trusted instead of the system's; "": $PIP_CERT, else the system's

	Now    func() time.Time                           // nil: time.Now
	Sleep  func(context.Context, time.Duration) error // nil: really waits
	Jitter func() float64                             // in [0,1), spreads out what is tried again; nil: math/rand
}

const (
	defaultConnections = 8
	defaultTries       = 4
	defaultSilence     = 30 * time.Second
	defaultMaxPage     = 64 << 20
	defaultMaxFile     = 4 << 30
)

// Client asks one index. Its methods may be called from any number of goroutines.
type Client struct {
	o        Options
	base     *url.URL // without user
	pagesDir string
	filesDir string
	http     *http.Client
	slots    chan struct{} // one for each request that may be under way

	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	work  sync.WaitGroup
	down  outage
	pages flights[Page]
	files flights[string]
}

// Page is one project's page as of a moment. Files' URLs are absolute, http or https. It may be shared: nothing in it is to be changed.
type Page struct {
	Project simple.Project
	Digest  string    // of what the page says: "sha256:" and hex. The same for the same files, whatever else the server changes
	Checked time.Time // when upstream last confirmed it
}

// New makes a client and its cache folders. Nothing is asked yet. Where it may not write, pages are asked for and not remembered; files can't be had then.
func New(o Options) (*Client, error) {
	base, err := baseURL(o.Index)
	if err != nil {
		return nil, err
	}
	o.setDefaults()
	transport, err := o.transport(base)
	if err != nil {
		return nil, err
	}
	base.User = nil
	c := &Client{
		o: o, base: base,
		pagesDir: filepath.Join(o.Dir, "pages", shortDigest(base.String())),
		filesDir: filepath.Join(o.Dir, "files"),
		http:     &http.Client{Transport: transport, CheckRedirect: checkRedirect},
		slots:    make(chan struct{}, o.Connections),
	}
	for _, dir := range []string{c.pagesDir, filepath.Join(c.filesDir, "part"), filepath.Join(c.filesDir, "sha256")} {
		if err := os.MkdirAll(dir, 0o755); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			return nil, fmt.Errorf("making the cache of upstream: %w", err)
		}
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// Close ends what is under way, and returns when it has ended. It may be called again.
func (c *Client) Close() error {
	c.stop()
	c.work.Wait()
	c.http.CloseIdleConnections()
	return nil
}

// unfinished is how long something may be under way before it counts as left over.
const unfinished = time.Hour

// Sweep removes what processes that were killed left unfinished in the cache, but for files that can be resumed. It may be called at any time.
func (c *Client) Sweep() error {
	before := c.o.Now().Add(-unfinished)
	return errors.Join(durable.SweepOld(c.pagesDir, before), durable.SweepOld(filepath.Join(c.filesDir, "part"), before))
}

// Index is the address that is asked, without credentials; it ends in "/".
func (c *Client) Index() string { return c.base.String() }

func (o *Options) setDefaults() {
	if o.Connections <= 0 {
		o.Connections = defaultConnections
	}
	if o.Tries <= 0 {
		o.Tries = defaultTries
	}
	if o.Silence <= 0 {
		o.Silence = defaultSilence
	}
	if o.MaxPage <= 0 {
		o.MaxPage = defaultMaxPage
	}
	if o.MaxFile <= 0 {
		o.MaxFile = defaultMaxFile
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.CA == "" {
		o.CA = os.Getenv("PIP_CERT")
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// baseURL reads the index's address; errors never show its credentials.
func baseURL(index string) (*url.URL, error) {
	u, err := url.Parse(index)
	if err != nil {
		return nil, errors.New("the address of the upstream index is no URL")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the upstream index %q is no http or https address", withoutUser(u))
	}
	u.RawQuery, u.Fragment, u.RawFragment = "", "", ""
	if !strings.HasSuffix(u.Path, "/") {
		u = u.JoinPath("/")
	}
	return u, nil
}

func withoutUser(u *url.URL) string {
	v := *u
	v.User = nil
	return v.String()
}

func (o *Options) transport(base *url.URL) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone() // proxies as in the environment
	t.MaxConnsPerHost = o.Connections
	t.MaxIdleConnsPerHost = o.Connections
	if o.CA != "" {
		pool, err := certificates(o.CA)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	if base.User == nil {
		return t, nil
	}
	return &authorized{transport: t, scheme: base.Scheme, host: base.Host, user: base.User}, nil
}
