package upstream

// SKELETON

import (
	"context"
	"errors"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// ErrUnreachable: the index could not be asked. "No such project" is fs.ErrNotExist instead.
var ErrUnreachable = errors.New("upstream could not be asked")

type Options struct {
	Index       string // base URL, ends in /simple/ or alike
	Dir         string // cache folder; pages/ and files/ below
	Offline     bool
	Connections int                                        // 0: 8
	Now         func() time.Time                           // nil: time.Now
	Sleep       func(context.Context, time.Duration) error // nil: really waits
}

type Client struct{}

func New(o Options) (*Client, error) { panic("unwritten") }
func (c *Client) Close() error       { panic("unwritten") }

// Page is one project's page as of a moment. Files' URLs are absolute.
type Page struct {
	Project simple.Project
	Digest  string    // of what was received: changes when the page does
	Checked time.Time // when upstream last confirmed it
}

// Page: fs.ErrNotExist (no such project), ErrUnreachable, or a page that upstream confirmed within its max-age.
func (c *Client) Page(ctx context.Context, name project.Name) (Page, error) { panic("unwritten") }

// File fetches f into the cache, verified by sha256, and returns its path there. Repeatable; resumes.
func (c *Client) File(ctx context.Context, f simple.File) (path string, err error) {
	panic("unwritten")
}

// DefaultIndex is the address that pip on this machine uses.
func DefaultIndex(ctx context.Context) (string, error) { panic("unwritten") }
