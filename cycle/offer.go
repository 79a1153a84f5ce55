package cycle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/yard"
)

// Offer is what a platform's index offers: the wheels built for it, and the pure ones built for others, which serve every platform.
// Of several files of one name only the one that was admitted first is offered, for a published file never changes.
func Offer(held []yard.Wheel, platform string) []yard.Wheel {
	chosen := map[string]yard.Wheel{}
	for _, w := range held {
		if w.Platform != platform && !pure(w.Filename) {
			continue
		}
		if other, ok := chosen[w.Filename]; !ok || w.Record < other.Record {
			chosen[w.Filename] = w
		}
	}
	var offer []yard.Wheel
	for _, w := range held {
		if chosen[w.Filename] == w {
			offer = append(offer, w)
		}
	}
	return offer
}

// pure says whether a wheel suits any system, as the plan sees it.
func pure(filename string) bool {
	f, err := wheel.ParseFilename(filename)
	return err == nil && tag.Pure(f.Tags)
}

// publish brings the page of a wheel that was just admitted up to date, wherever it is offered.
func (r *Round) publish(ctx context.Context, w yard.Wheel) error {
	platforms := []string{w.Platform}
	if pure(w.Filename) {
		platforms = r.platforms()
	}
	held, err := r.Yard.Wheels(ctx, "")
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(h yard.Wheel) bool { return h.Project != w.Project })
	for _, p := range platforms {
		if err := r.publishProject(ctx, p, w.Project, held); err != nil {
			return err
		}
	}
	return nil
}

func (r *Round) publishProject(ctx context.Context, platform string, name project.Name, held []yard.Wheel) error {
	if err := r.Tree.Project(ctx, platform, name, Offer(held, platform)); err != nil {
		return fmt.Errorf("publishing %s on %s: %w", name, platform, err)
	}
	return nil
}

// publishAll mends what an earlier round left undone between admission and publication. What can't be published stops nothing else.
func (r *Round) publishAll(ctx context.Context) (changed int, err error) {
	held, err := r.Yard.Wheels(ctx, "")
	if err != nil {
		return 0, err
	}
	var failures []error
	for _, p := range r.platforms() {
		n, err := r.Tree.Platform(ctx, p, Offer(held, p))
		if err != nil {
			failures = append(failures, fmt.Errorf("publishing %s: %w", p, err))
		}
		changed += n
	}
	return changed, errors.Join(failures...)
}

// platforms are those of the targets, each once.
func (r *Round) platforms() []string {
	var names []string
	for _, t := range r.Targets {
		if !slices.Contains(names, t.Platform) {
			names = append(names, t.Platform)
		}
	}
	return names
}
