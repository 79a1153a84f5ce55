package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"wheelyard/cmd/wheelyard/config"
	"wheelyard/plan"
	"wheelyard/series"
	"wheelyard/source"
	"wheelyard/source/git"
)

// narrow leaves of a plan's input only the wants that a change adds: one that was made (Since), or one that is proposed.
func (c *planCmd) narrow(ctx context.Context, h *house, in plan.Input) (plan.Input, error) {
	switch {
	case c.Since != "" && c.Proposed != "":
		return in, usageError{"--since tells of changes that were made, --proposed of one that may be: not both at once"}
	case c.Since != "":
		return c.since(ctx, h, in)
	case c.Proposed != "":
		return c.proposed(h, in)
	}
	return in, nil
}

// proposed compares a constraints file with what its series wants now.
func (c *planCmd) proposed(h *house, in plan.Input) (plan.Input, error) {
	s, name, err := c.proposedTo(h)
	if err != nil {
		return in, err
	}
	r, err := h.readFile(c.Proposed, source.Origin{Source: s.Name, Series: name}, source.ReadConstraints)
	if err != nil {
		return in, usageError{fmt.Sprintf("the proposed file: %v", err)}
	}
	for i := range r.Wants {
		r.Wants[i].Targets = s.Targets
	}
	in.Wants, in.Problems = series.Added(in.Wants, r.Wants), r.Problems
	return in, nil
}

// proposedTo is the series that a file is proposed for: the one that is named, or the newest of the only source that has series.
func (c *planCmd) proposedTo(h *house) (s config.Source, name string, err error) {
	var found []config.Source
	for _, s := range h.config.Sources {
		if len(s.Series()) > 0 && (c.Source == "" || s.Name == c.Source) && (c.Series == "" || slices.Contains(s.Series(), c.Series)) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return s, "", usageError{fmt.Sprintf("%s has series that the file could be for\n  hint: --source and --series say which", count(len(found), "source"))}
	}
	if name = c.Series; name == "" {
		all := found[0].Series()
		name = all[len(all)-1]
	}
	return found[0], name, nil
}

// since compares what the git sources want now with what they wanted then.
func (c *planCmd) since(ctx context.Context, h *house, in plan.Input) (plan.Input, error) {
	var added []source.Want
	asked := false
	for _, s := range h.config.Sources {
		if s.Git == "" || c.Source != "" && s.Name != c.Source {
			continue
		}
		asked = true
		before, changed, err := h.before(ctx, s, c.Since)
		if err != nil {
			return in, err
		}
		now := slices.DeleteFunc(slices.Clone(in.Wants), func(w source.Want) bool { return w.Origin.Source != s.Name || !changed[w.Origin.Series] })
		added = append(added, series.Added(before, now)...)
	}
	if !asked {
		return in, usageError{"--since needs a source with a history\n  hint: git = \"URL\" makes one"}
	}
	in.Wants, in.Problems = added, nil
	return in, nil
}

// before reads what a git source wanted at a time or in a commit.
func (h *house) before(ctx context.Context, s config.Source, text string) ([]source.Want, map[string]bool, error) {
	m, err := h.mirror(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	defer m.Close()
	since, err := sinceOf(ctx, m, text)
	if err != nil {
		return nil, nil, err
	}
	wants, changed, err := series.Before(ctx, m, s.Name, layoutOf(s), seriesOf(s), since)
	if errors.Is(err, series.ErrElsewhere) || errors.Is(err, fs.ErrNotExist) {
		return nil, nil, usageError{fmt.Sprintf("--since %s: %v", text, err)}
	}
	return wants, changed, err
}

// sinceOf reads a date, a time, a branch or tag, or a whole commit id.
func sinceOf(ctx context.Context, m *git.Mirror, text string) (series.Since, error) {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(form, text); err == nil {
			return series.Since{Time: at}, nil
		}
	}
	tip, err := m.Resolve(ctx, text)
	if err == nil {
		return series.Since{Commit: tip.ID}, nil
	}
	if len(text) == 40 || len(text) == 64 {
		return series.Since{Commit: git.ID(text)}, nil
	}
	return series.Since{}, usageError{fmt.Sprintf("--since %s: neither a date, as 2026-11-01, nor a branch, a tag or a whole commit id of %s", text, m.Location())}
}
