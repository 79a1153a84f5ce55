package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"

	"wheelyard/cycle"
	"wheelyard/index"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/yard"
	"wheelyard/yard/blob"
)

// published compares the tree with what the records say is offered: each wheel, what lies beside it, and the pages that name it.
func (v *verification) published(ctx context.Context, h *house, y *yard.Yard, held []yard.Wheel) error {
	v.Wheels = len(held)
	for _, p := range h.config.Platforms {
		offers := map[project.Name][]yard.Wheel{}
		for _, w := range cycle.Offer(held, p.Name) {
			offers[w.Project] = append(offers[w.Project], w)
		}
		for _, name := range slices.Sorted(maps.Keys(offers)) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := v.project(h, y, index.ProjectDir(p.Name, name), name, offers[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// project compares one project's folder with its offer.
func (v *verification) project(h *house, y *yard.Yard, dir string, name project.Name, offer []yard.Wheel) error {
	for _, w := range offer {
		statement, err := y.Statement(w)
		if err != nil {
			return err
		}
		recorded, _, err := blob.Sum(statement)
		if err != nil {
			return err
		}
		for _, f := range [][2]string{{w.Filename, w.SHA256}, {w.Filename + index.MetadataSuffix, w.Metadata}, {w.Filename + index.RecordSuffix, recorded}} {
			if err := v.file(h, path.Join(dir, f[0]), f[1]); err != nil {
				return err
			}
		}
	}
	v.page(h, path.Join(dir, index.PageJSON), offer, simple.ReadProjectJSON)
	v.page(h, path.Join(dir, index.PageHTML), offer, func(text []byte) (simple.Project, error) { return simple.ReadProjectHTML(text, name) })
	return nil
}

func (v *verification) file(h *house, name, want string) error {
	shown := path.Join("public", name)
	sum, _, err := blob.Sum(h.below("public", name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.found(shown, "it is not published; the next `wheelyard run` does it")
	case err != nil:
		return err
	case sum != want:
		v.found(shown, "its sha256 is %s, and %s was admitted", sum, want)
	}
	return nil
}

// page looks whether a page names just the files of an offer, with their hashes.
func (v *verification) page(h *house, name string, offer []yard.Wheel, read func([]byte) (simple.Project, error)) {
	shown := path.Join("public", name)
	text, err := os.ReadFile(h.below("public", name))
	if err != nil {
		v.found(shown, "the page can't be read: %v", err)
		return
	}
	page, err := read(text)
	if err != nil {
		v.found(shown, "the page can't be understood: %v", err)
		return
	}
	named := map[string]string{}
	for _, f := range page.Files {
		named[f.Filename] = f.Hashes["sha256"]
	}
	for _, w := range offer {
		if named[w.Filename] != w.SHA256 {
			v.found(shown, "the page doesn't name %s with the sha256 %s", w.Filename, w.SHA256)
		}
		delete(named, w.Filename)
	}
	for _, other := range slices.Sorted(maps.Keys(named)) {
		v.found(shown, "the page names %s, which isn't offered", other)
	}
}
