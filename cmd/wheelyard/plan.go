package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/source"
)

type planCmd struct {
	Source   string `help:"Only what this source wants." placeholder:"NAME"`
	Series   string `help:"Only what this series wants." placeholder:"NAME"`
	Target   string `help:"Only this target, or this platform." placeholder:"TARGET"`
	Verdict  string `help:"Only this verdict: ${verdicts}." enum:",${verdicts}" default:"" placeholder:"VERDICT"`
	Since    string `help:"Only what changes of a git source added since a date, or since a commit." placeholder:"DATE|COMMIT"`
	Proposed string `help:"Only what this constraints file, not yet merged, would add to its series (--series; default: the newest)." placeholder:"FILE" type:"path"`
	Format   string `help:"table, json, or markdown (for a reviewer: what has no wheel comes first)." enum:"table,json,markdown" default:"table"`
	Offline  bool   `help:"Ask nobody: use the pages seen last, however old."`

	only []string // of a dry run: these are checked
}

func (planCmd) Help() string {
	return `Example:
  wheelyard plan --verdict build
  wheelyard plan --since 2026-11-01 --series master
  wheelyard plan --proposed upper-constraints.txt --series master --format markdown
  wheelyard plan --format json | jq '.orders[].project'`
}

func (c *planCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	h.offline = c.Offline
	if err := errors.Join(h.checkSource(c.Source, c.Series), h.checkTarget(ctx, c.Target)); err != nil {
		return err
	}
	in, err := h.input(ctx)
	if err != nil {
		return err
	}
	if _, err := namesOf(c.only, in.Wants); err != nil {
		return err
	}
	if in, err = c.narrow(ctx, h, in); err != nil {
		return err
	}
	watch := newProgress(ctx, p.stderr, h.now)
	if !h.offline {
		in.Page = watch.pages(in)
	}
	pl, err := h.plan(ctx, in)
	watch.close()
	if err != nil {
		return err
	}
	pl = c.filter(pl)
	switch c.Format {
	case "json":
		return writeJSON(p.stdout, pl)
	case "markdown":
		writeMarkdown(p.stdout, pl)
	default:
		writePlan(p.stdout, pl)
	}
	h.writeWarnings(p.stderr, pl)
	return nil
}

// plan makes the plan as things stand, changing nothing. Without a yard there is nothing held and nothing tried.
func (h *house) plan(ctx context.Context, in plan.Input) (plan.Plan, error) {
	held, past, err := h.state(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	return h.planner(in)(held, past), ctx.Err()
}

// filter keeps the decisions that the flags ask for, and the orders that belong to them.
func (c *planCmd) filter(p plan.Plan) plan.Plan {
	keep := p
	keep.Decisions, keep.Orders = nil, nil
	kept := map[string]bool{}
	for _, d := range p.Decisions {
		if c.wants(d) {
			keep.Decisions = append(keep.Decisions, d)
			kept[string(d.Order)] = true
		}
	}
	for _, o := range p.Orders {
		if kept[string(o.Key)] {
			keep.Orders = append(keep.Orders, o)
		}
	}
	return keep
}

func (c *planCmd) wants(d plan.Decision) bool {
	if c.Verdict != "" && string(d.Verdict) != c.Verdict || c.Target != "" && !covers(c.Target, d.Target) {
		return false
	}
	if c.Source == "" && c.Series == "" {
		return true
	}
	for _, o := range d.WantedBy {
		if (c.Source == "" || o.Source == c.Source) && (c.Series == "" || o.Series == c.Series) {
			return true
		}
	}
	return false
}

// covers tells whether name is the target itself or its platform.
func covers(name, target string) bool {
	platform, _, _ := strings.Cut(target, "/")
	return name == target || name == platform
}

// writePlan prints the verdicts as a table, and how many there are of each.
func writePlan(w io.Writer, p plan.Plan) {
	rows := [][]string{{"PROJECT", "VERSION", "TARGET", "VERDICT", "REASON"}}
	for _, d := range p.Decisions {
		rows = append(rows, []string{string(d.Project), d.Version, d.Target, string(d.Verdict), reason(d)})
	}
	table(w, rows)
	fmt.Fprintln(w)
	writeSummary(w, p.Summary())
}

// reason is a decision's in one line, with the file that serves the want if there is one.
func reason(d plan.Decision) string {
	r := d.Reason
	if d.File != "" && !strings.Contains(r, d.File) {
		r = d.File + ": " + r
	}
	for _, note := range d.Notes {
		r += " (" + note + ")"
	}
	if d.Advice != "" {
		r += "; " + d.Advice
	}
	if !d.RetryAt.IsZero() {
		r += "; tried again after " + d.RetryAt.UTC().Format("2006-01-02 15:04Z")
	}
	return r
}

func writeSummary(w io.Writer, s plan.Summary) {
	var parts []string
	for _, v := range plan.Verdicts {
		if n := s.Verdicts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	fmt.Fprintf(w, "%s, %s", count(s.Wants, "want"), count(s.Decisions, "decision"))
	if len(parts) > 0 {
		fmt.Fprintf(w, ": %s", strings.Join(parts, ", "))
	}
	fmt.Fprintln(w)
	if s.Elsewhere > 0 {
		fmt.Fprintf(w, "%s can only be built on another machine\n", count(s.Elsewhere, "order"))
	}
}

func writeProblems(w io.Writer, problems []source.Problem) {
	for _, p := range problems {
		fmt.Fprintf(w, "warning: %s:%d: %s\n", p.File, p.Line, p.Problem)
	}
}

// writeWarnings tells what is wrong in the sources, and that upstream could not be asked: that is one thing, of however many projects.
func (h *house) writeWarnings(w io.Writer, pl plan.Plan) {
	writeProblems(w, pl.Problems)
	var unasked []project.Name
	why := ""
	for _, d := range pl.Decisions {
		if !d.Temporary || len(unasked) > 0 && unasked[len(unasked)-1] == d.Project { // they come by project
			continue
		}
		if unasked = append(unasked, d.Project); why == "" {
			why = d.Reason
		}
	}
	switch {
	case len(unasked) == 0:
	case h.offline:
		fmt.Fprintf(w, "warning: the cache has no page of %s, first of %s\n  hint: `wheelyard plan` asks upstream\n", count(len(unasked), "project"), unasked[0])
	default:
		fmt.Fprintf(w, "warning: upstream could not be asked about %s, first about %s: unknown %s\n  hint: ask again later; --offline uses the pages seen last, however old\n",
			count(len(unasked), "project"), unasked[0], why)
	}
}
