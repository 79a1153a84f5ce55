package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"wheelyard/build"
	"wheelyard/cycle"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/wheel"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// buildCmd does one order, whatever the plan says of it.
type buildCmd struct {
	Pin    string `arg:"" name:"project==version" help:"What to build."`
	Target string `help:"For which target (default: the first of this machine)." placeholder:"TARGET"`
	Check  bool   `help:"Build twice, and compare the two wheels byte by byte; keeps neither."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

func (buildCmd) Help() string {
	return `Example:
  wheelyard build netifaces==0.11.0
  wheelyard build netifaces==0.11.0 --check

The build's output is shown as it comes. Its wheel is kept and published, unless upstream has one that fits. Ends with status 3 when the build fails.`
}

func (c *buildCmd) Run(ctx context.Context, all *cli, p *process) error {
	name, version, err := splitPin(c.Pin)
	if err == nil && version == "" {
		err = usageError{fmt.Sprintf("%s: say which version: %s==VERSION", c.Pin, c.Pin)}
	}
	if err != nil {
		return err
	}
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	t, err := h.hereTarget(ctx, c.Target)
	if err != nil {
		return err
	}
	o, fitting, err := h.orderFor(ctx, name, version, t)
	if err != nil {
		return err
	}
	b, err := h.builder(ctx)
	if err != nil {
		return err
	}
	if c.Check {
		return c.check(ctx, b, o, t, p)
	}
	return c.build(ctx, h, b, o, t, fitting, p)
}

// hereTarget is the target of that name, or the first, that can be built for on this machine.
func (h *house) hereTarget(ctx context.Context, name string) (platform.Target, error) {
	targets, err := h.targets(ctx)
	if err != nil {
		return platform.Target{}, err
	}
	for _, t := range targets {
		if t.Here && (name == "" || covers(name, t.Name())) {
			return t, nil
		}
	}
	if name == "" {
		return platform.Target{}, usageError{"no platform of the configuration is this machine's own\n  hint: root = \"host\" makes one"}
	}
	return platform.Target{}, usageError{fmt.Sprintf("%s is no target that this machine builds for\n  hint: `wheelyard platform list` shows them: %s", name, targetNames(targets))}
}

// orderFor makes the order for a pin as if there were no wheel of it. fitting names upstream's wheel that fits; "": it has none.
func (h *house) orderFor(ctx context.Context, name project.Name, version string, t platform.Target) (o plan.Order, fitting string, err error) {
	client, err := h.upstream(ctx)
	if err != nil {
		return o, "", err
	}
	pin, err := pep440.ParseSpecifiers("==" + version)
	if err != nil {
		return o, "", usageError{err.Error()}
	}
	in := plan.Input{
		Now: h.now(), Targets: []platform.Target{t}, Inputs: h.inputs(),
		Wants: []source.Want{{Project: name, Spelt: string(name), Versions: pin, Origin: source.Origin{Source: "command line", File: "command line"}}},
		Page:  func(n project.Name) (upstream.Page, error) { return client.Page(ctx, n) },
	}
	listed := false // upstream has the version
	for _, d := range plan.Make(in).Decisions {
		listed = d.Verdict != plan.Unknown
		if d.Verdict == plan.Upstream {
			fitting = d.File
		}
	}
	in.Page = func(n project.Name) (upstream.Page, error) {
		page, err := client.Page(ctx, n)
		page.Project.Files = slices.DeleteFunc(slices.Clone(page.Project.Files), isWheel)
		return page, err
	}
	bare := plan.Make(in)
	if len(bare.Orders) == 1 {
		return bare.Orders[0], fitting, ctx.Err()
	}
	if len(bare.Decisions) > 0 {
		d := bare.Decisions[0]
		if listed && d.Verdict == plan.Unknown {
			return o, "", fmt.Errorf("%s %s can't be built: upstream has wheels of it, and no sdist", name, version)
		}
		return o, "", fmt.Errorf("%s %s can't be built for %s: %s: %s", name, version, t.Name(), d.Verdict, d.Reason)
	}
	return o, "", errors.Join(ctx.Err(), errors.New("nothing to build"))
}

