package upstream

import (
	"context"
	"sync"
)

// flights lets those who want the same thing at the same time share one effort. It goes on as long as anyone waits for it.
type flights[T any] struct {
	mu  sync.Mutex
	now map[string]*flight[T]
}

type flight[T any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	wanted int
	value  T
	err    error
}

// do returns what work returns, or that ctx ended. The effort itself runs in a goroutine of c, under a context of its own.
func (f *flights[T]) do(ctx context.Context, c *Client, key string, work func(context.Context) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	f.mu.Lock()
	fl := f.now[key]
	if fl == nil {
		fl = f.start(c, key, work)
	}
	fl.wanted++
	f.mu.Unlock()

	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.wanted--; fl.wanted == 0 {
		fl.cancel()
		f.forget(key, fl) // who comes now starts afresh
	}
	return none, ctx.Err()
}

// start begins an effort; f.mu is held.
func (f *flights[T]) start(c *Client, key string, work func(context.Context) (T, error)) *flight[T] {
	ctx, cancel := context.WithCancel(c.ctx)
	fl := &flight[T]{done: make(chan struct{}), cancel: cancel}
	if f.now == nil {
		f.now = map[string]*flight[T]{}
	}
	f.now[key] = fl
	c.work.Go(func() {
		defer cancel()
		fl.value, fl.err = work(ctx)
		f.mu.Lock()
		f.forget(key, fl)
		f.mu.Unlock()
		close(fl.done)
	})
	return fl
}

func (f *flights[T]) forget(key string, fl *flight[T]) {
	if f.now[key] == fl {
		delete(f.now, key)
	}
}
