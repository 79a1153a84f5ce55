package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"text/template"

	"wheelyard/cmd/wheelyard/config"
	"wheelyard/internal/durable"
	"wheelyard/packaging/pep440"
	"wheelyard/platform"
	"wheelyard/yard"
)

// The files that init writes.
var (
	//go:embed init.toml.tmpl
	configText string
	//go:embed init-packages.toml
	listText string

	configTemplate = template.Must(template.New(config.Name).Parse(configText))
)

type initCmd struct {
	Dir string `arg:"" optional:"" help:"Where (default: here)." default:"." type:"path"`
}

func (initCmd) Help() string {
	return `Example:
  wheelyard init wheels && cd wheels && wheelyard run

Writes wheelyard.toml and packages.toml, and makes the yard with its signing key. Files that are there already are left alone.`
}

func (c *initCmd) Run(ctx context.Context, p *process) error {
	file := filepath.Join(c.Dir, config.Name)
	if _, err := os.Stat(file); err == nil {
		return usageError{fmt.Sprintf("%s is there already, and is left as it is\n  hint: `wheelyard run` uses it", file)}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	facts, warnings, err := thisMachine(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := configTemplate.Execute(&text, facts); err != nil {
		return err
	}
	list := filepath.Join(c.Dir, "packages.toml")
	if _, err := os.Stat(list); errors.Is(err, fs.ErrNotExist) {
		if _, err := durable.WriteFile(list, []byte(listText), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", list, err)
		}
	}
	if _, err := durable.WriteFile(file, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	conf, err := config.Load(file)
	if err != nil {
		return fmt.Errorf("what was written can't be read: %w", err)
	}
	if err := yard.Create(conf.Yard); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "wrote %s and %s\n", file, list)
	fmt.Fprintf(p.stdout, "next: name what you want in %s, then `wheelyard run`\n", list)
	for _, w := range warnings {
		fmt.Fprintf(p.stderr, "warning: %s\n", w)
	}
	return nil
}

// machine is what init says of this one.
type machine struct {
	Platform string
	Pythons  []string
}

var versioned = regexp.MustCompile(`^python(3\.[0-9]+)$`)

// thisMachine finds the distribution's interpreters. Those without headers are no reason to stop: the warning says what to install.
func thisMachine(ctx context.Context) (machine, []string, error) {
	var (
		m        machine
		warnings []string
		last     error = usageError{"no Python is installed in /usr/bin or /usr/local/bin\n  hint: apt-get install python3-dev"}
	)
	for _, version := range installedPythons("/usr/bin", "/usr/local/bin") {
		f, err := platform.Probe(ctx, platform.Spec{Name: "this-machine", Pythons: []string{version}})
		if err != nil {
			last = err
			warnings = append(warnings, fmt.Sprintf("Python %s is left out: %v", version, err))
			continue
		}
		m.Platform = platformName(f)
		m.Pythons = append(m.Pythons, version)
	}
	if len(m.Pythons) == 0 {
		return m, nil, last
	}
	return m, warnings, nil
}

func platformName(f platform.Facts) string {
	if f.OS.VersionID == "" {
		return f.OS.ID + "-" + f.Arch
	}
	return f.OS.ID + "-" + f.OS.VersionID + "-" + f.Arch
}

// installedPythons are the versions for which there is a program python3.N, lowest first.
func installedPythons(dirs ...string) []string {
	var versions []string
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir) // a folder that can't be read has none
		for _, e := range entries {
			if found := versioned.FindStringSubmatch(e.Name()); found != nil && !slices.Contains(versions, found[1]) {
				versions = append(versions, found[1])
			}
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return pep440.MustParse(a).Compare(pep440.MustParse(b)) })
	return versions
}
