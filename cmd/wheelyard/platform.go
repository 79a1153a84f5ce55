package main

import (
	"context"
	"fmt"
	"strings"

	"wheelyard/platform"
)

type platformCmd struct {
	List platformListCmd `cmd:"" help:"The platforms of the configuration, with their targets."`
	Show platformShowCmd `cmd:"" help:"What was probed of a platform."`
}

func (platformCmd) Help() string {
	return "Example:\n  wheelyard platform list\n  wheelyard platform show debian-12-x86_64"
}

type platformListCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

func (platformListCmd) Help() string { return "Example:\n  wheelyard platform list" }

func (c *platformListCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	facts, err := h.facts(ctx)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return writeJSON(p.stdout, struct {
			Format    int              `json:"format"`
			Platforms []platform.Facts `json:"platforms"`
		}{platform.Format, facts})
	}
	rows := [][]string{{"TARGET", "PYTHON", "SYSTEM", "LIBC", "BUILT", ""}}
	for _, f := range facts {
		targets, err := f.Targets()
		if err != nil {
			return fmt.Errorf("platform %s: %w", f.Platform, err)
		}
		for i, t := range targets {
			where := "here"
			if !t.Here {
				where = "elsewhere"
			}
			in := f.Interpreters[i]
			rows = append(rows, []string{t.Name(), in.Implementation + " " + in.Version, f.OS.ID + " " + f.OS.VersionID + " " + f.Arch,
				f.Libc.Name + " " + f.Libc.Version, where, in.Path})
		}
	}
	table(p.stdout, rows)
	return nil
}

type platformShowCmd struct {
	Name   string `arg:"" optional:"" help:"Which one (default: the first of the configuration)."`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

func (platformShowCmd) Help() string {
	return `Example:
  wheelyard platform show debian-12-x86_64
  wheelyard platform show --format json > debian-12-x86_64.json

The JSON can be given to another yard, that plans for this platform without having it: facts = "debian-12-x86_64.json".`
}

func (c *platformShowCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	for i, conf := range h.config.Platforms {
		if c.Name != "" && conf.Name != c.Name {
			continue
		}
		f, err := h.factsOf(ctx, i)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return f.Write(p.stdout)
		}
		return showFacts(p, f)
	}
	return usageError{fmt.Sprintf("no platform is named %s\n  hint: `wheelyard platform list` shows them", c.Name)}
}

func showFacts(p *process, f platform.Facts) error {
	about := [][]string{
		{"platform", f.Platform},
		{"system", strings.TrimSpace(fmt.Sprintf("%s %s %s", f.OS.ID, f.OS.VersionID, f.OS.Codename))},
		{"architecture", f.Arch},
		{"libc", f.Libc.Name + " " + f.Libc.Version},
	}
	if f.Root.Packages > 0 {
		about = append(about, []string{"packages", fmt.Sprintf("%d, %s", f.Root.Packages, f.Root.Digest)})
	}
	table(p.stdout, about)
	for _, in := range f.Interpreters {
		fmt.Fprintf(p.stdout, "\n%s/%s\n", f.Platform, in.Target)
		rows := [][]string{{"  python", in.Implementation + " " + in.Version}}
		if in.Path != "" {
			rows = append(rows, []string{"  path", in.Path})
		}
		rows = append(rows, []string{"  soabi", in.SOABI})
		if n := len(in.Tags); n > 0 {
			rows = append(rows, []string{"  tags", fmt.Sprintf("%d, from %s to %s", n, in.Tags[0], in.Tags[n-1])})
		}
		table(p.stdout, rows)
	}
	return nil
}
