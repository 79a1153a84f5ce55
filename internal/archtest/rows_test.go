package archtest

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const page = "docs/ARCHITECTURE.md"

// place is where a package stands in the rows: imports go to a larger row, or to a smaller column of the same row.
type place struct{ row, column, inner int } // inner: 0 is the room itself, from 1 the folders in it

// rows are the places of all folders that the page names.
type rows map[string]place

// mayImport: down, left within a row, from a room to the folders in it, and left among these. What is in internal/ serves everybody.
func (from place) mayImport(to place) bool {
	switch {
	case from.row != to.row:
		return from.row < to.row
	case from.column != to.column:
		return from.column > to.column
	case from.inner == 0:
		return true
	}
	return to.inner != 0 && from.inner > to.inner
}

var (
	section = regexp.MustCompile("(?s)\n## Rows\n.*?\n```\n(.*?)\n```\n")
	folder  = regexp.MustCompile(`(?:^|[\s(])([a-z0-9/]+)/(?:[\s,;)]|$)`)
)

// readRows reads the drawing. A word that ends with a slash is a folder: a room when it stands at the beginning of a line or at the
// top of the tree, else one in the room before it. Of internal/ the packages are listed without slashes.
func readRows(tree fs.FS) (rows, error) {
	text, err := fs.ReadFile(tree, page)
	if err != nil {
		return nil, err
	}
	m := section.FindSubmatch(text)
	if m == nil {
		return nil, errors.New(page + " has no section Rows with a block of code")
	}
	r := rows{}
	for i, line := range strings.Split(string(m[1]), "\n") {
		if err := r.readLine(tree, i, line); err != nil {
			return nil, fmt.Errorf("%s, row %q: %w", page, line, err)
		}
	}
	return r, nil
}

func (r rows) readLine(tree fs.FS, row int, line string) error {
	room, at := "", place{row: row}
	for _, name := range folders(line) {
		path := name
		if room != "" && !isDir(tree, name) {
			path = room + "/" + name
			at.inner++
		} else {
			if room != "" {
				at.column++
			}
			room, at.inner = name, 0
		}
		if err := r.add(tree, path, at); err != nil {
			return err
		}
	}
	switch room {
	case "":
		return errors.New("names no folder")
	case "internal":
		return r.readInternal(tree, row, line)
	}
	return nil
}

// readInternal adds the packages of internal/. Among themselves they need no order: the compiler forbids circles.
func (r rows) readInternal(tree fs.FS, row int, line string) error {
	_, list, _ := strings.Cut(line, "internal/")
	for item := range strings.SplitSeq(list, ",") {
		if name, _, _ := strings.Cut(strings.TrimSpace(item), " "); name != "" {
			if err := r.add(tree, "internal/"+name, place{row: row}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r rows) add(tree fs.FS, path string, at place) error {
	if _, twice := r[path]; twice {
		return fmt.Errorf("%s/ stands in the rows twice", path)
	}
	if !isDir(tree, path) {
		return fmt.Errorf("there is no folder %s/", path)
	}
	r[path] = at
	return nil
}

// folders are the words of a line that end with a slash.
func folders(line string) []string {
	var names []string
	for {
		m := folder.FindStringSubmatchIndex(line)
		if m == nil {
			return names
		}
		names = append(names, line[m[2]:m[3]])
		line = line[m[3]+1:]
	}
}

func isDir(tree fs.FS, name string) bool {
	info, err := fs.Stat(tree, name)
	return err == nil && info.IsDir()
}

// drawn is a tree with a page of these rows, and with folders.
func drawn(rows string, dirs ...string) fstest.MapFS {
	tree := fstest.MapFS{page: {Data: []byte("# A\n\n## Rows\n\nWords.\n\n```\n" + rows + "\n```\n\nWords.\n")}}
	for _, d := range dirs {
		tree[d] = &fstest.MapFile{Mode: fs.ModeDir}
	}
	return tree
}

func TestReadRows(t *testing.T) {
	tree := drawn("cmd/x/   commands; config/ reads\nplan/    a, b   build/  c: env/ sand/\nyard/  blob/ record/\ninternal/  one, two (a kit)",
		"cmd/x/config", "plan", "build/env", "build/sand", "yard/blob", "yard/record", "internal/one", "internal/two")
	r, err := readRows(tree)
	if err != nil {
		t.Fatal(err)
	}
	want := rows{"cmd/x": {}, "cmd/x/config": {inner: 1},
		"plan": {row: 1}, "build": {row: 1, column: 1}, "build/env": {1, 1, 1}, "build/sand": {1, 1, 2},
		"yard": {row: 2}, "yard/blob": {2, 0, 1}, "yard/record": {2, 0, 2},
		"internal": {row: 3}, "internal/one": {row: 3}, "internal/two": {row: 3}}
	if fmt.Sprint(r) != fmt.Sprint(want) {
		t.Errorf("%v\nwant %v", r, want)
	}
}

func TestReadRowsBad(t *testing.T) {
	for rows, want := range map[string]string{
		"plan/ a   gone/ b":        "there is no folder plan/gone/",
		"plan/\nplan/":             "plan/ stands in the rows twice",
		"plan/\n\nbuild/":          "names no folder",
		"internal/ one, gone (at)": "there is no folder internal/gone/",
	} {
		_, err := readRows(drawn(rows, "plan", "build", "internal/one"))
		if err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%q: %v", rows, err)
		}
	}
	if _, err := readRows(fstest.MapFS{page: {Data: []byte("# A\n")}}); err == nil {
		t.Error("a page without rows was read")
	}
}

func TestMayImport(t *testing.T) {
	order := []place{{0, 0, 0}, {0, 0, 1}, {1, 1, 0}, {1, 1, 2}, {1, 1, 1}, {1, 0, 0}, {2, 0, 0}}
	for i, from := range order {
		for j, to := range order {
			if i != j && from.mayImport(to) != (i < j) {
				t.Errorf("%v may import %v: %v", from, to, i > j)
			}
		}
	}
	if !slices.IsSortedFunc(order, func(a, b place) int { return a.row - b.row }) {
		t.Error("rows out of order")
	}
}
