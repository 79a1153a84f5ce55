package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// File is a file as of a commit.
type File struct {
	Path string
	ID   ID // of its contents: the same for the same bytes
	Data []byte
	Err  error // fs.ErrNotExist: the commit has no such file
}

// Files reads files as of a commit, in the order of the paths, which are UTF-8, slash-separated and begin at the top. A link within the commit is
// followed. What is wrong with one file stands in its Err: none there, a folder, too large, a damaged object. An error means that nothing
// could be read; fs.ErrNotExist: there is no such commit.
func (m *Mirror) Files(ctx context.Context, commit ID, paths ...string) ([]File, error) {
	return m.files(ctx, commit, paths, true)
}

// File is Files for one; its error is the file's.
func (m *Mirror) File(ctx context.Context, commit ID, path string) ([]byte, error) {
	files, err := m.Files(ctx, commit, path)
	if err != nil {
		return nil, err
	}
	return files[0].Data, files[0].Err
}

// Changed tells which of the files differ between two commits, in the order of the paths; one that only one of them has does. Errors are those
// of Files.
func (m *Mirror) Changed(ctx context.Context, a, b ID, paths ...string) ([]string, error) {
	before, err := m.files(ctx, a, paths, false)
	if err != nil {
		return nil, err
	}
	after, err := m.files(ctx, b, paths, false)
	if err != nil {
		return nil, err
	}
	var changed []string
	for i, path := range paths {
		for _, f := range []File{before[i], after[i]} {
			if f.Err != nil && !errors.Is(f.Err, fs.ErrNotExist) {
				return nil, f.Err
			}
		}
		if before[i].ID != after[i].ID {
			changed = append(changed, path)
		}
	}
	return changed, nil
}

func (m *Mirror) files(ctx context.Context, commit ID, paths []string, contents bool) ([]File, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := m.ask(ctx, func(r *reader) error { return r.isCommit(commit) }); err != nil {
		return nil, m.reading(err)
	}
	files := make([]File, len(paths))
	for i, path := range paths {
		f := &files[i]
		f.Path = path
		err := m.ask(ctx, func(r *reader) error { return r.file(f, commit, contents, m.o.MaxFile) })
		if ended(ctx) != nil {
			return nil, m.reading(err)
		}
		if err != nil {
			f.ID, f.Data = "", nil
			f.Err = m.reading(fmt.Errorf("%s of commit %s: %w", show(path), commit, err))
		}
	}
	return files, nil
}

func (m *Mirror) reading(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("reading %s: %w", m.at.shown, err)
}

func (r *reader) isCommit(id ID) error {
	if !id.valid() {
		return fmt.Errorf("%q is no commit: %w", clip(string(id), 100), fs.ErrNotExist)
	}
	o, err := r.info(string(id))
	if err == nil && o.kind != "commit" {
		return fmt.Errorf("%s is no commit but a %s: %w", id, o.kind, fs.ErrNotExist)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("commit %s: %w", id, err)
	}
	return err
}

func (r *reader) file(f *File, commit ID, contents bool, most int64) error {
	if !fs.ValidPath(f.Path) || f.Path == "." {
		return fs.ErrInvalid
	}
	o, err := r.info(string(commit) + ":" + f.Path)
	switch {
	case errors.Is(err, errMissing):
		return r.absence(commit, f.Path)
	case err != nil:
		return err
	case o.kind == "tree":
		return errors.New("it is a folder")
	case o.kind != "blob":
		return fmt.Errorf("it is no file but a %s", o.kind)
	}
	f.ID = o.id
	if !contents {
		return nil
	}
	if o.size > most {
		return fmt.Errorf("it has %d bytes: at most %d are read", o.size, most)
	}
	f.Data, err = r.contents(o)
	return err
}
