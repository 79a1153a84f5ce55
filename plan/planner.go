package plan

import (
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"wheelyard/packaging/project"
	"wheelyard/source"
	"wheelyard/yard"
)

// planner is the state of one Make. Only the reading of pages runs in several goroutines.
type planner struct {
	in           Input
	targets      []*target
	listings     map[project.Name]*listing
	excludes     map[project.Name][]source.Exclude
	held         map[project.Name][]*heldWheel
	attempts     map[yard.Key][]yard.Attempt
	built        map[project.Name][]ownBuild
	tagSets      map[string]*tagSet
	requirements map[string]*requirement
	problems     []source.Problem
}

func newPlanner(in Input) *planner {
	p := &planner{
		in:           in,
		listings:     map[project.Name]*listing{},
		excludes:     map[project.Name][]source.Exclude{},
		held:         map[project.Name][]*heldWheel{},
		built:        map[project.Name][]ownBuild{},
		attempts:     map[yard.Key][]yard.Attempt{},
		tagSets:      map[string]*tagSet{},
		requirements: map[string]*requirement{},
		problems:     slices.Clone(in.Problems),
	}
	seen := map[string]bool{}
	for _, t := range in.Targets {
		if !seen[t.Name()] {
			seen[t.Name()] = true
			p.targets = append(p.targets, newTarget(t))
		}
	}
	slices.SortFunc(p.targets, compareTargets)
	for i, t := range p.targets {
		t.index = i
		if in.Inputs != nil {
			t.inputs = in.Inputs(t.Target)
		}
	}
	for _, x := range in.Excludes {
		p.excludes[x.Project] = append(p.excludes[x.Project], x)
	}
	for _, list := range p.excludes {
		slices.SortStableFunc(list, func(a, b source.Exclude) int { return compareOrigins(a.Origin, b.Origin) })
	}
	for _, a := range in.Attempts {
		p.attempts[a.Order] = append(p.attempts[a.Order], a)
	}
	return p
}

// pagesAtOnce bounds the pages being read; the client bounds its connections itself.
const pagesAtOnce = 32

// read lists the pages of the projects, each asked for once.
func (p *planner) read(names []project.Name) {
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(pagesAtOnce)
	for _, name := range names {
		group.Go(func() error {
			page, err := p.in.Page(name)
			l := list(name, page, err)
			mu.Lock()
			defer mu.Unlock()
			p.listings[name] = l
			return nil
		})
	}
	group.Wait() // none of them returns an error
	p.sortHeld(names)
	p.sortBuilt(names)
}

func (p *planner) number(name project.Name, version string, t *target) int {
	if p.in.Number == nil {
		return 0
	}
	return p.in.Number(name, version, t.Platform)
}
