package plan

import (
	"cmp"
	"slices"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/yard"
)

// order settles what is open, one sdist at a time: which targets build it, and which wait for those. It returns the
// orders in the order of their decisions.
func (p *planner) order(open []*pending) []Order {
	type source struct {
		project project.Name
		version string
		sha256  string
		number  int
	}
	groups := map[source][]*pending{}
	var sources []source
	for _, c := range open {
		s := source{c.ask.project, c.ask.version, digest(c.sdist.File), c.number}
		if groups[s] == nil {
			sources = append(sources, s)
		}
		groups[s] = append(groups[s], c)
	}
	orders := map[*pending]*Order{}
	for _, s := range sources {
		p.share(groups[s], orders)
	}
	var list []Order
	for _, c := range open {
		if o := orders[c]; o != nil {
			list = append(list, *o)
		}
	}
	return list
}

// share settles the targets that need one sdist. A shape that is not known is found out by one build on the cheapest
// target, the scout; one that is thought to serve several targets is built once for them.
func (p *planner) share(group []*pending, orders map[*pending]*Order) {
	s := p.predict(group[0].ask.release)
	switch {
	case s.form == pure && p.in.Policy.Pure == "skip":
		for _, c := range group {
			c.skip(s)
		}
	case s.form == perInterpreter:
		for _, c := range group {
			c.alone(s, orders)
		}
	case s.form == perPlatform:
		p.shareByPlatform(group, s, orders)
	default:
		lead(group, s, orders)
	}
}

func (p *planner) shareByPlatform(group []*pending, s shape, orders map[*pending]*Order) {
	served := map[string][]*pending{}
	var platforms []string
	for _, c := range group {
		if !s.serves(c.ask.target) {
			c.alone(s, orders)
			continue
		}
		name := c.ask.target.Platform
		if served[name] == nil {
			platforms = append(platforms, name)
		}
		served[name] = append(served[name], c)
	}
	for _, name := range platforms {
		lead(served[name], s, orders)
	}
}

// lead orders a build on the cheapest target that is not blocked; the others of the group wait for it, except those
// below its Python when the wheel is bound to that.
func lead(group []*pending, s shape, orders map[*pending]*Order) {
	var first *pending
	for _, c := range group {
		if !c.past.blocks() && (first == nil || cheaper(c, first, s)) {
			first = c
		}
	}
	for _, c := range group {
		switch {
		case c == first || first == nil || !covers(first.ask.target, c.ask.target, s):
			c.alone(s, orders)
		default:
			c.wait(first, s)
		}
	}
	if first == nil {
		return
	}
	o := orders[first]
	for _, c := range group {
		if c.decision.Verdict == Shared {
			o.Serves = append(o.Serves, c.ask.target.name)
		}
	}
	slices.Sort(o.Serves)
}

// covers: what is built on a target is thought to serve, or tells about, the other.
func covers(built, other *target, s shape) bool {
	return !s.abi3 || compareVersions(other, built) >= 0
}

func compareVersions(a, b *target) int {
	return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor))
}

// cheaper: native before elsewhere, plain CPython before others, low before high; but an abi3 wheel is built on the
// lowest Python before all, or it would not serve that.
func cheaper(a, b *pending, s shape) bool {
	x, y := a.ask.target, b.ask.target
	if s.abi3 {
		if c := compareVersions(x, y); c != 0 {
			return c < 0
		}
	}
	rank := func(t *target) int {
		n := 0
		for i, worse := range []bool{t.freeThreaded, !t.cpython, !t.Here} {
			if worse {
				n |= 1 << i
			}
		}
		return n
	}
	return cmp.Or(cmp.Compare(rank(x), rank(y)), compareVersions(x, y), cmp.Compare(x.index, y.index)) < 0
}

// alone settles a target by its own past: failed, or built.
func (c *pending) alone(s shape, orders map[*pending]*Order) {
	d := c.decision
	d.no(Shared, "no other order serves it: "+s.String())
	if c.failed() {
		return
	}
	d.no(NoSdist, "upstream has "+c.sdist.Filename)
	d.no(Skipped, "the policy wants it")
	code, reason := NoWheel, d.answer(Upstream)
	if c.past.code != "" {
		code, reason = c.past.code, c.past.reason
	}
	d.Order = c.key
	d.settle(Build, code, reason)
	orders[c] = &Order{Key: c.key, Project: d.Project, Version: d.Version, Target: d.Target, Sdist: sdistOf(c.sdist),
		BuildNumber: c.number, Serves: []string{d.Target}, Inputs: c.ask.target.inputs, Here: c.ask.target.Here,
		More: c.past.code == Retry && c.past.attempt.Class == yard.Limits}
}

func sdistOf(f *file) simple.File { return *f.File }

func (c *pending) failed() bool {
	d := c.decision
	if !c.past.blocks() {
		why := "it was never tried"
		if c.past.code != "" {
			why = c.past.reason
		}
		d.no(Failed, why)
		return false
	}
	d.Order, d.Class, d.Advice, d.RetryAt = c.key, c.past.attempt.Class, c.past.attempt.Advice, c.past.retryAt
	d.settle(Failed, c.past.code, c.past.reason)
	return true
}

func (c *pending) wait(first *pending, s shape) {
	d := c.decision
	d.Order = first.key
	on := first.ask.target.name
	switch s.form {
	case pure:
		d.settle(Shared, SharesPure, "the wheel built on "+on+" serves here too: "+s.String())
	case perPlatform:
		d.settle(Shared, SharesABI, "the wheel built on "+on+" serves here too: "+s.String())
	default:
		d.settle(Shared, Scout, "the first build, on "+on+", tells what the sdist turns into")
	}
}

func (c *pending) skip(s shape) {
	c.decision.no(Shared, "no order serves it")
	if c.failed() {
		return
	}
	c.decision.no(NoSdist, "upstream has "+c.sdist.Filename)
	c.decision.settle(Skipped, SharesPure, "the policy skips pure wheels: "+s.String())
}

// answer is what was answered to a question asked before.
func (d *Decision) answer(v Verdict) string {
	for _, s := range d.Steps {
		if s.Asked == v {
			return s.Answer
		}
	}
	return ""
}