func isWheel(f simple.File) bool {
	_, err := wheel.ParseFilename(f.Filename)
	return err == nil
}

// build does the order, and keeps what came of it.
func (c *buildCmd) build(ctx context.Context, h *house, b *build.Builder, o plan.Order, t platform.Target, fitting string, p *process) error {
	y, err := h.openYard()
	if err != nil {
		return err
	}
	unlock, err := y.Lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	tree, err := h.tree(y)
	if err != nil {
		return err
	}
	loud := shown{b, p.stderr}
	var a yard.Attempt
	if fitting == "" { // a pure wheel is published for all platforms
		targets, err := h.targets(ctx)
		if err != nil {
			return err
		}
		round := cycle.Round{Targets: targets, Yard: y, Builder: loud, Tree: tree, Observer: nobody{}}
		if a, err = round.Do(ctx, o); err != nil {
			return err
		}
	} else if a, err = tryOnly(ctx, y, loud, o, t); err != nil {
		return err
	}
	built := a.Class == yard.Built
	switch {
	case c.Format == "json":
		if err := writeJSON(p.stdout, buildReport{1, a}); err != nil {
			return err
		}
	default:
		writeAttempts(p.stdout, []yard.Attempt{a})
		if fitting != "" && built {
			fmt.Fprintf(p.stdout, "not kept: upstream has %s, which fits\n", fitting)
		}
	}
	if !built {
		return errUnserved
	}
	return nil
}

// buildReport is `build --format json`.
type buildReport struct {
	Format int `json:"format"`
	yard.Attempt
}

// tryOnly records what a build came to, and drops its wheel.
func tryOnly(ctx context.Context, y *yard.Yard, b cycle.Builder, o plan.Order, t platform.Target) (yard.Attempt, error) {
	result, err := b.Build(ctx, o, t, nil)
	if err != nil {
		return yard.Attempt{}, err
	}
	defer result.Close()
	return cycle.Record(ctx, y, result)
}

// shown builds with the output on show.
type shown struct {
	cycle.Builder
	to io.Writer
}

func (s shown) Build(ctx context.Context, o plan.Order, t platform.Target, _ io.Writer) (build.Result, error) {
	return s.Builder.Build(ctx, o, t, s.to)
}

// nobody observes nothing.
type nobody struct{}

func (nobody) Planned(plan.Plan, int)                   {}
func (nobody) Started(plan.Order)                       {}
func (nobody) Finished(plan.Order, yard.Attempt, error) {}

// checkReport is `build --check --format json`.
type checkReport struct {
	Format      int                `json:"format"`
	Attempt     yard.Attempt       `json:"attempt"`
	Same        bool               `json:"same"`
	Differences []build.Difference `json:"differences"`
}

var errDiffers = errors.New("the two builds differ")

func (c *buildCmd) check(ctx context.Context, b *build.Builder, o plan.Order, t platform.Target, p *process) error {
	result, differences, err := b.Check(ctx, o, t, p.stderr)
	if err != nil {
		return err
	}
	defer result.Close()
	a := result.Attempt
	built := a.Class == yard.Built
	switch {
	case c.Format == "json":
		err = writeJSON(p.stdout, checkReport{1, a, built && len(differences) == 0, append([]build.Difference{}, differences...)})
	case !built:
		writeAttempts(p.stdout, []yard.Attempt{a})
	case len(differences) == 0:
		fmt.Fprintf(p.stdout, "%s: two builds gave the same bytes, sha256 %s\n", a.Wheel.Filename, a.Wheel.SHA256)
	default:
		for _, d := range differences {
			fmt.Fprintln(p.stdout, d)
		}
	}
	switch {
	case err != nil:
		return err
	case !built:
		return errUnserved
	case len(differences) > 0:
		return errDiffers
	}
	return nil
}
