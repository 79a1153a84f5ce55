package build

// SKELETON

import (
	"context"
	"io"
	"time"

	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/upstream"
	"wheelyard/yard"
)

type Limits struct {
	Wall   time.Duration // 0: 2h
	CPU    time.Duration // 0: 1h
	Memory int64         // bytes; 0: 4 GiB
	Disk   int64         // bytes in the build folder; 0: 8 GiB
	Log    int64         // bytes kept; 0: 16 MiB
	Procs  int           // 0: 512
}

type Builder struct {
	Upstream *upstream.Client
	Index    string // address of the upstream index, for uv
	Dir      string // the yard's folder: work/, envs/, tools/ are below it
	Limits   Limits
	Now      func() time.Time
}

// Result is what an attempt came to. Attempt.Class says how; Wheel is a path in the work folder when it is built.
type Result struct {
	Attempt yard.Attempt
	Wheel   string
	Log     string       // path
	Close   func() error // removes the work folder
}

// Build does one order. An error means that wheelyard itself could not work (or that ctx ended); everything else is a Result.
func (b *Builder) Build(ctx context.Context, o plan.Order, t platform.Target, live io.Writer) (Result, error) {
	panic("unwritten")
}

// Inputs is the digest of what an outcome on t depends on besides the order.
func Inputs(t platform.Target, l Limits) string { panic("unwritten") }
