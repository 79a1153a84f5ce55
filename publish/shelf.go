package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"wheelyard/index"
	"wheelyard/internal/durable"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/yard"
	"wheelyard/yard/blob"
)

// shelf is one project's folder, with what is to lie there.
type shelf struct {
	*update
	name   project.Name
	dir    string
	list   string // the path of its list
	wheels []offered
	items  []item // in the order in which they are put there
	want   list
	there  list                   // what its list says, and so may lie there
	found  map[string]fs.FileMode // what does lie there, with its type
}

// item is a file that is to lie there.
type item struct {
	name, sum string
	size      int64                  // -1: not known
	from      func() (string, error) // the path of one like it
}

// offered is a wheel on its way to a page.
type offered struct {
	yard.Wheel
	version pep440.Version
}

// shelf checks an offer against what may be published at all.
func (u *update) shelf(name project.Name, offer []yard.Wheel) (*shelf, error) {
	if !publishable(name) {
		return nil, errors.New("this is no project's name in normal form")
	}
	s := &shelf{
		update: u, name: name, want: list{},
		dir:  u.tree.path(index.ProjectDir(u.platform, name)),
		list: filepath.Join(u.tree.path(index.WrittenDir(u.platform)), string(name)),
	}
	for _, w := range offer {
		o, err := check(w)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Filename, err)
		}
		if _, twice := s.want[w.Filename]; twice {
			return nil, fmt.Errorf("%s is offered twice", w.Filename)
		}
		s.wheels = append(s.wheels, o)
		s.want[w.Filename] = ""
	}
	slices.SortFunc(s.wheels, func(a, b offered) int {
		return cmp.Or(a.version.Compare(b.version), strings.Compare(a.Filename, b.Filename))
	})
	if err := s.look(); err != nil {
		return nil, err
	}
	var err error
	if s.there, err = readList(s.list); err != nil {
		return nil, err
	}
	for _, w := range s.wheels {
		if err := s.itemise(w.Wheel); err != nil {
			return nil, fmt.Errorf("%s: %w", w.Filename, err)
		}
	}
	for _, i := range s.items {
		s.want[i.name] = i.sum
	}
	return s, nil
}

// itemise lists a wheel's files.
func (s *shelf) itemise(w yard.Wheel) error {
	kept := func(sum string) func() (string, error) {
		return func() (string, error) { return s.tree.Blob(sum) }
	}
	s.items = append(s.items, item{w.Filename, w.SHA256, w.Size, kept(w.SHA256)},
		item{w.Filename + index.MetadataSuffix, w.Metadata, -1, kept(w.Metadata)})
	if s.tree.Statement == nil {
		return nil
	}
	name := w.Filename + index.RecordSuffix
	i := item{name, s.there[name], -1, func() (string, error) { return s.tree.Statement(w) }}
	if _, found := s.found[name]; !found || i.sum == "" { // what is published stays; its sum is in no catalog
		path, err := i.from()
		if err != nil {
			return err
		}
		if i.sum, _, err = blob.Sum(path); err != nil {
			return err
		}
	}
	s.items = append(s.items, i)
	return nil
}

// look finds what lies in the folder, and removes what a crash left unfinished.
func (s *shelf) look() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	s.found = make(map[string]fs.FileMode, len(entries))
	unfinished := false
	for _, e := range entries {
		s.found[e.Name()] = e.Type()
		unfinished = unfinished || strings.HasPrefix(e.Name(), durable.TempPrefix)
	}
	if unfinished {
		return durable.Sweep(s.dir)
	}
	return nil
}

func check(w yard.Wheel) (offered, error) {
	version, err := pep440.Parse(w.Version)
	switch {
	case !index.ValidFile(w.Filename):
		return offered{}, errors.New("this is no name that can be published")
	case err != nil:
		return offered{}, err
	case !blob.IsSum(w.SHA256) || !blob.IsSum(w.Metadata):
		return offered{}, errors.New("it is offered without the SHA-256 of itself or of its metadata")
	case w.Admitted.IsZero():
		return offered{}, errors.New("it is offered without the time of its admission")
	}
	return offered{w, version}, nil
}

