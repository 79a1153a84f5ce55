package pypitest

import (
	"encoding/json"
	"fmt"
	"html"
	"sort"
	"strconv"
	"strings"
)

const (
	typeJSON = "application/vnd.pypi.simple.v1+json"
	typeHTML = "application/vnd.pypi.simple.v1+html"
	typeText = "text/html"
)

// choose picks the type of a page for an Accept header: the acceptable one with the highest q, JSON among equals; "" when none is.
func choose(accept string, htmlOnly bool) string {
	if htmlOnly {
		return typeText
	}
	if strings.TrimSpace(accept) == "" {
		return typeJSON
	}
	best, bestQ := "", 0.0
	for _, offer := range []string{typeJSON, typeHTML, typeText} {
		if q := quality(accept, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

func quality(accept, offer string) float64 {
	best := 0.0
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, _ := strings.Cut(part, ";")
		mediaType = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(mediaType)), "latest", "v1")
		major, _, _ := strings.Cut(offer, "/")
		if mediaType != offer && mediaType != "*/*" && mediaType != major+"/*" {
			continue
		}
		q := 1.0
		if _, v, ok := strings.Cut(params, "q="); ok {
			q, _ = strconv.ParseFloat(strings.TrimSpace(v), 64)
		}
		best = max(best, q)
	}
	return best
}

func (p *pageProject) json(name string) ([]byte, error) {
	type status struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}
	page := struct {
		Meta     map[string]any `json:"meta"`
		Name     string         `json:"name"`
		Status   *status        `json:"project-status,omitempty"`
		Versions []string       `json:"versions"`
		Files    []*file        `json:"files"`
	}{
		Meta: map[string]any{"api-version": "1.4", "_last-serial": p.serial}, Name: name,
		Versions: p.versions(), Files: append([]*file{}, p.files...),
	}
	if p.status != "" {
		page.Status = &status{p.status, p.reason}
	}
	return json.MarshalIndent(page, "", " ")
}

// versions are read naively off the file names: right for the names that tests use.
func (p *pageProject) versions() []string {
	seen := map[string]bool{}
	all := []string{}
	for _, f := range p.files {
		stem, ending := splitEnding(f.Filename)
		version := stem[strings.LastIndexByte(stem, '-')+1:]
		if parts := strings.Split(stem, "-"); ending == ".whl" && len(parts) > 1 {
			version = parts[1]
		}
		if !seen[version] {
			seen[version] = true
			all = append(all, version)
		}
	}
	sort.Strings(all)
	return all
}

func (p *pageProject) html(name string) []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.4\">\n")
	if p.status != "" {
		fmt.Fprintf(&b, "<meta name=\"pypi:project-status\" content=\"%s\">\n", html.EscapeString(p.status))
	}
	if p.reason != "" {
		fmt.Fprintf(&b, "<meta name=\"pypi:project-status-reason\" content=\"%s\">\n", html.EscapeString(p.reason))
	}
	fmt.Fprintf(&b, "<title>Links for %s</title></head><body><h1>Links for %[1]s</h1>\n", html.EscapeString(name))
	for _, f := range p.files {
		f.anchor(&b)
	}
	fmt.Fprintf(&b, "</body></html>\n<!--SERIAL %d-->\n", p.serial)
	return []byte(b.String())
}

func (f *file) anchor(b *strings.Builder) {
	url := f.URL
	if sum := f.Hashes["sha256"]; sum != "" {
		url += "#sha256=" + sum
	}
	attr := func(name, value string) { fmt.Fprintf(b, " %s=\"%s\"", name, html.EscapeString(value)) }
	b.WriteString("<a")
	attr("href", url)
	if f.RequiresPython != nil {
		attr("data-requires-python", *f.RequiresPython)
	}
	if m, ok := f.CoreMetadata.(map[string]string); ok {
		attr("data-dist-info-metadata", "sha256="+m["sha256"])
		attr("data-core-metadata", "sha256="+m["sha256"])
	}
	switch y := f.Yanked.(type) {
	case string:
		attr("data-yanked", y)
	case bool:
		if y {
			attr("data-yanked", "")
		}
	}
	if f.Provenance != nil {
		attr("data-provenance", *f.Provenance)
	}
	if f.UploadTime != "" {
		attr("data-upload-time", f.UploadTime)
	}
	if f.Size != nil {
		attr("data-size", strconv.FormatInt(*f.Size, 10))
	}
	fmt.Fprintf(b, ">%s</a><br/>\n", html.EscapeString(f.Filename))
}

func rootJSON(spelt []string) ([]byte, error) {
	type entry struct {
		Name string `json:"name"`
	}
	projects := []entry{}
	for _, s := range spelt {
		projects = append(projects, entry{s})
	}
	return json.MarshalIndent(map[string]any{"meta": map[string]any{"api-version": "1.4"}, "projects": projects}, "", " ")
}

func rootHTML(spelt []string) []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.4\"></head><body>\n")
	for _, s := range spelt {
		fmt.Fprintf(&b, "<a href=\"%s/\">%s</a><br/>\n", html.EscapeString(normalize(s)), html.EscapeString(s))
	}
	b.WriteString("</body></html>\n")
	return []byte(b.String())
}
