package plan

import (
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
)

// tagSet is the tags of one or more wheels, ranked for each target once.
type tagSet struct {
	tags  []tag.Tag
	pure  bool    // for every platform
	ranks []int32 // by target, the lower the better; -1: does not fit
	why   []*misfit
}

// misfit says why a tag set does not fit a target.
type misfit struct {
	kind Mismatch
	why  string
}

func (p *planner) tagSet(f wheel.Filename) *tagSet {
	if s := p.tagSets[f.TagSet]; s != nil {
		return s
	}
	s := &tagSet{
		tags: f.Tags,
		pure: tag.Pure(f.Tags),
	}
	s.ranks, s.why = make([]int32, len(p.targets)), make([]*misfit, len(p.targets))
	for i, t := range p.targets {
		s.ranks[i] = -1
		if _, rank, ok := t.Tags.Best(f.Tags); ok {
			s.ranks[i] = int32(rank)
		}
	}
	p.tagSets[f.TagSet] = s
	return s
}

func (s *tagSet) fits(t *target) bool { return s.ranks[t.index] >= 0 }

func (s *tagSet) misfit(t *target) *misfit {
	if s.why[t.index] == nil {
		m := explain(s.tags, t)
		s.why[t.index] = &m
	}
	return s.why[t.index]
}

// requirement is one requires-python, asked once for each target.
type requirement struct {
	invalid bool
	admits  []bool // by target
}

func (p *planner) requires(s string) *requirement {
	if r := p.requirements[s]; r != nil {
		return r
	}
	r := &requirement{admits: make([]bool, len(p.targets))}
	specifiers, err := pep440.ParseSpecifiers(s)
	r.invalid = err != nil // pip ignores what it cannot read
	for i, t := range p.targets {
		r.admits[i] = r.invalid || specifiers.Contains(t.python, pep440.PrereleasesDefault)
	}
	p.requirements[s] = r
	return r
}
