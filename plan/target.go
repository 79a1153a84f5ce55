package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

// target is a platform.Target with what the plan asks of it again and again.
type target struct {
	platform.Target
	name         string
	index        int
	inputs       string
	env          pep508.Environment
	python       pep440.Version // major.minor.micro, as pip compares requires-python
	short        string         // "3.11"
	major, minor int
	cpython      bool
	freeThreaded bool
	pythons      map[[2]string]bool // pairs of python and ABI tag that it takes
	platforms    map[string]bool    // platform tags that it takes
	libcMajor    int
	libcMinor    int
}

func newTarget(t platform.Target) *target {
	p := &target{Target: t, name: t.Name(), pythons: map[[2]string]bool{}, platforms: map[string]bool{}}
	release := append(t.Version.Release(), 0, 0, 0)[:3]
	p.major, p.minor = release[0], release[1]
	p.short = fmt.Sprintf("%d.%d", p.major, p.minor)
	p.python = pep440.MustParse(fmt.Sprintf("%s.%d", p.short, release[2]))
	p.cpython = strings.HasPrefix(t.Python, "cp")
	p.freeThreaded = p.cpython && strings.HasSuffix(t.Python, "t")
	for _, tag := range t.Tags.Tags() {
		p.pythons[[2]string{tag.Python, tag.ABI}] = true
		p.platforms[tag.Platform] = true
	}
	fmt.Sscanf(t.Libc.Version, "%d.%d", &p.libcMajor, &p.libcMinor)
	p.env = maps.Clone(t.Markers)
	if p.env == nil {
		p.env = pep508.Environment{}
	}
	if _, ok := p.env["extra"]; !ok {
		p.env["extra"] = "" // as pip does for requirements without extras
	}
	return p
}

// compareTargets puts the targets of one platform in the order of their interpreters.
func compareTargets(a, b *target) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), a.Version.Compare(b.Version), cmp.Compare(a.Python, b.Python))
}

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
		pure: !slices.ContainsFunc(f.Tags, func(t tag.Tag) bool { return t.Platform != "any" }),
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
