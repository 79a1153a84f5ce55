package blob

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"wheelyard/internal/durable"
)

// Entry is a file found in the store.
type Entry struct {
	Path string // from the store's folder: "sha256/ab/abcd…"
	Sum  string // "": it is no blob, and has nothing to do here
}

// All are the files of the store, in the order of their names. Those that a writer hasn't finished are passed over.
func (s Store) All() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		dirs, err := readDir(s.dir)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for _, d := range dirs {
			if !d.IsDir() {
				if !yield(Entry{Path: filepath.Join("sha256", d.Name())}, nil) {
					return
				}
				continue
			}
			files, err := readDir(filepath.Join(s.dir, d.Name()))
			if err != nil && !yield(Entry{}, err) {
				return
			}
			for _, f := range files {
				e := Entry{Path: filepath.Join("sha256", d.Name(), f.Name())}
				if IsSum(f.Name()) && f.Name()[:2] == d.Name() && f.Type().IsRegular() {
					e.Sum = f.Name()
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func readDir(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	kept := entries[:0]
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), durable.TempPrefix) {
			kept = append(kept, e)
		}
	}
	return kept, err
}
