package pypitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// AddArchive adds what a txtar file describes, or every *.txtar file of a folder.
func (s *Server) AddArchive(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	files := []string{path}
	if st.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.txtar")); err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("%s: no *.txtar file in it", path)
		}
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := s.AddText(text); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	return nil
}

// AddText adds what the text of a txtar file describes. A distribution that is there already is replaced.
func (s *Server) AddText(text []byte) error {
	ar := txtar.Parse(text)
	head, err := keyValues(ar.Comment)
	if err != nil {
		return err
	}
	spelt := last(head["project"])
	if spelt == "" {
		return fmt.Errorf("no project: line before the first section")
	}
	dists, err := distributions(ar.Files)
	if err != nil {
		return err
	}
	for _, d := range dists {
		content, metadata, err := d.build(spelt)
		if err != nil {
			return err
		}
		a, err := d.attributes()
		if err != nil {
			return err
		}
		if d.attr("core-metadata", "") != "no" && strings.HasSuffix(d.filename, ".whl") {
			a.Metadata = metadata
		}
		s.AddFile(spelt, d.filename, content, a)
	}
	s.setStatus(spelt, last(head["status"]), last(head["status-reason"]))
	return nil
}

// distributions groups the sections by distribution, in the order of their first appearance.
func distributions(files []txtar.File) ([]*dist, error) {
	var all []*dist
	byName := map[string]*dist{}
	for _, f := range files {
		name, path, isMember := strings.Cut(f.Name, "/")
		d := byName[name]
		if d == nil {
			d = &dist{filename: name, attrs: map[string][]string{}}
			byName[name] = d
			all = append(all, d)
		}
		if isMember {
			d.members = append(d.members, Member{Path: path, Content: f.Data})
			continue
		}
		attrs, err := keyValues(f.Data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, v := range attrs {
			d.attrs[k] = append(d.attrs[k], v...)
		}
	}
	for _, d := range all {
		if err := d.setModes(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *dist) setModes() error {
	for i, m := range d.members {
		v := d.attr("mode "+m.Path, "")
		if v == "" {
			continue
		}
		mode, err := strconv.ParseUint(v, 8, 9)
		if err != nil {
			return fmt.Errorf("%s: mode %s: %w", d.filename, m.Path, err)
		}
		d.members[i].Mode = os.FileMode(mode)
	}
	return nil
}

func (d *dist) attributes() (Attrs, error) {
	a := Attrs{RequiresPython: d.attr("requires-python", ""), Provenance: d.attr("provenance", ""), SHA256: d.attr("sha256", "")}
	if v, ok := d.attrs["yanked"]; ok {
		a.Yanked, a.YankedReason = true, last(v)
	}
	switch v := d.attr("upload-time", ""); v {
	case "":
	case "none":
		a.NoUploadTime = true
	default:
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return a, fmt.Errorf("%s: upload-time: %w", d.filename, err)
		}
		a.UploadTime = t
	}
	switch v := d.attr("size", ""); v {
	case "":
	case "none":
		a.Size = -1
	default:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return a, fmt.Errorf("%s: size: %w", d.filename, err)
		}
		a.Size = n
	}
	return a, nil
}

// keyValues reads "key: value" lines. Empty lines and lines that begin with '#' are left out.
func keyValues(text []byte) (map[string][]string, error) {
	values := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no \"key: value\" line", line)
		}
		if !known(key) {
			return nil, fmt.Errorf("%q: no such key", key)
		}
		values[key] = append(values[key], strings.TrimSpace(value))
	}
	return values, nil
}

func known(key string) bool {
	switch key {
	case "project", "status", "status-reason",
		"upload-time", "requires-python", "requires-dist", "yanked", "sha256", "size", "core-metadata", "provenance", "top", "version", "name":
		return true
	}
	return strings.HasPrefix(key, "mode ")
}

func last(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}
