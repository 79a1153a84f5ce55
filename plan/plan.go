// Package plan decides what becomes of each want on each target, and what has to be built for it.
//
// A plan is a pure function of its Input: it reads no clock, no file and no network of its own, changes nothing, and is
// the same whatever the order of wants, targets, held wheels and attempts. What always holds:
//
//   - every want has a decision for each of its targets; wants for one version of a project on one target share one;
//   - what pip would install is what the plan says is upstream: the choice follows pip 26.3's finder (PEP 425, 440,
//     503, 592, 600, 656), whose sources are the reference where the PEPs leave room;
//   - nothing is ordered for a target for which upstream has a wheel that fits;
//   - what could not be learnt from upstream is unknown, never built.
//
// The package stores nothing.
package plan

import (
	"time"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// Policy is what the people who run a yard decided for all of it.
type Policy struct {
	// Pure says what becomes of sdists that give pure wheels: "build" (also ""), or "skip". An sdist counts as pure
	// when our own builds of it or of a neighbouring version gave pure wheels only, or else when upstream's wheels of
	// this or the nearest version are all pure. One of which nothing is known is built once, to find out.
	Pure string
}

// Input is all that a plan depends on. It is only read.
type Input struct {
	Now      time.Time
	Wants    []source.Want
	Excludes []source.Exclude
	Problems []source.Problem
	Targets  []platform.Target
	// Page is called at most once for each project, at once from several goroutines. Its error may be fs.ErrNotExist
	// (no such project); any other means that upstream could not be asked.
	Page     func(project.Name) (upstream.Page, error)
	Held     []yard.Wheel
	Attempts []yard.Attempt
	// Inputs is the digest of what besides the order an attempt's outcome on a target depends on. Nil: "".
	Inputs func(platform.Target) string
	// Number is the build number that is due for a version on a platform: a wheel held with a lower one doesn't serve
	// any more. Nil: 0 everywhere.
	Number func(name project.Name, version, platform string) int
	Policy Policy
}

// Plan is the outcome for all wants. Decisions are in the order of project, version and target; orders too.
type Plan struct {
	Made      time.Time
	Decisions []Decision
	Orders    []Order
	Problems  []source.Problem // those of the input, then what planning found
	Wants     int              // how many wants were read
}

// Order is one build to do.
type Order struct {
	Key         yard.Key
	Project     project.Name
	Version     string
	Target      string
	Sdist       simple.File
	BuildNumber int
	Serves      []string   // the targets that its wheel is thought to serve, its own among them
	After       []yard.Key // orders that must be done first
	Inputs      string     // Input.Inputs of the target
	Here        bool       // it can be built on this machine; otherwise it waits for a worker that has the platform
	More        bool       // the last attempt ran into a limit: this one may have more
}

// Make plans. It may be repeated, and gives the same plan for the same input.
func Make(in Input) Plan {
	p := newPlanner(in)
	asks := p.ask()
	decisions := make([]Decision, len(asks))
	var open []*pending
	for i, a := range asks {
		if c := p.decide(a, &decisions[i]); c != nil {
			open = append(open, c)
		}
	}
	orders := p.order(open)
	return Plan{Made: in.Now, Decisions: decisions, Orders: orders, Problems: p.problems, Wants: len(in.Wants)}
}
