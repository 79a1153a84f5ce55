// Package build makes a wheel out of an order: it fetches the sdist, gives it the build environment that it asks for, runs its backend in
// a sandbox, and looks hard at what came of it.
//
// What always holds:
//
//   - nothing of an sdist or of a build requirement is run outside of a sandbox, and what a build says is never believed unchecked;
//   - a build that fails is a Result with a class; an error means that wheelyard itself could not work, or that the context ended;
//   - the same order gives the same wheel, bit for bit: fixed paths, times and environment, fresh source, normal form;
//   - when a build is over, and the Result closed, nothing is left of it but the caches.
//
// Below the yard's folder, all of which may be deleted while nothing runs: work/ (see work.go), envs/ and tools/ (package env),
// envs/hooks/ (what backends answered), sandbox/ (small files that sandboxes show).
package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"wheelyard/build/env"
	"wheelyard/build/inspect"
	"wheelyard/build/sandbox"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// Limits bound each build; zero fields mean the defaults.
type Limits struct {
	Wall   time.Duration // 0: 2h
	CPU    time.Duration // 0: 1h
	Memory int64         // bytes; 0: 4 GiB
	Disk   int64         // bytes in the build folder; 0: 8 GiB
	Log    int64         // bytes kept; 0: 16 MiB
	Procs  int           // 0: 512
}

func (l Limits) withDefaults() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Wall <= 0 {
		l.Wall = 2 * time.Hour
	}
	if l.CPU <= 0 {
		l.CPU = time.Hour
	}
	def(&l.Memory, 4<<30)
	def(&l.Disk, 8<<30)
	def(&l.Log, 16<<20)
	if l.Procs <= 0 {
		l.Procs = 512
	}
	return l
}

// twice is what an order may have that ran into a limit before: twice the time, memory, disk and processes.
func (l Limits) twice() Limits {
	return Limits{Wall: 2 * l.Wall, CPU: 2 * l.CPU, Memory: 2 * l.Memory, Disk: 2 * l.Disk, Log: l.Log, Procs: 2 * l.Procs}
}

// inodes that a build folder may have.
const inodes = 1_000_000

// chatter is how many times its log a build may print before it is ended.
const chatter = 64

func (l Limits) sandbox() sandbox.Limits {
	return sandbox.Limits{Wall: l.Wall, CPU: l.CPU, Memory: l.Memory, Disk: l.Disk, Inodes: inodes, Procs: l.Procs, Output: chatter * l.Log}
}

// Builder does orders, several at once if asked to. Its fields don't change any more after the first.
type Builder struct {
	Upstream *upstream.Client
	Index    string // address of the upstream index, for uv; "": Upstream's
	Dir      string // the yard's folder: work/, envs/, tools/ are below it
	Limits   Limits
	Now      func() time.Time // nil: time.Now

	once      sync.Once
	wrong     error
	sandbox   *sandbox.Sandbox
	envs      *env.Store
	inspector *inspect.Inspector
}

// Result is what an attempt came to. Attempt.Class says how; Wheel is a path in the work folder when it is built.
type Result struct {
	Attempt yard.Attempt
	Wheel   string
	Log     string          // path
	Report  *inspect.Report // of a wheel that was made, even if it isn't good enough; nil: none was
	Tries   []Try           // the build environments that were tried, the last one last
	Close   func() error    // removes the work folder; may be called again
}

// Try is one build environment that was tried.
type Try struct {
	AsOf        time.Time
	Environment []yard.File
	Class       yard.Class
	Reason      string
}

// Ready says whether builds can run on this machine at all; if not, the error tells what people can do. It is the same at each call.
func (b *Builder) Ready(ctx context.Context) error {
	b.once.Do(func() { b.wrong = b.setUp() })
	if b.wrong != nil {
		return b.wrong
	}
	return b.sandbox.Ready(ctx)
}

func (b *Builder) setUp() error {
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return err
	}
	b.Dir = dir
	if b.Now == nil {
		b.Now = time.Now
	}
	if b.Index == "" {
		b.Index = b.Upstream.Index()
	}
	b.Limits = b.Limits.withDefaults()
	if b.sandbox, err = sandbox.New(sandbox.Options{Dir: filepath.Join(dir, "sandbox")}); err != nil {
		return err
	}
	b.envs = &env.Store{Upstream: b.Upstream, Index: b.Index, Dir: dir, Sandbox: b.sandbox}
	b.inspector = &inspect.Inspector{}
	return nil
}

// Build does one order. An error means that wheelyard itself could not work (or that ctx ended); everything else is a Result, which has to be closed.
func (b *Builder) Build(ctx context.Context, o plan.Order, t platform.Target, live io.Writer) (Result, error) {
	if err := b.Ready(ctx); err != nil {
		return Result{}, err
	}
	id, err := b.sandbox.Claim(ctx)
	if err != nil {
		return Result{}, err
	}
	defer id.Release()
	w, err := b.newWork(id)
	if err != nil {
		return Result{}, fmt.Errorf("making a work folder: %w", err)
	}
	j := &job{b: b, o: o, t: t, w: w, started: b.Now(), limits: b.Limits}
	if o.More {
		j.limits = b.Limits.twice()
	}
	r, err := j.run(ctx, live)
	if err != nil {
		return Result{}, errors.Join(err, w.remove())
	}
	r.Close = w.remove
	return r, nil
}
