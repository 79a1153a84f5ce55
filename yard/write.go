package yard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"wheelyard/internal/durable"
	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// writer is what the holder of the lock has.
type writer struct {
	lock    *lockFile
	records *record.Writer
	catalog *catalog.Catalog // nil: there is none that is fit
	state   catalog.State    // of the catalog
	next    int64            // number of the next record
	behind  bool             // records and catalog may differ, and next may be wrong: something went wrong halfway
	unfit   bool             // the catalog on disk is to be made anew
}

// Lock makes this process the one writer, and applies records that the catalog has not seen; a catalog that is missing, damaged or of other records
// is made anew. *LockedError when somebody writes already, be it in this process. ErrNoKey. unlock may be called more than once.
func (y *Yard) Lock(ctx context.Context) (unlock func(), err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.writer != nil {
		held := y.writer.lock.held
		return nil, &held
	}
	l, err := acquire(y.lock(), y.now())
	if err != nil {
		return nil, err
	}
	y.writer = &writer{lock: l, behind: true}
	if err := y.begin(ctx); err != nil {
		return nil, errors.Join(err, y.unlock())
	}
	var once sync.Once
	return func() {
		once.Do(func() {
			y.mu.Lock()
			defer y.mu.Unlock()
			y.unlock() // what of the catalog didn't reach the disk is derived again
		})
	}, nil
}

// begin prepares for writing.
func (y *Yard) begin(ctx context.Context) (err error) {
	if err := y.sweep(); err != nil {
		return err
	}
	if y.writer.records, err = y.records.Writer(y.keys()); err != nil {
		return err
	}
	return y.catchUp(ctx)
}

// sweep removes what those who were cut off left unfinished. Only with the lock.
func (y *Yard) sweep() error {
	if err := errors.Join(y.records.Sweep(), y.blobs.Sweep(), durable.Sweep(y.keys())); err != nil {
		return fmt.Errorf("removing what was left unfinished: %w", err)
	}
	return nil
}

// unlock ends writing, if it ever began.
func (y *Yard) unlock() (err error) {
	if y.writer == nil {
		return nil
	}
	if c := y.writer.catalog; c != nil {
		err = c.Close()
	}
	err = errors.Join(err, y.writer.lock.release())
	y.writer = nil
	return err
}

// catchUp makes the catalog say what the records say. Only for the writer.
func (y *Yard) catchUp(ctx context.Context) error {
	w := y.writer
	if !w.behind {
		return nil
	}
	e, err := y.evidence()
	if err != nil {
		return err
	}
	if w.unfit {
		err = catalog.ErrUnfit
	} else if w.catalog == nil {
		w.catalog, err = catalog.OpenWriter(ctx, y.catalog())
	}
	if err == nil {
		w.state, err = e.follow(ctx, w.catalog)
	}
	if useless(err) {
		err = y.renew(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("bringing the catalog up to date: %w", err)
	}
	w.next, w.behind = e.next(), false
	return nil
}

// renew makes the catalog anew.
func (y *Yard) renew(ctx context.Context, e evidence) (err error) {
	w := y.writer
	w.drop()
	if w.catalog, err = catalog.Create(ctx, y.catalog()); err != nil {
		return err
	}
	if w.state, err = e.derive(ctx, w.catalog); err != nil {
		w.drop()
		return err
	}
	w.next, w.behind, w.unfit = e.next(), false, false
	return nil
}

// drop lets go of a catalog that was found unfit.
func (w *writer) drop() {
	if w.catalog != nil {
		w.catalog.Close()
		w.catalog = nil
	}
	w.behind, w.unfit = true, true
}

// Rebuild makes the catalog anew from the records; its tables are the same as before. It locks the yard for the time, unless this Yard is locked. *LockedError.
func (y *Yard) Rebuild(ctx context.Context) error {
	if y.locked() != nil {
		unlock, err := y.Lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.writer == nil {
		return ErrNotLocked
	}
	e, err := y.evidence()
	if err == nil {
		err = y.renew(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("making the catalog anew: %w", err)
	}
	return nil
}

// append writes one record and tells the catalog. y.mu is held by a writer that is not behind. An error may come after the record is written: then it
// counts, and the catalog hears of it before anything else happens.
func (y *Yard) append(ctx context.Context, act record.Act) (record.Record, error) {
	w := y.writer
	ctx = context.WithoutCancel(ctx) // what is begun is done: a catalog that is behind has to be caught up
	w.behind = true
	r, err := w.records.Append(ctx, w.next, y.now(), act)
	if err != nil {
		return r, fmt.Errorf("writing a record: %w", err)
	}
	s := catalog.State{Keys: w.state.Keys, Last: r.Number, Chain: chain(w.state.Chain, r.File)}
	if err := w.catalog.Apply(ctx, one(row(r)), func() catalog.State { return s }); err == nil {
		w.state, w.next, w.behind = s, r.Number+1, false
		return r, nil
	} else if errors.Is(err, catalog.ErrUnfit) {
		w.drop()
	}
	if err := y.catchUp(ctx); err != nil {
		return r, fmt.Errorf("record %s is written, the catalog doesn't say so yet: %v", r.File, err) // not to be tried again: no %w
	}
	return r, nil
}

func one(r catalog.Row) iter.Seq2[catalog.Row, error] {
	return func(yield func(catalog.Row, error) bool) { yield(r, nil) }
}

// write calls f with y.mu held and the catalog up to date. ErrNotLocked. When f finds the catalog unfit, it is made anew and f called again.
func (y *Yard) write(ctx context.Context, f func(*catalog.Catalog) error) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.writer == nil {
		return ErrNotLocked
	}
	return y.retry(ctx, f)
}
