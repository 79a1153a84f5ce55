// Package cycle is one round of a yard: plan, build, admit, publish, until nothing is left to order.
//
// One order that fails or hangs never delays or spoils another, and each wheel is published as soon as it is admitted.
// A round may be cut off anywhere: the next one carries on where this one ended.
package cycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"wheelyard/build"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/publish"
	"wheelyard/yard"
)

// Builder does one order; *build.Builder is the real one.
type Builder interface {
	Build(ctx context.Context, o plan.Order, t platform.Target, live io.Writer) (build.Result, error)
}

// Observer hears what happens, from several goroutines at once.
type Observer interface {
	Planned(p plan.Plan, orders int)                  // orders: how many of the plan are about to be built
	Started(o plan.Order)                             // a build begins
	Finished(o plan.Order, a yard.Attempt, err error) // a build ended; err: it could not be done at all
}

// Round is all that a round needs. Every field must be set.
type Round struct {
	Plan     func(held []yard.Wheel, past []yard.Attempt) plan.Plan
	Targets  []platform.Target
	Yard     *yard.Yard // locked by the caller
	Builder  Builder
	Tree     *publish.Tree
	Jobs     int
	Observer Observer
	Live     func(plan.Order) io.Writer // where a build's output goes as it comes
}

// Outcome is what a round came to.
type Outcome struct {
	Plan     plan.Plan      // the last one: how things stand now
	Attempts []yard.Attempt // in the order in which they ended
	Changed  int            // files written to or removed from the tree, those of attempts not counted
}

// Run does the round. It may be repeated, and ends early with ctx. An error means that something of wheelyard's own
// work could not be done; the other orders were built and published all the same.
func (r *Round) Run(ctx context.Context) (Outcome, error) {
	var out Outcome
	changed, err := r.publishAll(ctx)
	if err != nil {
		return out, err
	}
	out.Changed = changed
	tried := map[yard.Key]bool{}
	var failures []error
	for {
		held, past, err := r.state(ctx)
		if err != nil {
			return out, err
		}
		out.Plan = r.Plan(held, past)
		orders := r.todo(out.Plan.Orders, tried)
		r.Observer.Planned(out.Plan, len(orders))
		if len(orders) == 0 {
			return out, errors.Join(failures...)
		}
		attempts, err := r.buildAll(ctx, orders)
		out.Attempts = append(out.Attempts, attempts...)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			failures = append(failures, err)
		}
	}
}

func (r *Round) state(ctx context.Context) ([]yard.Wheel, []yard.Attempt, error) {
	held, err := r.Yard.Wheels(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	past, err := r.Yard.Attempts(ctx)
	return held, past, err
}

// publishAll mends what an earlier round left undone between admission and publication.
func (r *Round) publishAll(ctx context.Context) (changed int, err error) {
	done := map[string]bool{}
	for _, t := range r.Targets {
		if done[t.Platform] {
			continue
		}
		done[t.Platform] = true
		offer, err := r.Yard.Wheels(ctx, t.Platform)
		if err != nil {
			return changed, err
		}
		n, err := r.Tree.Platform(ctx, t.Platform, offer)
		if err != nil {
			return changed, fmt.Errorf("publishing %s: %w", t.Platform, err)
		}
		changed += n
	}
	return changed, nil
}

// todo leaves out what this round tried already, and marks the rest as tried.
func (r *Round) todo(orders []plan.Order, tried map[yard.Key]bool) []plan.Order {
	var todo []plan.Order
	for _, o := range orders {
		if t, ok := r.target(o.Target); ok && t.Here && !tried[o.Key] {
			tried[o.Key] = true
			todo = append(todo, o)
		}
	}
	return todo
}

func (r *Round) target(name string) (platform.Target, bool) {
	for _, t := range r.Targets {
		if t.Name() == name {
			return t, true
		}
	}
	return platform.Target{}, false
}

// buildAll builds the orders, Jobs at a time. The errors of single orders are joined; they stop nothing.
func (r *Round) buildAll(ctx context.Context, orders []plan.Order) ([]yard.Attempt, error) {
	var (
		mu       sync.Mutex
		attempts []yard.Attempt
		failures []error
		group    errgroup.Group
	)
	group.SetLimit(max(r.Jobs, 1))
	for _, o := range orders {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			a, err := r.one(ctx, o, &mu)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failures = append(failures, fmt.Errorf("%s %s for %s: %w", o.Project, o.Version, o.Target, err))
			} else {
				attempts = append(attempts, a)
			}
			return nil
		})
	}
	group.Wait()
	return attempts, errors.Join(failures...)
}