// fill puts what is missing into the folder, then the pages. Nothing is touched when something of it is not to be had.
func (s *shelf) fill() error {
	if len(s.wheels) == 0 {
		return nil
	}
	missing, err := s.missing()
	if err != nil {
		return err
	}
	if err := s.announce(); err != nil {
		return err
	}
	if len(missing) > 0 {
		if err := durable.MkdirAll(s.dir); err != nil {
			return err
		}
		for _, m := range missing {
			if err := place(m.blob, filepath.Join(s.dir, m.name), s.want[m.name]); err != nil {
				return err
			}
			s.changed++
		}
		if err := durable.SyncDir(s.dir); err != nil {
			return err
		}
	}
	return s.pages()
}

// placement is a file that isn't there yet.
type placement struct{ name, blob string }

func (s *shelf) missing() ([]placement, error) {
	var missing []placement
	for _, i := range s.items {
		there, err := s.has(i.name, i.size)
		if err != nil {
			return nil, err
		}
		if there {
			continue
		}
		from, err := i.from()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.name, err)
		}
		missing = append(missing, placement{i.name, from})
	}
	return missing, nil
}

// has says whether a file lies where it is wanted. Its contents are read only when the list doesn't vouch for them.
func (s *shelf) has(name string, size int64) (bool, error) {
	kind, there := s.found[name]
	if !there {
		return false, nil
	}
	path := filepath.Join(s.dir, name)
	if !kind.IsRegular() {
		return false, fmt.Errorf("%s is in the way of a file", path)
	}
	if s.there[name] == s.want[name] && (size < 0 || sizeIs(path, size)) {
		return true, nil
	}
	sum, _, err := blob.Sum(path)
	if err == nil && sum != s.want[name] {
		err = &ConflictError{Path: path, Published: sum, Offered: s.want[name]}
	}
	return err == nil, err
}

func sizeIs(path string, size int64) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Size() == size
}

// ConflictError: a file is published, and other contents are offered under its name. A published file never changes.
type ConflictError struct {
	Path               string
	Published, Offered string // SHA-256
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s is published with the SHA-256 %s, and never changes: offered is %s", e.Path, e.Published, e.Offered)
}

// announce adds to the list what is about to be put there.
func (s *shelf) announce() error {
	all := list{}
	maps.Copy(all, s.there)
	maps.Copy(all, s.want)
	return s.say(all)
}

// say makes the list what it shall be.
func (s *shelf) say(l list) error {
	if maps.Equal(l, s.there) {
		return nil
	}
	s.there = l
	return s.write(s.list, l.text())
}

// clear removes what isn't wanted any more and no page names: pages, then files, each after its metadata, then the list.
func (s *shelf) clear() error {
	gone := len(s.wheels) == 0
	if gone {
		for _, page := range []string{index.PageHTML, index.PageJSON} {
			if err := s.remove(filepath.Join(s.dir, page)); err != nil {
				return err
			}
		}
		if err := syncIfThere(s.dir); err != nil {
			return err
		}
	}
	if leaving := s.there.without(s.want); len(leaving) > 0 {
		for _, name := range leaving {
			if err := s.remove(filepath.Join(s.dir, name)); err != nil {
				return err
			}
		}
		if err := syncIfThere(s.dir); err != nil {
			return err
		}
	}
	if !gone {
		return s.say(s.want)
	}
	if err := removeIfEmpty(s.dir); err != nil {
		return err
	}
	if err := s.remove(s.list); err != nil { // the last thing: without it, nobody looks at the folder again
		return err
	}
	return syncIfThere(filepath.Dir(s.list))
}

func syncIfThere(dir string) error {
	if err := durable.SyncDir(dir); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// removeIfEmpty leaves a folder that holds something of somebody else's.
func removeIfEmpty(dir string) error {
	err := os.Remove(dir)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, syscall.EEXIST):
		return nil
	case err != nil:
		return err
	}
	return durable.SyncDir(filepath.Dir(dir))
}
