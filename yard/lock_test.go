package yard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func checkLocked(t *testing.T, err error, pid int) {
	t.Helper()
	held, ok := errors.AsType[*LockedError](err)
	if !ok || held.PID != pid || !held.Since.Equal(noon) {
		t.Errorf("%+v (%v), want that process %d has the lock", held, err, pid)
	} else if want := fmt.Sprintf("process %d has been writing to it since 2026-11-24T12:00:00Z", pid); !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

func TestTwoWriters(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	for _, other := range []*Yard{y, openYard(t, dir)} {
		_, err := other.Lock(context.Background())
		checkLocked(t, err, os.Getpid())
		if err := openYard(t, dir).Rebuild(context.Background()); err == nil {
			t.Error("rebuilt while another writes")
		}
	}
	y.record(t, 1)
	unlock()
	unlock() // does nothing
	other := openYard(t, dir)
	defer locked(t, other)()
	unlock() // nor to others
	_, err := y.Lock(context.Background())
	checkLocked(t, err, os.Getpid())
	other.record(t, 1)
}

func TestCloseUnlocks(t *testing.T) {
	y, dir := newYard(t)
	locked(t, y)
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	locked(t, openYard(t, dir))()
}

func TestUnknownHolder(t *testing.T) {
	for _, text := range []string{"", "x", "12", "12 soon", strings.Repeat("1", 1000)} {
		if err := readHolder(strings.NewReader(text)); err.Error() == "" || !err.Since.IsZero() {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Readers read while somebody writes, and never see less than before.
func TestReadersDuringWriter(t *testing.T) {
	y, dir := newYard(t)
	defer locked(t, y)()
	const n = 100
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 3 {
		reader := openYard(t, dir)
		group.Go(func() {
			last := 0
			for writing := true; writing; {
				select {
				case <-done:
					writing = false // and once more
				default:
				}
				attempts, err := reader.Attempts(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				for i, a := range attempts {
					if a.Order != orderKey(i) {
						t.Errorf("attempt %d is of %s", i, a.Order)
						return
					}
				}
				if len(attempts) < last {
					t.Errorf("%d attempts, after %d", len(attempts), last)
				}
				last = len(attempts)
			}
			if last != n {
				t.Errorf("%d attempts at the end", last)
			}
		})
	}
	for i := range n {
		y.record(t, i)
		if i%40 == 39 {
			if err := y.Rebuild(context.Background()); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	group.Wait()
}

// One Yard may be used from several goroutines.
func TestConcurrentUse(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	var group sync.WaitGroup
	for i := range 8 {
		path := pure(t, t.TempDir(), i)
		group.Go(func() {
			if _, err := y.Record(context.Background(), order(i%2), strings.NewReader("log")); err != nil {
				t.Error(err)
			}
			if _, err := y.Admit(context.Background(), path, offer(i)); err != nil {
				t.Error(err)
			}
			if _, err := y.Wheels(context.Background(), ""); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	unlock()
	attempts, wheels := sound(t, dir)
	if len(attempts) != 2 || attempts[0].Number != 4 || attempts[1].Number != 4 || len(wheels) != 8 {
		t.Errorf("%+v, %d wheels", attempts, len(wheels))
	}
}

// What a reader finds is what the writer finds.
func TestReaderAgrees(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	reader := openYard(t, dir)
	for i := range 3 {
		y.record(t, i)
		y.admitted(t, i)
		for _, r := range []*Yard{reader, openYard(t, dir)} {
			a, w := y.state(t)
			b, v := r.state(t)
			if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(w, v) || y.dump(t) != r.dump(t) {
				t.Errorf("after %d", i)
			}
		}
	}
	unlock()
	if y.dump(t) != reader.dump(t) {
		t.Error("after unlocking")
	}
}
