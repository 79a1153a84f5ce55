// Package publish makes the tree of files that any web server can serve, out of what is offered.
//
// Whoever follows the root page to a project's page and that one to a file always finds what the page names: the file comes first, then its
// METADATA and record, the project's pages, the root's; they go in reverse. A page that was read before a file went may name it still, so a
// reader who misses a file asks for the page again.
//
// Every call may be repeated, and be cut off anywhere: the next one carries on, and leaves what an uncut one would have left. A published file
// never changes; pages are replaced as a whole. What else lies in the tree, such as a robots.txt, is left alone: a list for each project says
// what was put there, in the format of sha256sum, so that
//
//	cd PLATFORM/simple/PROJECT && sha256sum -c ../../.written/PROJECT
//
// checks it. The list is written before the files that it adds, and after the removal of those that it drops.
//
// A file is a hard link to its blob where the file system allows that, otherwise a copy. Package index spells the layout.
package publish

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"wheelyard/index"
	"wheelyard/internal/durable"
	"wheelyard/packaging/project"
	"wheelyard/yard"
)

// Tree is the folder that a plain web server can serve: yard/public. Its methods may be called from several goroutines, which wait for each
// other; only one process may write.
type Tree struct {
	Dir  string                                       // made when it is missing
	Blob func(sha256 string) (path string, err error) // where the contents of that hash are; they never change
	// Statement is where the signed record of a wheel's admission is; nil: none is published.
	Statement func(yard.Wheel) (path string, err error)
	Key       []byte // the public key of the records, in PEM; nil: none is published

	mu sync.Mutex
}

// Project brings one project of one platform up to date with what is offered; an empty offer takes the project away. Repeatable.
//
// Errors: a *ConflictError, those of Blob, those of the disk, and that something can't be published under its name. Then what was published stays.
func (t *Tree) Project(ctx context.Context, platform string, name project.Name, offer []yard.Wheel) error {
	for _, w := range offer {
		if w.Project != name {
			return fmt.Errorf("%s is of the project %q, not of %q", w.Filename, w.Project, name)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.begin(platform)
	if err != nil {
		return err
	}
	return u.bring(ctx, map[project.Name][]yard.Wheel{name: offer})
}

// Platform does so for everything that a platform offers, and removes what it offers no longer. It returns the number of files that it wrote
// or removed: 0 when nothing had to be done. Without any offer there is still a root page.
//
// A project that can't be published stays as it was, and stops none of the others; the error names each.
func (t *Tree) Platform(ctx context.Context, platform string, offer []yard.Wheel) (changed int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.begin(platform)
	if err != nil {
		return 0, err
	}
	offers := map[project.Name][]yard.Wheel{}
	for _, name := range u.written {
		offers[name] = nil
	}
	for _, w := range offer {
		offers[w.Project] = append(offers[w.Project], w)
	}
	if t.Key != nil {
		if err := u.write(t.path(index.KeyFile), t.Key); err != nil {
			return u.changed, err
		}
	}
	err = u.bring(ctx, offers)
	return u.changed, err
}

// update is one call's work on one platform.
type update struct {
	tree     *Tree
	platform string
	written  []project.Name // the projects that have a list
	changed  int

	text bytes.Buffer // of the page that is being written, used again for the next
	out  *bufio.Writer
}

// begin looks at what is there, and removes what a crash left unfinished.
func (t *Tree) begin(platform string) (*update, error) {
	if !index.ValidPlatform(platform) {
		return nil, fmt.Errorf("a platform %q can't be published", platform)
	}
	u := &update{tree: t, platform: platform}
	lists, root := t.path(index.WrittenDir(platform)), t.path(index.RootDir(platform))
	if err := errors.Join(durable.Sweep(t.Dir), durable.Sweep(lists), durable.Sweep(root)); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(lists)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if name := project.Name(e.Name()); publishable(name) && e.Type().IsRegular() {
			u.written = append(u.written, name)
		}
	}
	return u, nil
}

func (t *Tree) path(slashed string) string { return filepath.Join(t.Dir, filepath.FromSlash(slashed)) }

// publishable: it is a project's name, in the form in which folders have it.
func publishable(name project.Name) bool {
	return project.Valid(string(name)) && project.Normalize(string(name)) == name
}

// bring does the work in the one order in which no reader misses a file: all that is new, the root page, then what is to go.
func (u *update) bring(ctx context.Context, offers map[project.Name][]yard.Wheel) error {
	var failures []error
	var shelves []*shelf
	leaving := map[project.Name]bool{}
	for _, name := range slices.Sorted(maps.Keys(offers)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := u.shelf(name, offers[name])
		if err == nil {
			err = s.fill()
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("project %s: %w", name, err))
			continue
		}
		shelves = append(shelves, s)
		leaving[name] = len(s.wheels) == 0
	}
	if err := u.root(leaving); err != nil {
		return errors.Join(append(failures, err)...)
	}
	for _, s := range shelves {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.clear(); err != nil {
			failures = append(failures, fmt.Errorf("project %s: %w", s.name, err))
		}
	}
	return errors.Join(failures...)
}

// write makes a file, or replaces it, unless it is so already.
func (u *update) write(path string, data []byte) error {
	changed, err := durable.WriteFile(path, data, 0o644)
	if changed {
		u.changed++
	}
	return err
}

// remove removes a file, if it is there. The folder is for the caller to sync.
func (u *update) remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		u.changed++
	}
	return err
}
