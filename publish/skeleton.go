package publish

// SKELETON

import (
	"context"

	"wheelyard/packaging/project"
	"wheelyard/yard"
)

// Tree is the folder that a plain web server can serve: yard/public.
type Tree struct {
	Dir  string
	Blob func(sha256 string) (path string, err error)
}

// Project brings one project's page of one platform up to date with what is offered: file, .metadata, provenance, page, root. Repeatable.
func (t *Tree) Project(ctx context.Context, platform string, name project.Name, offer []yard.Wheel) error {
	panic("unwritten")
}

// Platform does so for everything that a platform offers, and removes, in reverse order, what it no longer offers. Returns the number of files it wrote or removed: 0 when nothing had to be done.
func (t *Tree) Platform(ctx context.Context, platform string, offer []yard.Wheel) (changed int, err error) {
	panic("unwritten")
}
