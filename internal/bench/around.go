package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// python is the interpreter whose pip is compared with; it is the system's version, as that of the builds.
const python = ".cache/oracles/bin/python"

const (
	benchDir    = ".cache/bench"
	benchConfig = `yard = "yard"
[[platform]]
name = "here"
root = "host"
pythons = ["3.11"]
[[source]]
name = "list"
packages = "packages.toml"
`
	benchPin = "netifaces==0.11.0"
	rounds   = 9
)

// around measures what wheelyard costs around one build, when sdist and build environment are there: all but the backend's own time.
func around(ctx context.Context, w io.Writer) error {
	if err := os.RemoveAll(benchDir); err != nil {
		return err
	}
	if err := os.MkdirAll(benchDir, 0o755); err != nil {
		return err
	}
	config := filepath.Join(benchDir, "wheelyard.toml")
	for name, text := range map[string]string{config: benchConfig, filepath.Join(benchDir, "packages.toml"): ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	first, err := buildOnce(ctx, config)
	if err != nil {
		return err
	}
	sdist := filepath.Join(benchDir, first.Sdist.Filename)
	blob := filepath.Join(benchDir, "yard/upstream/files/sha256", first.Sdist.SHA256[:2], first.Sdist.SHA256)
	if err := os.Link(blob, sdist); err != nil {
		return err
	}
	var all, cost, inside, pip []time.Duration
	for i := range rounds {
		progress("one build, %d of %d", i+1, rounds)
		b, err := buildOnce(ctx, config)
		if err != nil {
			return err
		}
		backend := time.Duration(b.Took.Backend) * time.Millisecond
		all, cost = append(all, b.wall), append(cost, b.wall-backend)
		inside = append(inside, time.Duration(b.Took.Total)*time.Millisecond-backend)
		p, err := once(ctx, nil, python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-cache-dir", "--wheel-dir", filepath.Join(benchDir, "pip"), sdist)
		if err != nil {
			return err
		}
		pip = append(pip, p.wall)
	}
	fmt.Fprintf(w, `
## Around one build

%s, in C: sdist and build environment cached, in the sandbox, inspected, tried, recorded, published; and %s of the same sdist.

| | least | median | most |
|---|---|---|---|
| %s | %s |
| the same without the backend's own time | %s |
| of that, what the builder itself takes | %s |
| %s | %s |
`, benchPin, "`pip wheel --no-deps --no-cache-dir`", "`wheelyard build`, the whole process", figures(all), figures(cost), figures(inside), "`pip wheel`", figures(pip))
	fmt.Fprintf(w, "\nRatio of the medians: %.1f.\n", float64(median(pip))/float64(median(all)))
	return nil
}

// built is what `wheelyard build --format json` says, as far as it is needed.
type built struct {
	Class string `json:"class"`
	Sdist struct {
		Filename string `json:"filename"`
		SHA256   string `json:"sha256"`
	} `json:"sdist"`
	Took struct {
		Total, Backend int64 // milliseconds
	} `json:"took"`
	wall time.Duration
}

func buildOnce(ctx context.Context, config string) (built, error) {
	s, err := once(ctx, nil, "bin/wheelyard", "build", benchPin, "--config", config, "--format", "json")
	if err != nil {
		return built{}, err
	}
	var b built
	if err := json.Unmarshal(s.stdout, &b); err != nil {
		return b, err
	}
	if b.Class != "built" {
		return b, fmt.Errorf("%s: %s", benchPin, b.Class)
	}
	b.wall = s.wall
	return b, nil
}
