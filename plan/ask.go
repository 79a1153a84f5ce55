package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
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

// resolve finds the versions that a want means on its target.
func (p *planner) resolve(l line) []*ask {
	a := ask{project: l.Project, version: versionText(l.Want), target: l.target, pinned: pinned(l.Versions)}
	pin, _ := l.Versions.Pin()
	if rule, out := p.excluded(l.Project, pin, l.target); out {
		a.settled = &rule
		return []*ask{&a}
	}
	listing := p.listings[l.Project]
	matching := p.match(listing, l.Versions)
	switch {
	case len(matching) == 0:
		s := p.missing(listing, l.Want)
		a.settled = &s
		return []*ask{&a}
	case l.Latest > 0:
		return p.latest(a, matching, l.Want)
	}
	a.release = p.choose(matching, l.target, a.pinned, l.Versions.AllowsPrereleases())
	if a.release == nil {
		a.release = newest(matching, l.Versions.AllowsPrereleases())
	}
	a.version = a.release.text
	return []*ask{&a}
}

// match is matching, remembered: a want is asked once for each target.
func (p *planner) match(l *listing, s pep440.Specifiers) []*release {
	if l.err != nil {
		return nil
	}
	key := s.String()
	rs, ok := l.matches[key]
	if !ok {
		rs = p.matching(l, s)
		l.matches[key] = rs
	}
	return rs
}

// newest is the release to speak of when nothing fits: final and not yanked as a whole, if there is one.
func newest(matching []*release, prereleases bool) *release {
	for _, r := range matching {
		if !r.yanked && (prereleases || !r.version.IsPrerelease()) {
			return r
		}
	}
	return matching[0]
}

// latest takes the newest versions within a want, whatever the target: that set is the same everywhere, and a version
// which a target cannot have is told as such. Versions yanked as a whole don't count, nor pre-releases beside finals.
func (p *planner) latest(a ask, matching []*release, w source.Want) []*ask {
	a.pinned = false
	var finals, all []*release
	for _, r := range matching {
		if !r.yanked {
			all = append(all, r)
			if !r.version.IsPrerelease() {
				finals = append(finals, r)
			}
		}
	}
	if !w.Versions.AllowsPrereleases() && len(finals) > 0 {
		all = finals
	}
	if len(all) == 0 {
		all = matching[:1]
	}
	var asks []*ask
	for _, r := range all[:min(w.Latest, len(all))] {
		b := a
		b.release, b.version = r, r.text
		asks = append(asks, &b)
	}
	return asks
}

// askKey: wants with one key share a decision. range is set only where no version is known.
type askKey struct {
	project project.Name
	version string
	target  int
	within  string
}

func (a *ask) key(w source.Want) askKey {
	k := askKey{project: a.project, version: a.version, target: a.target.index}
	if a.version == "" {
		k.within = w.Versions.String()
	}
	return k
}

func merge(asks map[askKey]*ask, a *ask, l line) {
	k := a.key(l.Want)
	have := asks[k]
	if have == nil {
		asks[k] = a
		have = a
	} else if have.settled != nil && a.settled != nil && have.settled.reason > a.settled.reason {
		have.settled = a.settled // of several reasons the same one, whatever the order of the wants
	} else if have.settled != nil && a.settled == nil {
		have.settled, have.release = nil, a.release
	}
	have.pinned = have.pinned || a.pinned
	if !slices.Contains(have.wantedBy, l.Origin) {
		have.wantedBy = append(have.wantedBy, l.Origin)
	}
}

func sorted(asks map[askKey]*ask) []*ask {
	type keyed struct {
		askKey
		*ask
		parsed pep440.Version
		bad    bool
	}
	list := make([]keyed, 0, len(asks))
	for k, a := range asks {
		slices.SortFunc(a.wantedBy, compareOrigins)
		e := keyed{askKey: k, ask: a}
		if a.release != nil {
			e.parsed = a.release.version
		} else if v, err := pep440.Parse(a.version); err == nil {
			e.parsed = v
		} else {
			e.bad = true
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if c := cmp.Compare(a.ask.project, b.ask.project); c != 0 {
			return c
		}
		if a.bad != b.bad {
			return map[bool]int{true: -1, false: 1}[a.bad]
		}
		if !a.bad {
			if c := a.parsed.Compare(b.parsed); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.ask.version, b.ask.version), cmp.Compare(a.within, b.within),
			cmp.Compare(a.askKey.target, b.askKey.target))
	})
	out := make([]*ask, len(list))
	for i, e := range list {
		out[i] = e.ask
	}
	return out
}

func compareOrigins(a, b source.Origin) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Series, b.Series), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

// versionText is the pin in normal form, as spelt when it is no version; "" for a range.
func versionText(w source.Want) string {
	v, ok := w.Versions.Pin()
	switch {
	case !ok:
		return ""
	case v.IsZero():
		return strings.TrimSpace(strings.TrimLeft(w.Versions.String(), "="))
	}
	return v.String()
}

// pinned is pip's own rule for who may take a yanked file: some clause is === or an == without a wildcard.
func pinned(s pep440.Specifiers) bool {
	for clause := range strings.SplitSeq(s.String(), ",") {
		if strings.HasPrefix(clause, "===") || strings.HasPrefix(clause, "==") && !strings.HasSuffix(clause, ".*") {
			return true
		}
	}
	return false
}
