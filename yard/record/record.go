// Package record keeps signed statements of what was done: one file an act, numbered in one sequence.
//
// A record is an in-toto Statement v1 in a DSSE envelope, signed with the yard's Ed25519 key. Its predicate is {"sequence": N, "body": …}, its
// predicate type "urn:wheelyard:KIND:VERSION"; the number, the kind and the body are covered by the signature. It lies at YYYY/MM/NNNNNNNN-KIND.json
// with mode 0444 and never changes. The folders are for people and come from the clock of the writer; the order of records is that of their
// numbers, from 1 and without gaps. The next number is one more than the highest that a file name has.
//
// What is damaged, forged or numbered twice is never an error of reading the others: it is a Problem with the file's name.
// Kinds and versions that nobody here knows are kept like all others.
package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"wheelyard/internal/durable"
)

// Problem is a file that isn't as it must be.
type Problem struct {
	File string // from the folder that was read
	Text string
}

// Entry is a record by its file's name, which may not be true: see Read.
type Entry struct {
	Number int64
	Kind   string
	File   string // from the store's folder: "2026/11/00000012-attempt.json"
}

// Store is a folder of records. Append is for one writer at a time; all else may be done at once, and while somebody writes.
type Store struct{ dir string }

// New is the store in a folder, which Create makes. Nothing is read.
func New(dir string) Store { return Store{dir: dir} }

// Create makes the folder. Repeatable.
func (s Store) Create() error { return durable.MkdirAll(s.dir) }

// List gives all records by number, then by file, and the files that are no records. Nothing is opened. A missing folder is an empty one.
func (s Store) List() (entries []Entry, strays []Problem, err error) {
	err = s.walk(func(file string, d fs.DirEntry) error {
		if strings.HasPrefix(d.Name(), durable.TempPrefix) {
			return nil
		}
		if e, ok := parseName(file); ok {
			entries = append(entries, e)
		} else {
			strays = append(strays, Problem{File: file, Text: "no record by its name: YYYY/MM/NNNNNNNN-KIND.json"})
		}
		return nil
	})
	slices.SortFunc(entries, func(a, b Entry) int {
		if a.Number != b.Number {
			return int(min(max(a.Number-b.Number, -1), 1))
		}
		return strings.Compare(a.File, b.File)
	})
	return entries, strays, err
}

// Path is where the record of that number and kind lies; of several, which is damage, the first by name. fs.ErrNotExist.
func (s Store) Path(number int64, kind string) (string, error) {
	base := Entry{Number: number, Kind: kind}.base()
	found, err := fs.Glob(os.DirFS(s.dir), "[0-9][0-9][0-9][0-9]/[0-9][0-9]/"+base)
	if err == nil && len(found) == 0 {
		err = &fs.PathError{Op: "find record", Path: base, Err: fs.ErrNotExist}
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(s.dir, filepath.FromSlash(found[0])), nil
}

// Sweep removes what writers that were cut off left behind. Only for the one writer, before it writes.
func (s Store) Sweep() error {
	return s.walk(func(file string, d fs.DirEntry) error {
		if strings.HasPrefix(d.Name(), durable.TempPrefix) && d.Type().IsRegular() {
			return os.Remove(filepath.Join(s.dir, filepath.FromSlash(file)))
		}
		return nil
	})
}

// walk visits the files; folders of years and months are gone through, others count as files.
func (s Store) walk(visit func(file string, d fs.DirEntry) error) error {
	return walkDir(s.dir, "", visit)
}

func walkDir(dir, below string, visit func(file string, d fs.DirEntry) error) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range entries {
		file := path.Join(below, d.Name())
		if d.IsDir() && isDated(file) {
			err = walkDir(filepath.Join(dir, d.Name()), file, visit)
		} else {
			err = visit(file, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isDated says whether a folder is one of those that records lie in, or of those above: "2026", "2026/11".
func isDated(dir string) bool {
	year, month, ok := strings.Cut(dir, "/")
	return len(year) == 4 && digits(year) && (!ok || len(month) == 2 && digits(month))
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// parseName reads "2026/11/00000012-attempt.json".
func parseName(file string) (e Entry, ok bool) {
	dir, base := path.Split(file)
	number, kind, dash := strings.Cut(base, "-")
	kind, json := strings.CutSuffix(kind, ".json")
	n, err := strconv.ParseInt(number, 10, 64)
	padded := len(number) == 8 || len(number) > 8 && number[0] != '0'
	e = Entry{Number: n, Kind: kind, File: file}
	return e, strings.Count(dir, "/") == 2 && dash && json && err == nil && digits(number) && padded && n > 0 && isKind(kind)
}

func (e Entry) base() string { return fmt.Sprintf("%08d-%s.json", e.Number, e.Kind) }

// isKind: lower-case words with dashes between them.
func isKind(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s[0] != '-' && s[len(s)-1] != '-' && len(s) < 100
}

// folder is where a record of this time lies.
func folder(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%04d/%02d", min(max(t.Year(), 0), 9999), t.Month())
}

// readLimited reads a regular file of at most limit bytes. Errors that are no *fs.PathError don't name the file.
func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return text, err
}
