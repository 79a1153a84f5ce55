package upstream

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wheelyard/internal/pypitest"
	"wheelyard/packaging/simple"
)

func TestMain(m *testing.M) {
	idle := func() { http.DefaultTransport.(*http.Transport).CloseIdleConnections() }
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { idle() }))
}

// clock is a time that passes only when told to, or by the pauses of a client.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	pauses []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.pauses = append(c.pauses, d)
	return ctx.Err()
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pauses
	c.pauses = nil
	return p
}

// client makes one that asks s; change may be nil.
func client(t testing.TB, s *pypitest.Server, at *clock, change func(*Options)) *Client {
	t.Helper()
	o := Options{
		Index: s.URL, Dir: t.TempDir(), Now: at.Now, Sleep: at.Sleep, Jitter: func() float64 { return 0.5 }, Silence: 20 * time.Second,
	}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func demo(t testing.TB, o pypitest.Options) *pypitest.Server {
	t.Helper()
	o.Archives = append(o.Archives, "testdata/demo.txtar")
	return pypitest.NewOptions(t, o)
}

func page(t testing.TB, c *Client) Page {
	t.Helper()
	p, err := c.Page(t.Context(), "demo-pkg")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sdist(t testing.TB, c *Client) simple.File {
	t.Helper()
	return page(t, c).Project.Files[0]
}

// unreachable fails unless err says that upstream could not be asked, and why.
func unreachable(t testing.TB, err error, why string) {
	t.Helper()
	if !errors.Is(err, ErrUnreachable) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), why) {
		t.Errorf("%v\nwant: could not be asked, %q", err, why)
	}
}
