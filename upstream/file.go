package upstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"wheelyard/packaging/simple"
)

// File fetches f into the cache and returns its path there; it isn't to be changed. What the cache has is checked against its digest again,
// and fetched anew if it is damaged. Repeatable; what broke off is taken up where it ended, also by another process.
//
// The errors: fs.ErrNotExist, upstream lists the file but doesn't have it; [ErrUnreachable]; *[HashError]; *[SizeError]; that f has no
// SHA-256 by which it could be checked; the end of ctx.
func (c *Client) File(ctx context.Context, f simple.File) (path string, err error) {
	digest := strings.ToLower(f.Hashes["sha256"])
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("%s: upstream says no SHA-256 of it, so it can't be checked and isn't fetched", f.Filename)
	}
	path, err = c.files.do(ctx, c, digest, func(ctx context.Context) (string, error) { return c.file(ctx, f, digest) })
	if err != nil {
		return "", fmt.Errorf("fetching %s: %w", f.Filename, err)
	}
	return path, nil
}

func (c *Client) file(ctx context.Context, f simple.File, digest string) (string, error) {
	path := filepath.Join(c.filesDir, "sha256", digest[:2], digest)
	if intact(path, digest) {
		return path, nil
	}
	if c.o.Offline {
		return "", fmt.Errorf("%w: offline, and it isn't in the cache", ErrUnreachable)
	}
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("%w: it has no http or https address", ErrUnreachable)
	}
	p, err := c.openPart(digest)
	if err != nil {
		return "", err
	}
	defer p.close()
	d := download{c: c, f: f, digest: digest, u: u, part: p, limit: c.o.MaxFile}
	if f.Size >= 0 {
		d.limit = f.Size
	}
	if err := d.run(ctx); err != nil {
		return "", err
	}
	return path, p.finish(path)
}

// intact says whether the file is there and is the one with that digest.
func intact(path, digest string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == digest
}

// download is one file on its way. It may take several tries, each of which goes on from where the one before ended.
type download struct {
	c      *Client
	f      simple.File
	digest string
	u      *url.URL
	part   *part
	limit  int64 // bytes that it may have

	sum     hash.Hash // of what the part has
	resumed bool      // some of it came in another try
}

func (d *download) run(ctx context.Context) error {
	if err := d.pickUp(); err != nil {
		return err
	}
	if d.resumed && d.complete() {
		return nil
	}
	for again := false; ; again = true {
		err := d.c.try(ctx, d.u, d.attempt)
		if err == nil && !d.complete() {
			err = &HashError{Filename: d.f.Filename, Want: d.digest, Got: hex.EncodeToString(d.sum.Sum(nil))}
		}
		_, wrongHash := errors.AsType[*HashError](err)
		_, tooLarge := errors.AsType[*SizeError](err)
		if !wrongHash && !tooLarge {
			return err
		}
		resumed := d.resumed
		if err := d.restart(); err != nil {
			return err
		}
		if !resumed || again {
			return err
		}
		// The parts may be of different files: once more from the start.
	}
}

func (d *download) complete() bool { return hex.EncodeToString(d.sum.Sum(nil)) == d.digest }

// pickUp reads what came earlier.
func (d *download) pickUp() error {
	d.sum = sha256.New()
	n, err := io.Copy(d.sum, io.LimitReader(d.part, d.limit+1))
	if err != nil {
		return cacheError(err)
	}
	if n > d.limit {
		return d.restart()
	}
	d.part.size, d.resumed = n, n > 0
	return nil
}

func (d *download) restart() error {
	d.sum.Reset()
	d.resumed = false
	return d.part.empty()
}

// attempt asks for the file, or for the rest of it.
func (d *download) attempt(ctx context.Context) error {
	from := d.part.size
	d.resumed = from > 0
	header, wanted := http.Header{"Accept-Encoding": {"identity"}}, []int{http.StatusOK}
	if from > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		if d.part.etag != "" {
			header.Set("If-Range", d.part.etag)
		}
		wanted = append(wanted, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable)
	}
	return d.c.get(ctx, d.u, header, wanted, func(resp *http.Response) error { return d.take(resp, from) })
}

func (d *download) take(resp *http.Response, from int64) error {
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		if err := d.restart(); err != nil {
			return err
		}
		return &failure{cause: errors.New("it no longer has the part that is missing"), again: true}
	case http.StatusPartialContent:
		if !startsAt(resp.Header.Get("Content-Range"), from) {
			if err := d.restart(); err != nil {
				return err
			}
			return &failure{cause: errors.New("it sent another part than the one asked for"), again: true}
		}
	default:
		if from > 0 {
			if err := d.restart(); err != nil {
				return err
			}
		}
		if err := d.part.setETag(resp.Header.Get("ETag")); err != nil {
			return err
		}
	}
	return d.copy(resp)
}

// startsAt reads "bytes 10-19/20".
func startsAt(contentRange string, from int64) bool {
	rest, ok := strings.CutPrefix(contentRange, "bytes ")
	first, _, dash := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	return ok && dash && err == nil && n == from
}

// copy takes the body. More than there may be is cut off at once, before it is written.
func (d *download) copy(resp *http.Response) error {
	left := d.limit - d.part.size
	if resp.ContentLength > left {
		return &SizeError{Filename: d.f.Filename, Limit: d.limit}
	}
	n, err := io.Copy(io.MultiWriter(d.part, d.sum), io.LimitReader(resp.Body, left))
	d.part.size += n
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return cacheError(err)
	}
	if err != nil {
		f := broken(err)
		f.moved = n > 0
		return f
	}
	if more, _ := io.CopyN(io.Discard, resp.Body, 1); more > 0 {
		return &SizeError{Filename: d.f.Filename, Limit: d.limit}
	}
	if d.f.Size >= 0 && d.part.size < d.f.Size && !d.complete() {
		return &failure{cause: fmt.Errorf("%d bytes came of the %d that its page says", d.part.size, d.f.Size), again: true}
	}
	return nil
}
