package source

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestAllConstraints reads every series of a folder with the files and the figures that testdata/constraints has three of:
// NAME.txt in constraints/, and constraints-by-branch.csv.
func TestAllConstraints(t *testing.T) {
	dir := os.Getenv("WHEELYARD_CONSTRAINTS")
	if dir == "" {
		t.Skip("WHEELYARD_CONSTRAINTS names no folder")
	}
	f, err := os.Open(filepath.Join(dir, "constraints-by-branch.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		number := func(name string) int {
			n, err := strconv.Atoi(row[column[name]])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		file, err := os.Open(filepath.Join(dir, "constraints", row[0]+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := ReadConstraints(file, at)
		file.Close()
		if err != nil || len(r.Problems) > 0 {
			t.Errorf("%s: %v %v", row[0], err, r.Problems)
		}
		want := counts{number("entries"), number("distinct_names"), number("distinct_pairs"), number("entries_with_marker"), number("names_not_canonical")}
		if got := count(t, r); got != want {
			t.Errorf("%s: %+v, want %+v", row[0], got, want)
		}
	}
	if len(rows) < 2 {
		t.Error("no series")
	}
}
