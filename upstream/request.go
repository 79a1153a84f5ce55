package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	longest    = time.Minute // that is waited before the next try; who asks for more is not waited for
	maxTries   = 40          // even where each of them brings something
)

const userAgent = "wheelyard"

var errSilent = errors.New("silence: nothing came any more")

// try makes attempts until one succeeds or it is pointless to go on, one slot held for each. What ends it is wrapped with the address,
// and with ErrUnreachable unless it has another meaning (fs.ErrNotExist, *HashError, *SizeError, the end of ctx).
func (c *Client) try(ctx context.Context, u *url.URL, attempt func(context.Context) error) error {
	for n, all := 1, 1; ; n, all = n+1, all+1 {
		err := c.inSlot(ctx, attempt)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, ok := errors.AsType[*failure](err)
		if !ok {
			return fmt.Errorf("%s: %w", withoutUser(u), err)
		}
		if f.moved && all < maxTries {
			n = 0
		}
		if !f.again || n >= c.o.Tries || f.after > longest {
			return fmt.Errorf("%s: %w: %w%s", withoutUser(u), ErrUnreachable, f, tried(f, all))
		}
		if err := c.o.Sleep(ctx, c.pause(max(n, 1), f.after)); err != nil {
			return err
		}
	}
}

func tried(f *failure, n int) string {
	switch {
	case f.after > longest:
		return fmt.Sprintf(" (it asks to be left alone for %s)", f.after.Round(time.Second))
	case n > 1:
		return fmt.Sprintf(" (tried %d times)", n)
	}
	return ""
}

// pause doubles from try to try, spread by half of itself in both directions, and is never shorter than what the server asked for.
func (c *Client) pause(n int, after time.Duration) time.Duration {
	d := min(firstPause<<(n-1), longest)
	d = d/2 + time.Duration(c.o.Jitter()*float64(d))
	return max(d, after)
}

func (c *Client) inSlot(ctx context.Context, attempt func(context.Context) error) error {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.slots }()
	return attempt(ctx)
}

// get asks once. use is given the answer if its status is one of those wanted; anything else is a *failure, or fs.ErrNotExist.
// A server that stays silent for too long, even within the body, is given up.
func (c *Client) get(ctx context.Context, u *url.URL, header http.Header, wanted []int, use func(*http.Response) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(c.o.Silence, func() { cancel(errSilent) })
	defer silence.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return final("no address that can be asked")
	}
	for key, values := range header {
		req.Header[key] = values
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		f := broken(err)
		f.down = true
		return heard(ctx, f)
	}
	defer resp.Body.Close()
	resp.Body = &watched{resp.Body, func() { silence.Reset(c.o.Silence) }}
	for _, status := range wanted {
		if resp.StatusCode == status {
			return heard(ctx, use(resp))
		}
	}
	return refused(resp, c.o.Now())
}

// heard says that silence was the reason, if it was.
func heard(ctx context.Context, err error) error {
	f, ok := errors.AsType[*failure](err)
	if ok && errors.Is(context.Cause(ctx), errSilent) {
		f.cause, f.again = errSilent, true
	}
	return err
}

// watched tells whenever something was read.
type watched struct {
	io.ReadCloser
	alive func()
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	if n > 0 {
		w.alive()
	}
	return n, err
}

// refused judges an answer that has not what was asked for.
func refused(resp *http.Response, now time.Time) error {
	io.CopyN(io.Discard, resp.Body, 1<<14) // so that the connection can be used again
	said := strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
	switch code := resp.StatusCode; {
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("upstream answers %s: %w", said, fs.ErrNotExist)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return final("%s: if it wants a name and password, they belong in the address of the index, as in https://NAME:PASSWORD@HOST/simple/", said)
	case code == http.StatusProxyAuthRequired:
		return final("%s: the name and password of the proxy belong in HTTPS_PROXY", said)
	case code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout:
		return &failure{cause: errors.New(said), again: true, down: true, after: retryAfter(resp.Header.Get("Retry-After"), now)}
	}
	return final("%s", said)
}

// retryAfter reads both forms of the header (RFC 9110, section 10.2.3): seconds, or a date; 0 when it is neither or in the past.
func retryAfter(v string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return max(at.Sub(now), 0)
}
