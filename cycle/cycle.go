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
	Planned(p plan.Plan, orders int)                  // orders: how many of the plan are new, and about to be built
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
	Jobs     int // builds at the same time; less than 1 is 1
	Observer Observer
	Frozen   bool // the published tree stays as it is: what should be in it can't be known

	keeping sync.Mutex // what follows a build is done for one order at a time
}

// Outcome is what a round came to.
type Outcome struct {
	Plan     plan.Plan      // the last one: how things stand now
	Attempts []yard.Attempt // in the order in which they ended
	Changed  int            // files written to or removed from the tree, those of attempts not counted
}

// ended is a build that is over.
type ended struct {
	order   plan.Order
	attempt yard.Attempt
	err     error
}

// Run does the round. It may be repeated, and ends early with ctx, whose error it then returns. Another error means that something of
// wheelyard's own work could not be done; the other orders were built and published all the same.
//
// Whenever a worker is free and nothing waits for it, the plan is made again with what has been learnt: no order waits for another
// one that it doesn't depend on.
func (r *Round) Run(ctx context.Context) (out Outcome, err error) {
	var (
		queue    []plan.Order
		running  int
		stale    = true // something has ended since the last plan
		done     = make(chan ended)
		tried    = map[yard.Key]bool{}
		failures []error
	)
	if !r.Frozen {
		if out.Changed, err = r.publishAll(ctx); err != nil && ctx.Err() == nil {
			failures = append(failures, err)
		}
	}
	for {
		if len(queue) == 0 && stale && ctx.Err() == nil {
			stale = false
			if out.Plan, err = r.plan(ctx); err != nil {
				failures = append(failures, err)
			}
			queue = r.todo(out.Plan.Orders, tried)
			r.Observer.Planned(out.Plan, len(queue))
		}
		for ; ctx.Err() == nil && len(queue) > 0 && running < max(r.Jobs, 1); running++ {
			o := queue[0]
			queue = queue[1:]
			go func() {
				a, err := r.Do(ctx, o)
				done <- ended{o, a, err}
			}()
		}
		if running == 0 {
			return out, errors.Join(append([]error{ctx.Err()}, failures...)...)
		}
		e := <-done
		running--
		stale = true
		switch {
		case e.err == nil:
			out.Attempts = append(out.Attempts, e.attempt)
		case ctx.Err() == nil:
			failures = append(failures, fmt.Errorf("%s %s for %s: %w", e.order.Project, e.order.Version, e.order.Target, e.err))
		}
	}
}

func (r *Round) plan(ctx context.Context) (plan.Plan, error) {
	held, err := r.Yard.Wheels(ctx, "")
	if err != nil {
		return plan.Plan{}, err
	}
	past, err := r.Yard.Attempts(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	return r.Plan(held, past), nil
}

// todo leaves out what this round tried already and what other machines build, and marks the rest as tried.
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
