package index

import (
	"bytes"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"

	"wheelyard/packaging/simple"
)

var front = template.Must(template.New("front").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Wheels</title>
</head>
<body>
<h1>Wheels</h1>
{{- if .}}
<p>Each platform has an index of its own:</p>
<ul>
{{- range .}}
<li><a href="{{.}}/simple/">{{.}}</a></li>
{{- end}}
</ul>
{{- else}}
<p>Nothing is published yet.</p>
{{- end}}
</body>
</html>
`))

// serveFront lists the platforms for people.
func serveFront(w http.ResponseWriter, r *http.Request, tree *os.Root) error {
	names, err := Platforms(tree.FS())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := front.Execute(&b, names); err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept-Encoding")
	sendPage(w, r, b.Bytes(), simple.TypeText)
	return nil
}

// Platforms are those that have a root page in the tree, sorted.
func Platforms(tree fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() || !ValidPlatform(e.Name()) {
			continue
		}
		if _, err := fs.Stat(tree, path.Join(RootDir(e.Name()), PageHTML)); err == nil {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// serveHealth says whether the tree can be read.
func serveHealth(w http.ResponseWriter, tree *os.Root) error {
	if _, err := tree.Stat("."); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, "ok\n") // a client that is gone is no failure
	return nil
}
