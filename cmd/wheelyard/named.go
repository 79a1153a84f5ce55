package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wheelyard/packaging/project"
	"wheelyard/platform"
	"wheelyard/source"
)

// What people name on the command line or in the configuration, and what isn't there, is an error: an empty answer would look like good news.

// checkTarget: name is a target or a platform; "" is all.
func (h *house) checkTarget(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	targets, err := h.targets(ctx)
	if err != nil || isTarget(targets, name) {
		return err
	}
	return usageError{fmt.Sprintf("no target or platform is named %s\n  hint: there are %s", name, targetNames(targets))}
}

func isTarget(targets []platform.Target, name string) bool {
	return slices.ContainsFunc(targets, func(t platform.Target) bool { return covers(name, t.Name()) })
}

func targetNames(targets []platform.Target) string {
	var names []string
	for _, t := range targets {
		names = append(names, t.Name())
	}
	return strings.Join(names, ", ")
}

// checkSource: both are of the configuration, and of one source; "" is all.
func (h *house) checkSource(name, series string) error {
	var names []string
	for _, s := range h.config.Sources {
		if (name == "" || s.Name == name) && (series == "" || slices.Contains(s.Series(), series)) {
			return nil
		}
		names = append(names, strings.TrimSpace(s.Name+" "+strings.Join(s.Series(), " ")))
	}
	return usageError{fmt.Sprintf("no source is named %s\n  hint: there are %s", strings.TrimSpace(name+" "+series), strings.Join(names, ", "))}
}

// checkSources: the targets that sources name in the configuration are there.
func (h *house) checkSources(targets []platform.Target) error {
	for i, s := range h.config.Sources {
		for _, name := range s.Targets {
			if !isTarget(targets, name) {
				return h.config.Wrong(fmt.Sprintf("source[%d].targets", i), fmt.Sprintf("no target or platform is named %s", name), "there are "+targetNames(targets))
			}
		}
	}
	return nil
}

// namesOf are the projects, each of which somebody wants.
func namesOf(spelt []string, wants []source.Want) ([]project.Name, error) {
	var names []project.Name
	for _, s := range spelt {
		name := project.Normalize(s)
		if !slices.ContainsFunc(wants, func(w source.Want) bool { return w.Project == name }) {
			return nil, usageError{fmt.Sprintf("nobody wants %s here: no source names it\n  hint: `wheelyard build %s==VERSION` builds it all the same", s, s)}
		}
		names = append(names, name)
	}
	return names, nil
}
