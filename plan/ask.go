package plan

import (
	"cmp"
	"fmt"
	"slices"

	"wheelyard/packaging/project"
	"wheelyard/source"
)

// ask is one question to decide: a version of a project on a target, with all who want it.
type ask struct {
	project  project.Name
	version  string
	target   *target
	release  *release // nil: upstream is not, or could not be, the one to answer
	pinned   bool     // some want is an exact pin, which takes yanked files
	settled  *settled // known before any file is looked at
	wantedBy []source.Origin
}

// settled is a verdict that hangs on the want alone.
type settled struct {
	verdict Verdict
	code    Code
	reason  string
}

// line is one want on one target.
type line struct {
	source.Want
	target *target
	live   bool // its marker is true
	marker string
}

// ask resolves the wants into questions, merged and in the plan's order.
func (p *planner) ask() []*ask {
	lines := p.lines()
	p.read(p.toRead(lines))
	asks := map[askKey]*ask{}
	for _, l := range lines {
		if l.live {
			for _, a := range p.resolve(l) {
				merge(asks, a, l)
			}
		}
	}
	for _, l := range lines {
		if !l.live {
			a := &ask{project: l.Project, version: versionText(l.Want), target: l.target,
				settled: &settled{Excluded, ByMarker, l.marker}}
			if live := asks[a.key(l.Want)]; live == nil || live.marked() {
				merge(asks, a, l)
			}
		}
	}
	return sorted(asks)
}

func (a *ask) marked() bool { return a.settled != nil && a.settled.code == ByMarker }

// lines pairs each want with its targets. A want whose marker is false is left out where another line of the same
// series has the project: then that one speaks for the series.
func (p *planner) lines() []line {
	type series struct {
		project        project.Name
		source, series string
		target         int
	}
	var lines []line
	live := map[series]bool{}
	p.checkTargets()
	for _, w := range p.in.Wants {
		for _, t := range p.targets {
			if !wantsTarget(w.Targets, t) {
				continue
			}
			l := line{Want: w, target: t}
			l.live, l.marker = evaluate(w, t)
			lines = append(lines, l)
			if l.live {
				live[series{w.Project, w.Origin.Source, w.Origin.Series, t.index}] = true
			}
		}
	}
	return slices.DeleteFunc(lines, func(l line) bool {
		return !l.live && live[series{l.Project, l.Origin.Source, l.Origin.Series, l.target.index}]
	})
}

func evaluate(w source.Want, t *target) (live bool, reason string) {
	if w.Marker == nil {
		return true, ""
	}
	live, err := w.Marker.Eval(t.env)
	switch {
	case err != nil:
		return false, fmt.Sprintf("its marker cannot be evaluated: %v", err)
	case !live:
		return false, "its marker is false here: " + w.Marker.String()
	}
	return true, ""
}

// wantsTarget: entries are a platform or platform/python; none means every target.
func wantsTarget(entries []string, t *target) bool {
	return len(entries) == 0 || slices.Contains(entries, t.name) || slices.Contains(entries, t.Platform)
}

// checkTargets adds a problem for each entry of a want that names no target.
func (p *planner) checkTargets() {
	var found []source.Problem
	for _, w := range p.in.Wants {
		for _, entry := range w.Targets {
			if !slices.ContainsFunc(p.targets, func(t *target) bool { return wantsTarget([]string{entry}, t) }) {
				found = append(found, source.Problem{Origin: w.Origin, Problem: fmt.Sprintf("%s: no target is called %q", w.Project, entry)})
			}
		}
	}
	slices.SortFunc(found, func(a, b source.Problem) int {
		return cmp.Or(compareOrigins(a.Origin, b.Origin), cmp.Compare(a.Problem, b.Problem))
	})
	p.problems = append(p.problems, found...)
}

// toRead are the projects for which upstream has to be asked: not those that a rule or a marker excludes before.
func (p *planner) toRead(lines []line) []project.Name {
	need := map[project.Name]bool{}
	for _, l := range lines {
		if !need[l.Project] && l.live {
			v, _ := l.Versions.Pin()
			_, out := p.excluded(l.Project, v, l.target)
			need[l.Project] = !out
		}
	}
	var names []project.Name
	for name, yes := range need {
		if yes {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
