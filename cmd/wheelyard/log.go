package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"wheelyard/packaging/project"
	"wheelyard/yard"
)

// logCmd prints the log of a project's last attempt, with its class and advice on top.
type logCmd struct {
	Project string `arg:"" help:"PROJECT or PROJECT==VERSION."`
	Target  string `help:"Only this target, or this platform." placeholder:"TARGET"`
}

func (logCmd) Help() string { return "Example:\n  wheelyard log greenlet==1.1.2" }

func (c *logCmd) Run(ctx context.Context, all *cli, p *process) error {
	name, version, err := splitPin(c.Project)
	if err != nil {
		return err
	}
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	a, err := h.lastAttempt(ctx, name, version, c.Target)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "# %s %s for %s: %s\n", a.Project, a.Version, a.Target, a.Class)
	for _, line := range []string{a.Reason, a.Advice} {
		if line != "" {
			fmt.Fprintf(p.stdout, "# %s\n", line)
		}
	}
	var log *os.File
	path, err := h.yard.Blob(a.Log.SHA256)
	if err == nil {
		log, err = os.Open(path)
	}
	if err != nil {
		return fmt.Errorf("the log is lost: %w\n  hint: `wheelyard verify` tells what else is", err)
	}
	defer log.Close()
	_, err = io.Copy(p.stdout, log)
	return err
}

func (h *house) lastAttempt(ctx context.Context, name project.Name, version, target string) (yard.Attempt, error) {
	y, err := h.existingYard()
	if err != nil {
		return yard.Attempt{}, err
	}
	past, err := y.LastAttempt(ctx, name, version)
	if err != nil {
		return yard.Attempt{}, err
	}
	for _, a := range slices.Backward(past) {
		if target == "" || covers(target, a.Target) {
			return a, nil
		}
	}
	if err := h.checkTarget(ctx, target); err != nil {
		return yard.Attempt{}, err
	}
	what := string(name)
	if version != "" {
		what += "==" + version
	}
	if len(past) > 0 {
		return yard.Attempt{}, usageError{fmt.Sprintf("%s was never tried for %s\n  hint: it was for %s", what, target, past[len(past)-1].Target)}
	}
	return yard.Attempt{}, usageError{fmt.Sprintf("%s was never tried here\n  hint: `wheelyard why %s` says why", what, what)}
}
