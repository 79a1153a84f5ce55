package plan

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/upstream"
)

// truthTargets maps the names that the table uses.
var truthTargets = map[string]string{
	"bullseye-cp39-x86_64":   "debian-11-x86_64/cp39",
	"bookworm-cp311-x86_64":  "debian-12-x86_64/cp311",
	"trixie-cp313-x86_64":    "debian-13-x86_64/cp313",
	"bookworm-cp311-aarch64": "debian-12-aarch64/cp311",
	"trixie-cp313-riscv64":   "debian-13-riscv64/cp313",
}

func recordedPages(t testing.TB) map[project.Name]upstream.Page {
	files, err := filepath.Glob("testdata/pypi/*.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded pages", err)
	}
	pages := map[project.Name]upstream.Page{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		p, err := simple.ReadProjectJSON(b)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		pages[p.Name] = upstream.Page{Project: p}
	}
	return pages
}

// TestTruth holds the plan against pip's own answers for real pins.
func TestTruth(t *testing.T) {
	table, err := os.Open("testdata/dev-truth.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range truthTargets {
		names = append(names, name)
	}
	w := newWorld(t, names...)
	w.pages = recordedPages(t)
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if !seen[row[0]] {
			seen[row[0]] = true
			w.want("series", row[0])
		}
	}
	type key struct{ pin, target string }
	decisions := map[key]Decision{}
	p := w.make()
	sdists := map[string]string{}
	for _, o := range p.Orders {
		sdists[string(o.Key)] = o.Sdist.Filename
	}
	for _, d := range p.Decisions {
		for _, by := range d.WantedBy {
			decisions[key{rows[1+5*(by.Line-1)][0], d.Target}] = d
		}
	}
	if len(rows) != 121 || len(p.Decisions) != 120 {
		t.Fatalf("%d rows, %d decisions", len(rows), len(p.Decisions))
	}
	for _, row := range rows[1:] {
		d := decisions[key{row[0], truthTargets[row[1]]}]
		verdict, file, _ := strings.Cut(row[2], " ")
		ok := false
		switch verdict {
		case "need-build":
			ok = d.Verdict == Build && sdists[string(d.Order)] == row[8] || d.Verdict == Shared && chosen(d) == row[8]
		case "upstream":
			ok = d.Verdict == Upstream && d.Code == WheelFits && d.File == file
		case "pure-upstream":
			ok = d.Verdict == Upstream && d.Code == PureFits && d.File == file
		case "python-excluded":
			ok = d.Verdict == Python
		case "no-sdist":
			ok = d.Verdict == NoSdist
		}
		if !ok {
			t.Errorf("%s on %s: pip says %s, the plan %s %s (%s)", row[0], row[1], row[2], d.Verdict, d.File, d.Reason)
		}
		if yanked := row[5] == "yes"; yanked != strings.Contains(strings.Join(d.Notes, "\n"), "yanked") {
			t.Errorf("%s on %s: yanked %v, notes %q", row[0], row[1], yanked, d.Notes)
		}
	}
}

func chosen(d Decision) string {
	for _, c := range d.Candidates {
		if c.Chosen {
			return c.Filename
		}
	}
	return ""
}
