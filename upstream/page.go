package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// accept prefers JSON; servers that only know HTML are understood too.
const accept = simple.TypeJSON + ", " + simple.TypeHTML + ";q=0.2, " + simple.TypeText + ";q=0.01"

// normalName is what a project's name can look like in normal form.
var normalName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,198}[a-z0-9])?$`)

// Page returns a project's page as upstream confirmed it within the time that it allowed; it asks only when the cache has none such.
// Offline, it is whatever the cache has. The errors: fs.ErrNotExist, upstream has no such project; [ErrUnreachable]; the end of ctx.
func (c *Client) Page(ctx context.Context, name project.Name) (Page, error) {
	if !normalName.MatchString(string(name)) {
		return Page{}, fmt.Errorf("%q is no name of a project: %w", name, fs.ErrNotExist)
	}
	page, err := c.pages.do(ctx, c, string(name), func(ctx context.Context) (Page, error) { return c.page(ctx, name) })
	if err != nil {
		return Page{}, fmt.Errorf("the page of %s: %w", name, err)
	}
	return page, nil
}

func (c *Client) page(ctx context.Context, name project.Name) (Page, error) {
	e := c.readHead(name)
	if e.usable(c.o.Now(), c.o.Offline) {
		if page, err := c.cached(name, e); err == nil || errors.Is(err, fs.ErrNotExist) {
			return page, err
		}
		e = head{} // damaged
	}
	if c.o.Offline {
		return Page{}, fmt.Errorf("%w: offline, and it isn't in the cache", ErrUnreachable)
	}
	if err := c.down.now(c.o.Now()); err != nil {
		return Page{}, err
	}
	page, err := c.ask(ctx, name, e)
	c.down.note(err, c.o.Now())
	if errors.Is(err, ErrUnreachable) && !e.Checked.IsZero() {
		err = fmt.Errorf("%w; the cache knows it as of %s, which --offline would use", err, e.Checked.UTC().Format(time.RFC3339))
	}
	return page, err
}

// ask fetches the page, or has upstream confirm the one that e describes. A damaged one that was confirmed is fetched after all.
func (c *Client) ask(ctx context.Context, name project.Name, e head) (Page, error) {
	u := c.base.JoinPath(string(name), "/")
	asked := c.o.Now()
	var page Page
	confirmed := false
	err := c.try(ctx, u, func(ctx context.Context) error {
		header, wanted := e.conditions()
		return c.get(ctx, u, header, wanted, func(resp *http.Response) (err error) {
			fresh := freshFor(resp.Header)
			if resp.StatusCode == http.StatusNotModified {
				confirmed, e.Checked = true, asked
				if resp.Header.Get("Cache-Control") != "" {
					e.Fresh = fresh
				}
				return nil
			}
			page, err = c.receive(resp, name, asked, fresh)
			return err
		})
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.writeHead(name, head{Checked: asked, Fresh: minFresh, Missing: true})
		return Page{}, err
	case err != nil:
		return Page{}, err
	case !confirmed:
		return page, nil
	}
	page, err = c.cached(name, e)
	if err != nil {
		return c.ask(ctx, name, head{})
	}
	c.writeHead(name, e)
	return page, nil
}

// receive reads a page and remembers it.
func (c *Client) receive(resp *http.Response, name project.Name, asked time.Time, fresh time.Duration) (Page, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.o.MaxPage+1))
	if err != nil {
		return Page{}, broken(err)
	}
	if int64(len(body)) > c.o.MaxPage {
		return Page{}, final("a page of more than %d bytes is too large", c.o.MaxPage)
	}
	p, err := parse(body, resp.Header.Get("Content-Type"), name)
	if err != nil {
		return Page{}, &failure{cause: err}
	}
	p.Files = absolute(p.Files, resp.Request.URL)
	e := head{
		APIVersion: p.APIVersion, ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"),
		Checked: asked, Fresh: fresh,
	}
	return c.store(name, p, e)
}
