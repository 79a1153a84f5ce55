// Package git keeps mirrors of git repositories and reads files of their branches as of any commit. It knows nothing of plans or constraints.
//
// It runs the git program (2.39 or newer), without a work tree and with nothing of anybody's git configuration. A mirror is a folder:
//
//		lock         who fetches: one process at a time, held with flock(2)
//		state.json   where each branch and tag stood when a fetch was last complete: all that readers believe
//		repository/  a bare repository that holds the objects
//
//	  - Readers see the state of before a fetch or of after it, whatever happens in between: objects come first, then state.json is replaced at once.
//	  - A branch or tag that is gone upstream stays in state.json with its last known commit, and since when it is gone. Nothing is ever pruned.
//	  - repository/ has no branches. It has refs/tips/HASH, of the SHA-256 of each name, so that git knows what it needn't fetch again. Two names
//	    of which one is a folder of the other (a, and later a/b) can so both be kept. Nobody reads them.
//	  - Of a remote nothing is run: no hooks, filters, credential helpers or prompts. Git speaks only the protocols https, http, ssh, git and file.
//	  - The folder may be deleted while nothing uses it; then only what is gone upstream is lost.
package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

// Options say what is mirrored, and where.
type Options struct {
	// Location is a URL (https, http, ssh, git, file), host:path for ssh, or a path: of a repository or of a bundle. A user and password in
	// a http or https URL are sent to that server, and shown nowhere.
	Location string
	Dir      string // the mirror's folder; Fetch makes it

	Program string           // of git; empty: the git in PATH
	MaxFile int64            // bytes of one file; 0: 16 MiB
	MaxRefs int              // branches and tags; 0: 20,000. Of those that are gone so many are remembered too
	MaxPack int64            // bytes that one fetch may bring; 0: 4 GiB
	Now     func() time.Time // nil: time.Now
}

const (
	defaultMaxFile = 16 << 20
	defaultMaxRefs = 20_000
	defaultMaxPack = 4 << 30
)

// Mirror is a local copy of one repository. Its methods may be called from any number of goroutines, and several processes may have one open
// on the same folder.
type Mirror struct {
	o  Options
	at location

	mu    sync.Mutex // of known, and between begin and Close
	known knownState
	ctx   context.Context // ends with Close
	stop  context.CancelCauseFunc
	work  sync.WaitGroup

	turn   chan struct{} // one place: who has put something in talks to reader
	reader *reader       // nil: not running
}

// Open checks the options and the version of git. It asks nobody and writes nothing.
func Open(ctx context.Context, o Options) (*Mirror, error) {
	at, err := locate(o.Location)
	if err != nil {
		return nil, err
	}
	if o.Dir == "" {
		return nil, fmt.Errorf("mirroring %s: no folder is given for it", at.shown)
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	if o.Program, err = program(ctx, o.Program); err != nil {
		return nil, err
	}
	o.setDefaults()
	m := &Mirror{o: o, at: at, turn: make(chan struct{}, 1)}
	m.ctx, m.stop = context.WithCancelCause(context.Background())
	return m, nil
}

func (o *Options) setDefaults() {
	if o.MaxFile <= 0 {
		o.MaxFile = defaultMaxFile
	}
	if o.MaxRefs <= 0 {
		o.MaxRefs = defaultMaxRefs
	}
	if o.MaxPack <= 0 {
		o.MaxPack = defaultMaxPack
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Location is the address that is asked, without credentials.
func (m *Mirror) Location() string { return m.at.shown }

// Close ends what is under way, and returns when it has ended and no process is left. It may be called again.
func (m *Mirror) Close() error {
	m.mu.Lock()
	m.stop(fmt.Errorf("the mirror of %s: %w", m.at.shown, fs.ErrClosed))
	m.mu.Unlock()
	m.work.Wait()
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	m.reader.end()
	m.reader = nil
	return nil
}

// begin ties ctx to the mirror's life. done must be called.
func (m *Mirror) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ctx.Err() != nil {
		return nil, nil, context.Cause(m.ctx)
	}
	m.work.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	unhook := context.AfterFunc(m.ctx, func() { cancel(context.Cause(m.ctx)) })
	return ctx, func() {
		unhook()
		cancel(nil)
		m.work.Done()
	}, nil
}

// ended says why nothing more is to be done: the caller's context ended, or the mirror was closed. nil: go on.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err == nil {
		return nil
	} else if cause := context.Cause(ctx); !errors.Is(cause, fs.ErrClosed) {
		return err
	}
	return context.Cause(ctx)
}
