package cycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"wheelyard/build"
	"wheelyard/packaging/tag"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/yard"
)

// Do does one order, from build to publication, and tells the observer. It may be called from several goroutines, and repeated: what is
// there already is left alone.
func (r *Round) Do(ctx context.Context, o plan.Order) (a yard.Attempt, err error) {
	t, ok := r.target(o.Target)
	if !ok {
		return a, fmt.Errorf("no target is named %s", o.Target)
	}
	r.Observer.Started(o)
	defer func() { r.Observer.Finished(o, a, err) }()
	result, err := r.Builder.Build(ctx, o, t, io.Discard)
	if err != nil {
		return a, err
	}
	defer result.Close()
	r.keeping.Lock()
	defer r.keeping.Unlock()
	return r.keep(context.WithoutCancel(ctx), result, t) // what is built is not lost, even when all is to end
}

// keep records the attempt, and admits and publishes its wheel if it has one. A wheel that the yard refuses makes the attempt a failed one.
func (r *Round) keep(ctx context.Context, result build.Result, t platform.Target) (yard.Attempt, error) {
	a, err := Record(ctx, r.Yard, result)
	if err != nil || a.Class != yard.Built {
		return a, err
	}
	admitted, err := r.Yard.Admit(ctx, result.Wheel, offered(a, t))
	if refused, ok := errors.AsType[*yard.RefusedError](err); ok {
		result.Attempt.Class, result.Attempt.Reason = yard.SourceFault, refused.Reason
		result.Attempt.Advice = "the build made a wheel that must not be published; its log shows how"
		return Record(ctx, r.Yard, result)
	}
	if err != nil || r.Frozen {
		return a, err
	}
	return a, r.publish(ctx, admitted)
}

// Record keeps what a build came to, but for its wheel.
func Record(ctx context.Context, y *yard.Yard, result build.Result) (yard.Attempt, error) {
	log, err := os.Open(result.Log)
	if err != nil {
		return result.Attempt, err
	}
	defer log.Close()
	return y.Record(ctx, result.Attempt, log)
}

// offered says what a wheel for t may be.
func offered(a yard.Attempt, t platform.Target) yard.Offer {
	return yard.Offer{Attempt: a, LibcMax: t.Libc.Version, Accepts: func(set []string) bool {
		for _, s := range set {
			tags, err := tag.ParseSet(s)
			if err != nil {
				return false
			}
			if _, _, ok := t.Tags.Best(tags); ok {
				return true
			}
		}
		return false
	}}
}
