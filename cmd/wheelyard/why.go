package main

import (
	"context"
	"fmt"
	"io"
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
  wheelyard why PyYAML==5.4.1 --target debian-12-x86_64/cp311`
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
	pl, err := h.plan(ctx)
	if err != nil {
		return err
	}
	e := pl.Why(name, version, "")
	var picked []plan.Decision
	for _, d := range e.Decisions {
		if c.Target == "" || covers(c.Target, d.Target) {
			picked = append(picked, d)
		}
	}
	if e.Decisions = picked; len(picked) == 0 {
		return usageError{fmt.Sprintf("nobody wants %s here: no source names it\n  hint: `wheelyard plan` lists what is wanted", c.Project)}
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
	s := fmt.Sprintf("%s:%d", o.File, o.Line)
	if o.Series != "" {
		return fmt.Sprintf("%s %s, %s", o.Source, o.Series, s)
	}
	return fmt.Sprintf("%s, %s", o.Source, s)
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

// normalVersion is the normal form of a version, or the text itself when it is none.
func normalVersion(s string) string {
	v, err := pep440.Parse(s)
	if err != nil {
		return s
	}
	return v.String()
}
