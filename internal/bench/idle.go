package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

const quickstart = "examples/quickstart/wheelyard.toml"

// idle measures a run with nothing to do, beside the way that asks pip about every pin.
func idle(ctx context.Context, w io.Writer) error {
	progress("wheelyard run, with nothing changed")
	if _, err := once(ctx, nil, "bin/wheelyard", "run", "--config", quickstart); err != nil { // builds, and makes the pages fresh
		return err
	}
	var walls, cpus []time.Duration
	var peak int64
	for range 20 {
		s, err := once(ctx, nil, "bin/wheelyard", "run", "--config", quickstart, "--format", "json")
		if err != nil {
			return err
		}
		walls, cpus, peak = append(walls, s.wall), append(cpus, s.cpu), max(peak, s.memory)
	}
	pins, err := upstreamPins(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var asked []time.Duration
	for range 4 { // the first fills pip's cache
		began := time.Now()
		for _, pin := range pins {
			progress("pip wheel %s", pin)
			if _, err := once(ctx, nil, python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", dir, pin); err != nil {
				return err
			}
		}
		asked = append(asked, time.Since(began))
	}
	asked = asked[1:]
	fmt.Fprintf(w, `
## A run with nothing to do

The quickstart's twelve pins, one of them on two targets, all pages fresh, nothing changed; beside it %s for only those pins of it
that upstream has a wheel of (%d), which is how long that way takes to find out that there is nothing to do for them.

| | least | median | most |
|---|---|---|---|
| %s, wall clock | %s |
| the same, processor time | %s |
| %s, all of them, wall clock | %s |

Peak memory of %s: %d MiB.
`, "`pip wheel`", len(pins), "`wheelyard run`", figures(walls), figures(cpus), "`pip wheel`", figures(asked), "`wheelyard run`", peak>>20)
	fmt.Fprintf(w, "Ratio of the medians: %.0f.\n", float64(median(asked))/float64(median(walls)))
	return nil
}

// upstreamPins are the pins of the quickstart that upstream has wheels of.
func upstreamPins(ctx context.Context) ([]string, error) {
	s, err := once(ctx, nil, "bin/wheelyard", "plan", "--config", quickstart, "--verdict", "upstream", "--target", "debian-12-x86_64", "--format", "json")
	if err != nil {
		return nil, err
	}
	var plan struct {
		Decisions []struct{ Project, Version string }
	}
	if err := json.Unmarshal(s.stdout, &plan); err != nil {
		return nil, err
	}
	var pins []string
	for _, d := range plan.Decisions {
		pins = append(pins, d.Project+"=="+d.Version)
	}
	return pins, nil
}
