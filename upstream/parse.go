package upstream

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// parse reads a page by its content type. What may be anything else than the page of that project is an error.
func parse(body []byte, contentType string, name project.Name) (simple.Project, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return simple.Project{}, fmt.Errorf("its content type %q is that of no page", contentType)
	}
	var p simple.Project
	switch kind {
	case simple.TypeJSON:
		p, err = simple.ReadProjectJSON(body)
	case simple.TypeHTML, simple.TypeText:
		p, err = parseHTML(body, params["charset"], name)
	default:
		return p, fmt.Errorf("its content type %q is that of no page", contentType)
	}
	if err != nil {
		return p, err
	}
	if p.Name != "" && p.Name != name {
		return p, fmt.Errorf("the page is that of another project, %s", p.Name)
	}
	p.Name = name
	return p, nil
}

func parseHTML(body []byte, charset string, name project.Name) (simple.Project, error) {
	body, err := toUTF8(body, charset)
	if err != nil {
		return simple.Project{}, err
	}
	p, err := simple.ReadProjectHTML(body, name)
	if err == nil && p.APIVersion == "" && !anyArchive(p.Files) {
		err = errors.New("the answer is HTML without any file or sign of a package index")
	}
	return p, err
}

// anyArchive tells pages of an index from the web pages with which walls and broken servers answer.
func anyArchive(files []simple.File) bool {
	for _, f := range files {
		for _, ending := range []string{".whl", ".gz", ".zip", ".bz2", ".tgz", ".xz", ".egg", ".exe", ".tar", ".rpm", ".msi"} {
			if strings.HasSuffix(f.Filename, ending) {
				return true
			}
		}
	}
	return false
}

// toUTF8 knows the encodings in which indexes are written. What isn't UTF-8 though it should be is left to the reader.
func toUTF8(body []byte, charset string) ([]byte, error) {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return body, nil
	case "iso-8859-1", "latin-1", "latin1":
		out := make([]byte, 0, len(body)+len(body)/8)
		for _, c := range body {
			out = utf8.AppendRune(out, rune(c))
		}
		return out, nil
	}
	return nil, fmt.Errorf("the page is written in %q, which isn't known", charset)
}

// absolute resolves the files' URLs against the page's. Files that can't be fetched over http are left out.
func absolute(files []simple.File, page *url.URL) []simple.File {
	kept := files[:0]
	for _, f := range files {
		u, err := page.Parse(f.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			continue
		}
		f.URL = withoutUser(u)
		kept = append(kept, f)
	}
	return kept
}
