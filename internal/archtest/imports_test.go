package archtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// world is what reaches files, programs or the network.
var world = []string{"io/ioutil", "net", "net/http", "net/http/httptest", "os", "os/exec", "os/signal", "os/user", "path/filepath", "plugin", "syscall", "golang.org/x/sys/unix"}

// checkImports holds the order of the rows, and keeps packaging/ to values. It tells one line for each import that goes the wrong way.
// That packaging/ starts no goroutine is what lets `make check` look for races elsewhere only.
func checkImports(r rows, files []sourceFile) []string {
	var problems []string
	for _, f := range files {
		from, known := r[f.folder()]
		if !known {
			continue // checkFolders tells
		}
		if f.starts && !f.test && strings.HasPrefix(f.path, "packaging/") {
			problems = append(problems, f.path+" starts a goroutine: packaging/ has values and parsers only")
		}
		for _, p := range f.imports {
			if why := forbidden(r, f, from, p); why != "" {
				problems = append(problems, fmt.Sprintf("%s imports %s: %s", f.path, p, why))
			}
		}
	}
	return problems
}

// forbidden tells why f may not import p; "" when it may.
func forbidden(r rows, f sourceFile, from place, p string) string {
	if !f.test && strings.HasPrefix(f.path, "packaging/") && slices.Contains(world, p) {
		return "packaging/ has values and parsers only"
	}
	folder, ours := strings.CutPrefix(p, module+"/")
	if !ours || folder == f.folder() { // itself: an outer test
		return ""
	}
	to, known := r[folder]
	switch {
	case !known:
		return "not in the rows"
	case isKit(folder) && !f.test && !isKit(f.folder()):
		return "a test kit, for test files only"
	case r["internal"].row == to.row: // from anywhere
		return ""
	case !from.mayImport(to):
		return "imports go down, or left within a row"
	}
	return ""
}

// isKit: internal/pypitest, but not a package's own tests.
func isKit(folder string) bool {
	return strings.HasPrefix(folder, "internal/") && strings.HasSuffix(folder, "test")
}

// checkFolders tells of the folders with Go files that the rows don't name.
func checkFolders(r rows, files []sourceFile) []string {
	var problems []string
	for _, folder := range foldersOf(files) {
		if _, known := r[folder]; !known {
			problems = append(problems, fmt.Sprintf("%s/ is not in the rows of %s", folder, page))
		}
	}
	return problems
}

func foldersOf(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		all = append(all, f.folder())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// checkComments tells of the packages that no comment explains. Of a command the comment begins with "Command".
func checkComments(files []sourceFile) []string {
	explained := map[string]bool{}
	for _, f := range files {
		subject := "Package " + f.pkg + " "
		if f.pkg == "main" {
			subject = "Command "
		}
		explained[f.folder()] = explained[f.folder()] || !f.test && strings.HasPrefix(f.doc, subject)
	}
	var problems []string
	for _, folder := range foldersOf(files) {
		if !explained[folder] {
			problems = append(problems, folder+": no package comment says what it does")
		}
	}
	return problems
}

func TestImports(t *testing.T) {
	r, err := readRows(repository())
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkImports(r, sources(t, repository())))
}

func TestFolders(t *testing.T) {
	r, err := readRows(repository())
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkFolders(r, sources(t, repository())))
}

func TestPackageComments(t *testing.T) {
	report(t, checkComments(sources(t, repository())))
}

func TestChecksFail(t *testing.T) {
	r := rows{"cmd/x": {}, "plan": {row: 1}, "build": {row: 1, column: 1}, "packaging/a": {2, 0, 1}, "packaging/b": {2, 0, 2},
		"internal": {row: 3}, "internal/kittest": {row: 3}, "internal/low": {row: 3}}
	bad := []sourceFile{
		{path: "plan/a.go", imports: []string{"os", "wheelyard/build"}},
		{path: "plan/b.go", imports: []string{"wheelyard/cmd/x", "wheelyard/other"}},
		{path: "plan/c.go", imports: []string{"wheelyard/internal/kittest"}},
		{path: "packaging/a/a.go", imports: []string{"io/fs", "os", "wheelyard/packaging/b"}},
		{path: "packaging/b/b.go", starts: true, imports: []string{"net"}},
		{path: "internal/low/low.go", imports: []string{"wheelyard/plan"}},
	}
	const order = "imports go down, or left within a row"
	expect(t, checkImports(r, bad),
		"plan/a.go imports wheelyard/build: "+order,
		"plan/b.go imports wheelyard/cmd/x: "+order,
		"plan/b.go imports wheelyard/other: not in the rows",
		"plan/c.go imports wheelyard/internal/kittest: a test kit, for test files only",
		"packaging/a/a.go imports os: packaging/ has values and parsers only",
		"packaging/a/a.go imports wheelyard/packaging/b: "+order,
		"packaging/b/b.go starts a goroutine: packaging/ has values and parsers only",
		"packaging/b/b.go imports net: packaging/ has values and parsers only",
		"internal/low/low.go imports wheelyard/plan: "+order)
	good := []sourceFile{
		{path: "build/a.go", imports: []string{"wheelyard/plan", "wheelyard/packaging/b", "wheelyard/internal/low"}},
		{path: "packaging/b/b.go", imports: []string{"io", "io/fs", "wheelyard/packaging/a"}},
		{path: "packaging/b/b_test.go", test: true, imports: []string{"os", "wheelyard/packaging/b", "wheelyard/internal/kittest"}},
	}
	expect(t, checkImports(r, good))
	expect(t, checkFolders(r, []sourceFile{{path: "plan/a.go"}, {path: "plan/new/a.go"}}), "plan/new/ is not in the rows of "+page)
	expect(t, checkComments([]sourceFile{
		{path: "a/a.go", pkg: "a", doc: "Package a does."}, {path: "a/b.go", pkg: "a"},
		{path: "b/b.go", pkg: "b", doc: "Package a does."},
		{path: "c/c_test.go", pkg: "c", test: true, doc: "Package c does."},
		{path: "d/main.go", pkg: "main", doc: "Command d does."},
	}), "b: no package comment says what it does", "c: no package comment says what it does")
}
