package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "wheelyard"

// sourceFile is what matters here of one Go file.
type sourceFile struct {
	path    string // from the root of the tree
	test    bool
	pkg     string // as its package clause says
	doc     string
	imports []string
	starts  bool // a goroutine
}

func (f sourceFile) folder() string { return path.Dir(f.path) }

func repository() fs.FS { return os.DirFS("../..") }

// walk visits the files of the tree but those that git doesn't see: .gitignore names them as /folder/.
func walk(tree fs.FS, visit func(name string) error) error {
	ignored := []string{".git"}
	if text, err := fs.ReadFile(tree, ".gitignore"); err == nil {
		for line := range strings.Lines(string(text)) {
			ignored = append(ignored, strings.Trim(strings.TrimSpace(line), "/"))
		}
	}
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(ignored, name):
			return fs.SkipDir
		case d.Type().IsRegular():
			return visit(name)
		}
		return nil
	})
}

// sources are the Go files of the tree, without those in testdata folders.
func sources(t testing.TB, tree fs.FS) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := walk(tree, func(name string) error {
		if path.Ext(name) != ".go" || strings.Contains("/"+name, "/testdata/") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, sourceFile{path: name, test: strings.HasSuffix(name, "_test.go"), pkg: syntax.Name.Name,
			doc: syntax.Doc.Text(), imports: imported(syntax), starts: starts(syntax)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func imported(syntax *ast.File) []string {
	var paths []string
	for _, spec := range syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// starts tells whether a file has a go statement.
func starts(syntax *ast.File) (found bool) {
	ast.Inspect(syntax, func(n ast.Node) bool {
		_, is := n.(*ast.GoStmt)
		found = found || is
		return !found
	})
	return found
}

// report fails the test for each of the problems.
func report(t testing.TB, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

// expect checks that a check finds something: one that can't fail holds nothing.
func expect(t testing.TB, problems []string, want ...string) {
	t.Helper()
	if !slices.Equal(problems, want) {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(problems, "\n\t"), strings.Join(want, "\n\t"))
	}
}
