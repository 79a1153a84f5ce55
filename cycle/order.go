package cycle

import (
	"context"
	"errors"
	"os"
	"sync"

	"wheelyard/packaging/tag"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/yard"
)

// one does one order from build to publication. Builds run side by side; what follows is done one at a time, under mu.
func (r *Round) one(ctx context.Context, o plan.Order, mu *sync.Mutex) (a yard.Attempt, err error) {
	t, _ := r.target(o.Target)
	r.Observer.Started(o)
	defer func() { r.Observer.Finished(o, a, err) }()
	result, err := r.Builder.Build(ctx, o, t, r.Live(o))
	if err != nil {
		return a, err
	}
	defer result.Close()
	mu.Lock()
	defer mu.Unlock()
	return r.keep(ctx, result.Attempt, result.Log, result.Wheel, t)
}

// keep records the attempt, and admits and publishes its wheel if it has one. A wheel that the yard refuses makes the attempt a failed one.
func (r *Round) keep(ctx context.Context, a yard.Attempt, log, wheel string, t platform.Target) (yard.Attempt, error) {
	if a.Class != yard.Built {
		return r.record(ctx, a, log)
	}
	a, err := r.record(ctx, a, log)
	if err != nil {
		return a, err
	}
	admitted, err := r.Yard.Admit(ctx, wheel, Offer(a, t))
	var refused *yard.RefusedError
	if errors.As(err, &refused) {
		a.Class, a.Reason, a.Advice = yard.SourceFault, refused.Reason, "the build made a wheel that must not be published; its log shows how"
		return r.record(ctx, a, log)
	}
	if err != nil {
		return a, err
	}
	offer, err := r.Yard.Wheels(ctx, t.Platform)
	if err != nil {
		return a, err
	}
	return a, r.Tree.Project(ctx, t.Platform, admitted.Project, offer)
}

func (r *Round) record(ctx context.Context, a yard.Attempt, log string) (yard.Attempt, error) {
	f, err := os.Open(log)
	if err != nil {
		return a, err
	}
	defer f.Close()
	return r.Yard.Record(ctx, a, f)
}

// Offer says what a wheel for t may be.
func Offer(a yard.Attempt, t platform.Target) yard.Offer {
	accepts := func(set []string) bool {
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
	}
	return yard.Offer{Attempt: a, Accepts: accepts, LibcMax: t.Libc.Version}
}
