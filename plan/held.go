package plan

import (
	"fmt"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/wheel"
	"wheelyard/yard"
)

// heldWheel is a wheel of the yard, its name read.
type heldWheel struct {
	yard.Wheel
	version pep440.Version
	build   wheel.Build
	tags    *tagSet
}

// sortHeld reads the names of what is held of the projects. A file whose name cannot be read serves nobody.
func (p *planner) sortHeld(names []project.Name) {
	wanted := map[project.Name]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	for _, w := range p.in.Held {
		if !wanted[w.Project] {
			continue
		}
		if f, err := wheel.ParseFilename(w.Filename); err == nil {
			p.held[w.Project] = append(p.held[w.Project], &heldWheel{w, f.Version, f.Build, p.tagSet(f)})
		}
	}
}

// holds finds the best wheel of the yard that serves a question; nil, and why none does.
//
// A wheel serves the targets of its own platform that its tags suit; a pure one serves every platform.
func (p *planner) holds(a *ask, number int) (best *heldWheel, why string) {
	why = "the yard has no wheel of it"
	for _, w := range p.held[a.project] {
		if w.version.Compare(a.release.version) != 0 {
			continue
		}
		if miss := p.unserved(w, a.target, number); miss != "" {
			why = max(why, miss)
			continue
		}
		if best == nil || betterHeld(w, best, a.target) {
			best = w
		}
	}
	return best, why
}

func (p *planner) unserved(w *heldWheel, t *target, number int) string {
	switch {
	case w.Platform != t.Platform && !w.tags.pure:
		return "the yard has wheels of it for other platforms only"
	case !w.tags.fits(t):
		return "the yard has " + w.Filename + ": " + w.tags.misfit(t).why
	case w.RequiresPython != "" && !p.requires(w.RequiresPython).admits[t.index]:
		return "the yard has " + w.Filename + ", which requires Python " + w.RequiresPython
	case w.build.Number < number:
		return fmt.Sprintf("the yard has %s, and build number %d is due", w.Filename, number)
	}
	return ""
}

// betterHeld prefers as pip does among files of one version; names decide what is left, so that no order of listing counts.
func betterHeld(w, best *heldWheel, t *target) bool {
	if a, b := w.tags.ranks[t.index], best.tags.ranks[t.index]; a != b {
		return a < b
	}
	if c := w.build.Compare(best.build); c != 0 {
		return c > 0
	}
	return w.Filename > best.Filename
}
