package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"wheelyard/build"
	"wheelyard/plan"
	"wheelyard/yard"
)

type statusCmd struct {
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

func (statusCmd) Help() string {
	return `Example:
  wheelyard status

Asks nobody: verdicts are those of the pages seen last.`
}

// standing is what status shows.
type standing struct {
	Format   int             `json:"format"`
	Yard     string          `json:"yard"`
	Summary  plan.Summary    `json:"summary"`
	Wheels   int             `json:"wheels"`
	Bytes    int64           `json:"bytes"`
	Building []build.Running `json:"building"`
	Failed   []plan.Decision `json:"failed"`
	Unserved []plan.Decision `json:"unserved"` // the others that have no wheel and no order
}

func (c *statusCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	h.offline = true
	in, err := h.input(ctx)
	if err != nil {
		return err
	}
	pl, err := h.plan(ctx, in)
	if err != nil {
		return err
	}
	held, _, err := h.state(ctx)
	if err != nil {
		return err
	}
	building, err := build.UnderWay(h.config.Yard)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s := newStanding(pl, held)
	s.Yard, s.Building = h.config.Yard, append(s.Building, building...)
	if c.Format == "json" {
		return writeJSON(p.stdout, s)
	}
	s.write(p.stdout, h.now())
	h.writeWarnings(p.stderr, pl)
	return nil
}

func newStanding(pl plan.Plan, held []yard.Wheel) standing {
	s := standing{Format: 1, Summary: pl.Summary(), Wheels: len(held), Building: []build.Running{}, Failed: []plan.Decision{}, Unserved: []plan.Decision{}}
	for _, w := range held {
		s.Bytes += w.Size
	}
	for _, d := range pl.Decisions {
		switch {
		case d.Verdict == plan.Failed:
			s.Failed = append(s.Failed, d)
		case d.Verdict.Unserved():
			s.Unserved = append(s.Unserved, d)
		}
	}
	return s
}

// shownAtMost keeps status on one screen.
const shownAtMost = 10

func (s *standing) write(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "yard      %s: %s, %s\n", s.Yard, count(s.Wheels, "wheel"), bytesText(s.Bytes))
	fmt.Fprint(w, "wanted    ")
	writeSummary(w, s.Summary)
	fmt.Fprintf(w, "building  %d\n", len(s.Building))
	for _, b := range s.Building {
		fmt.Fprintf(w, "  %s, for %s\n", b.What, span(max(now.Sub(b.Since), 0)))
	}
	writeSome(w, "failed    ", s.Failed)
	writeSome(w, "unserved  ", s.Unserved)
}

func writeSome(w io.Writer, title string, all []plan.Decision) {
	fmt.Fprintf(w, "%s%d\n", title, len(all))
	var rows [][]string
	for _, d := range all[:min(len(all), shownAtMost)] {
		rows = append(rows, []string{" ", string(d.Project), d.Version, d.Target, string(d.Verdict), reason(d)})
	}
	table(w, rows)
	if more := len(all) - shownAtMost; more > 0 {
		fmt.Fprintf(w, "  and %d more: `wheelyard plan` lists them\n", more)
	}
}
