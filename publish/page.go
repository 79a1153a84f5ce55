package publish

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"wheelyard/index"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// pages writes the project's page in both formats.
func (s *shelf) pages() error {
	p := simple.Project{Name: s.name}
	versions := map[string]bool{} // versions may be the same and spelt differently, so equal spellings need not be neighbours
	for _, w := range s.wheels {
		if !versions[w.Version] {
			versions[w.Version] = true
			p.Versions = append(p.Versions, w.Version)
		}
		p.Files = append(p.Files, w.file())
	}
	return errors.Join(
		s.page(filepath.Join(s.dir, index.PageJSON), func(w io.Writer) error { return simple.WriteProjectJSON(w, p) }),
		s.page(filepath.Join(s.dir, index.PageHTML), func(w io.Writer) error { return simple.WriteProjectHTML(w, p) }))
}

func (w offered) file() simple.File {
	return simple.File{
		Filename:           w.Filename,
		URL:                index.FileURL(w.Filename),
		Hashes:             map[string]string{"sha256": w.SHA256},
		Size:               w.Size,
		UploadTime:         w.Admitted.UTC(),
		RequiresPython:     w.RequiresPython,
		CoreMetadata:       true,
		CoreMetadataHashes: map[string]string{"sha256": w.Metadata},
	}
}

// root writes the root pages: they list each project whose pages are there, but for those that are leaving.
func (u *update) root(leaving map[project.Name]bool) error {
	names := map[project.Name]bool{}
	for _, name := range u.written {
		names[name] = true
	}
	for name, gone := range leaving {
		names[name] = !gone
	}
	dir := u.tree.path(index.RootDir(u.platform))
	var r simple.Root
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] && u.hasPages(name) {
			r.Projects = append(r.Projects, string(name))
		}
	}
	return errors.Join(
		u.page(filepath.Join(dir, index.PageJSON), func(w io.Writer) error { return simple.WriteRootJSON(w, r) }),
		u.page(filepath.Join(dir, index.PageHTML), func(w io.Writer) error { return simple.WriteRootHTML(w, r) }))
}

// hasPages: a call that was cut off may have left a list, and no pages yet.
func (u *update) hasPages(name project.Name) bool {
	dir := u.tree.path(index.ProjectDir(u.platform, name))
	for _, page := range []string{index.PageHTML, index.PageJSON} {
		if info, err := os.Lstat(filepath.Join(dir, page)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// page writes a page unless it is so already.
func (u *update) page(path string, render func(io.Writer) error) error {
	u.text.Reset()
	if u.out == nil {
		u.out = bufio.NewWriterSize(&u.text, 64<<10) // package simple takes a writer with such a buffer as it is
	}
	if err := render(u.out); err != nil {
		return err
	}
	return u.write(path, u.text.Bytes())
}
