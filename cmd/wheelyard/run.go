package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"wheelyard/cycle"
	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/yard"
)

type runCmd struct {
	DryRun  bool     `help:"Plan only; changes nothing."`
	Jobs    int      `help:"Builds at the same time (default: one for each processor)." placeholder:"N"`
	Only    []string `help:"Build this project only; may be given several times." placeholder:"PROJECT"`
	Strict  bool     `help:"End with status 3 when some want has no wheel."`
	Format  string   `help:"table or json." enum:"table,json" default:"table"`
	Offline bool     `help:"Ask nobody: use the pages seen last, however old."`
}

func (runCmd) Help() string {
	return `Example:
  wheelyard run
  wheelyard run --only lxml --jobs 1

A build that fails is no error of the run: it is reported, and everything else is published.`
}

func (c *runCmd) Run(ctx context.Context, all *cli, p *process) error {
	if c.Jobs < 0 {
		return usageError{fmt.Sprintf("--jobs=%d: at least 1, or 0 for one for each processor", c.Jobs)}
	}
	if c.DryRun {
		return (&planCmd{Format: c.Format, Offline: c.Offline, only: c.Only}).Run(ctx, all, p)
	}
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	h.offline = c.Offline
	started := h.now()
	out, err := c.round(ctx, h, p.stderr)
	if out.Plan.Made.IsZero() {
		return err
	}
	if ctx.Err() != nil { // how things stand isn't known, only what was done; for programs, half a report is none
		if c.Format != "json" {
			writeAttempts(p.stdout, out.Attempts)
		}
		return ctx.Err()
	}
	c.report(p.stdout, h, out, h.now().Sub(started))
	h.writeWarnings(p.stderr, out.Plan)
	if err == nil && !h.offline && outage(out.Plan) {
		return errors.New("upstream could not be asked about anything: nothing is known, and nothing was done")
	}
	if n := h.without(out.Plan); err == nil && c.Strict && n > 0 {
		fmt.Fprintf(p.stderr, "wheelyard: --strict: %d of %s without a wheel\n", n, count(len(out.Plan.Decisions), "decision"))
		return errUnserved
	}
	return err
}

// outage says whether upstream could be asked about nothing that is wanted.
func outage(p plan.Plan) bool {
	asked := 0
	for _, d := range p.Decisions {
		if d.Temporary {
			asked++
		} else if d.Verdict != plan.Excluded {
			return false
		}
	}
	return asked > 0
}

// without is how many decisions leave a want without a wheel now that the run is over, also by what is still ordered on targets of this
// machine: that was not to be built now, or is to be tried again. What other machines have to do doesn't count.
func (h *house) without(p plan.Plan) int {
	here := map[string]bool{}
	for _, t := range h.known {
		here[t.Name()] = t.Here
	}
	n := p.Summary().Unserved
	for _, d := range p.Decisions {
		if (d.Verdict == plan.Build || d.Verdict == plan.Shared) && here[d.Target] {
			n++
		}
	}
	return n
}

func (c *runCmd) round(ctx context.Context, h *house, stderr io.Writer) (cycle.Outcome, error) {
	in, err := h.input(ctx)
	if err != nil {
		return cycle.Outcome{}, err
	}
	only, err := namesOf(c.Only, in.Wants)
	if err != nil {
		return cycle.Outcome{}, err
	}
	y, err := h.openYard()
	if err != nil {
		return cycle.Outcome{}, err
	}
	unlock, err := y.Lock(ctx)
	if err != nil {
		return cycle.Outcome{}, err
	}
	defer unlock()
	if err := h.sweep(ctx); err != nil {
		return cycle.Outcome{}, err
	}
	damaged, err := h.damage(ctx, y, stderr)
	if err != nil {
		return cycle.Outcome{}, err
	}
	builder, err := h.builder(ctx)
	if err != nil {
		return cycle.Outcome{}, err
	}
	tree, err := h.tree(y)
	if err != nil {
		return cycle.Outcome{}, err
	}
	watch := newProgress(ctx, stderr, h.now)
	defer watch.close()
	if !h.offline {
		in.Page = watch.pages(in)
	}
	decide := h.planner(in)
	round := cycle.Round{
		Plan: func(held []yard.Wheel, past []yard.Attempt) plan.Plan {
			return onlyOf(decide(held, past), only)
		},
		Targets: in.Targets, Yard: y, Builder: builder, Tree: tree,
		Jobs: c.jobs(), Observer: watch, Frozen: damaged != nil,
	}
	out, err := round.Run(ctx)
	return out, errors.Join(err, damaged)
}

// damage tells of the records that can't be believed. While there are such, nobody knows what is to be published: damaged is not nil then.
func (h *house) damage(ctx context.Context, y *yard.Yard, stderr io.Writer) (damaged, err error) {
	problems, err := y.Damage(ctx)
	if err != nil || len(problems) == 0 {
		return nil, err
	}
	for _, p := range problems {
		fmt.Fprintf(stderr, "warning: %s: %s\n", h.below(p.File), p.Text)
	}
	return fmt.Errorf("%s can't be believed, so that the published tree stays as it is\n  hint: put them back from a backup; `wheelyard verify` tells what else is wrong",
		count(len(problems), "record")), nil
}

func (c *runCmd) jobs() int {
	if c.Jobs > 0 {
		return c.Jobs
	}
	return runtime.NumCPU()
}

// onlyOf leaves the orders of the projects that were asked for, or all if none were; the verdicts of the others stand.
func onlyOf(p plan.Plan, names []project.Name) plan.Plan {
	if len(names) == 0 {
		return p
	}
	p.Orders = slices.DeleteFunc(p.Orders, func(o plan.Order) bool { return !slices.Contains(names, o.Project) })
	return p
}

// runReport is `run --format json`.
type runReport struct {
	Format   int            `json:"format"`
	Plan     plan.Plan      `json:"plan"`
	Attempts []yard.Attempt `json:"attempts"`
	Seconds  float64        `json:"seconds"`
}

func (c *runCmd) report(w io.Writer, h *house, out cycle.Outcome, took time.Duration) {
	if c.Format == "json" {
		writeJSON(w, runReport{Format: 1, Plan: out.Plan, Attempts: append([]yard.Attempt{}, out.Attempts...), Seconds: took.Seconds()})
		return
	}
	writePlan(w, out.Plan)
	writeAttempts(w, out.Attempts)
	switch {
	case len(out.Attempts) > 0:
	case out.Plan.Summary().Elsewhere > 0:
		fmt.Fprintln(w, "nothing had to be built here")
	default:
		fmt.Fprintln(w, "nothing had to be built")
	}
	fmt.Fprintf(w, "done in %s; `wheelyard why PROJECT` explains a verdict, `wheelyard serve` serves %s\n", span(took), h.below("public"))
}

// writeAttempts prints what became of each; nothing when there were none.
func writeAttempts(w io.Writer, attempts []yard.Attempt) {
	if len(attempts) == 0 {
		return
	}
	fmt.Fprintln(w)
	rows := [][]string{{"TRIED", "VERSION", "TARGET", "RESULT", "TIME", ""}}
	for _, a := range attempts {
		what := a.Wheel.Filename
		if a.Class != yard.Built {
			what = a.Reason
			if a.Advice != "" {
				what += "; " + a.Advice
			}
		}
		rows = append(rows, []string{string(a.Project), a.Version, a.Target, string(a.Class), millis(a.Took.Total), what})
	}
	table(w, rows)
	fmt.Fprintln(w)
}
