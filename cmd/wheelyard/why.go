package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/source"
)

type whyCmd struct {
	Project string `arg:"" help:"PROJECT or PROJECT==VERSION."`
	Target  string `help:"Only this target, or this platform." placeholder:"TARGET"`
	Format  string `help:"text or json." enum:"text,json" default:"text"`
	Offline bool   `help:"Ask nobody: use the pages seen last, however old."`
}

func (whyCmd) Help() string {
	return `Example:
  wheelyard why PyYAML
  wheelyard why PyYAML==5.4.1 --target debian-12-x86_64/cp311

What nobody wants is explained as if somebody did.`
}

func (c *whyCmd) Run(ctx context.Context, all *cli, p *process) error {
	name, version, err := splitPin(c.Project)
	if err != nil {
		return err
	}
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	h.offline = c.Offline
	if err := h.checkTarget(ctx, c.Target); err != nil {
		return err
	}
	in, err := h.input(ctx)
	if err != nil {
		return err
	}
	in.Wants = slices.DeleteFunc(in.Wants, func(w source.Want) bool { return w.Project != name })
	in.Problems = nil // of others
	e, problems, err := c.explain(ctx, h, in, name, version)
	if err != nil {
		return err
	}
	if len(e.Decisions) == 0 {
		in.Wants, err = asIf(c.Project, name, version)
		if err != nil {
			return err
		}
		if e, _, err = c.explain(ctx, h, in, name, ""); err != nil {
			return err
		}
	}
	writeProblems(p.stderr, problems)
	if len(e.Decisions) == 0 || e.Decisions[0].WantedBy == nil && e.Decisions[0].Code == plan.NoProject {
		return usageError{fmt.Sprintf("nobody wants %s here: no source names it, and upstream has no project of this name\n  hint: `wheelyard plan` lists what is wanted", c.Project)}
	}
	if c.Format == "json" {
		return writeJSON(p.stdout, e)
	}
	for i, d := range e.Decisions {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		writeWhy(p.stdout, d)
	}
	return nil
}

// explain plans for what in wants, picks what was asked for, and tells what is wrong with the wants.
func (c *whyCmd) explain(ctx context.Context, h *house, in plan.Input, name project.Name, version string) (plan.Explanation, []source.Problem, error) {
	pl, err := h.plan(ctx, in)
	e := pl.Why(name, "", "")
	e.Decisions = slices.DeleteFunc(e.Decisions, func(d plan.Decision) bool {
		return c.Target != "" && !covers(c.Target, d.Target) || version != "" && !sameVersion(version, d.Version)
	})
	for i, d := range e.Decisions {
		e.Decisions[i].WantedBy = slices.DeleteFunc(d.WantedBy, func(o source.Origin) bool { return o == source.Origin{} })
		if len(e.Decisions[i].WantedBy) == 0 {
			e.Decisions[i].WantedBy = nil
		}
	}
	return e, pl.Problems, err
}

// asIf is what nobody wants, as if somebody did, of no origin: the version, or the one that pip would take.
func asIf(spelt string, name project.Name, version string) ([]source.Want, error) {
	w := source.Want{Project: name, Spelt: spelt}
	if version != "" {
		var err error
		if w.Versions, err = pep440.ParseSpecifiers("==" + version); err != nil {
			return nil, usageError{fmt.Sprintf("%q is no version: %v", version, err)}
		}
	}
	return []source.Want{w}, nil
}

// splitPin reads PROJECT or PROJECT==VERSION.
func splitPin(s string) (name project.Name, version string, err error) {
	spelt, version, pinned := strings.Cut(s, "==")
	if spelt = strings.TrimSpace(spelt); !project.Valid(spelt) || pinned && version == "" {
		return "", "", usageError{fmt.Sprintf("%q is neither PROJECT nor PROJECT==VERSION", s)}
	}
	return project.Normalize(spelt), normalVersion(strings.TrimPrefix(version, "=")), nil
}

func writeWhy(w io.Writer, d plan.Decision) {
	fmt.Fprintf(w, "%s %s on %s: %s\n", d.Project, d.Version, d.Target, d.Verdict)
	fmt.Fprintf(w, "  %s\n", reason(d))
	fmt.Fprintln(w, "\n  wanted by")
	if len(d.WantedBy) == 0 {
		fmt.Fprintln(w, "    nobody here: this is what would become of it if it were wanted")
	}
	for _, o := range d.WantedBy {
		fmt.Fprintf(w, "    %s\n", originOf(o))
	}
	fmt.Fprintln(w, "\n  asked in this order")
	var rows [][]string
	for _, s := range d.Steps {
		answer := "no "
		if s.Yes {
			answer = "yes"
		}
		rows = append(rows, []string{"   ", string(s.Asked) + "?", answer, s.Answer})
	}
	table(w, rows)
	if len(d.Candidates) > 0 {
		fmt.Fprintf(w, "\n  upstream's files of %s %s\n", d.Project, d.Version)
		writeCandidates(w, d.Candidates)
	}
}

func originOf(o source.Origin) string {
	who := o.Source
	if o.Series != "" {
		who += " " + o.Series
	}
	s := fmt.Sprintf("%s, %s:%d", who, o.File, o.Line)
	if o.Reason != "" {
		s += ": " + o.Reason
	}
	return s
}

func writeCandidates(w io.Writer, files []plan.Candidate) {
	var rows [][]string
	for _, f := range files {
		mark := " "
		if f.Chosen {
			mark = "*"
		} else if f.Fits {
			mark = "+"
		}
		rows = append(rows, []string{"   ", mark, f.Filename, f.Why})
	}
	table(w, rows)
}

// sameVersion: 1.0 and 1.0.0 are one.
func sameVersion(a, b string) bool {
	v, err := pep440.Parse(a)
	w, other := pep440.Parse(b)
	return a == b || err == nil && other == nil && v.Compare(w) == 0
}

// normalVersion is the normal form of a version, or the text itself when it is none.
func normalVersion(s string) string {
	v, err := pep440.Parse(s)
	if err != nil {
		return s
	}
	return v.String()
}
