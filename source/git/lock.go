package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"wheelyard/internal/durable"
)

// lock waits until nobody else fetches into the folder. The file is handed on to git and what it starts, so that the lock is held as long as
// any of them can still write, even when this process was killed.
func (m *Mirror) lock(ctx context.Context) (*os.File, error) {
	if err := durable.MkdirAll(m.o.Dir); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(m.path("lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR):
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("another process fetches into %s: %w", m.o.Dir, ended(ctx))
		case <-every.C:
		}
	}
}
