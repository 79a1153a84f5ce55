package upstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	outageAfter = 3                // pages in a row that could not be asked for
	outageLasts = 30 * time.Second // before the next one is tried
)

// outage spares those who want hundreds of pages of an index that isn't there from waiting for each of them.
// The zero value knows of none.
type outage struct {
	mu     sync.Mutex
	failed int // in a row
	until  time.Time
	cause  error
}

// now returns why the index isn't worth asking; nil: it is.
func (o *outage) now(t time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed < outageAfter || !t.Before(o.until) {
		return nil
	}
	return fmt.Errorf("not asked, since %d others in a row could not be: %w", o.failed, o.cause)
}

// note counts the pages that could not be had because nobody answered, or only with "not now"; a real answer ends the outage.
func (o *outage) note(err error, t time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, ok := errors.AsType[*failure](err)
	switch {
	case ok && f.down:
		o.failed, o.until, o.cause = o.failed+1, t.Add(outageLasts), err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded): // nobody waited for an answer
	default:
		o.failed = 0
	}
}
