package simple

import (
	"bufio"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// escaper makes a text fit for HTML, within and outside of attributes.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", "&#10;", "\r", "&#13;", "\t", "&#9;", "\x00", "\ufffd")

// WriteProjectHTML writes a project's page in HTML. Beyond what [WriteProjectJSON] says: Versions have no place in HTML, and
// of several hashes only one, sha256 if it is there.
//
// A file's name must be the last part of its URL, since clients take it from there.
func WriteProjectHTML(w io.Writer, p Project) error {
	if p.Name == "" {
		return errNoName
	}
	h := newHTMLWriter(w)
	if p.Status != "" {
		h.tag("meta", "name", "pypi:project-status", "content", p.Status)
		h.WriteString("\n")
	}
	if p.StatusReason != "" {
		h.tag("meta", "name", "pypi:project-status-reason", "content", p.StatusReason)
		h.WriteString("\n")
	}
	title := "Links for " + escaper.Replace(string(p.Name))
	h.WriteString("<title>" + title + "</title>\n</head>\n<body>\n<h1>" + title + "</h1>\n")
	for _, f := range p.offered() {
		h.file(&f)
	}
	return h.finish()
}

// WriteRootHTML writes the list of projects in HTML; each link is the normal form of the name, with a slash. Errors are those of w.
func WriteRootHTML(w io.Writer, r Root) error {
	h := newHTMLWriter(w)
	h.WriteString("<title>Simple index</title>\n</head>\n<body>\n")
	for _, name := range r.Projects {
		h.tag("a", "href", url.PathEscape(string(normal(name)))+"/")
		h.WriteString(escaper.Replace(name) + "</a><br>\n")
	}
	return h.finish()
}

// htmlWriter remembers the first error, as bufio.Writer does.
type htmlWriter struct{ *bufio.Writer }

func newHTMLWriter(w io.Writer) htmlWriter {
	h := htmlWriter{bufio.NewWriterSize(w, 1<<16)}
	h.WriteString("<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n")
	h.tag("meta", "name", "pypi:repository-version", "content", APIVersion)
	h.WriteString("\n")
	return h
}

func (h htmlWriter) finish() error {
	h.WriteString("</body>\n</html>\n")
	return h.Flush()
}

// tag writes a start tag with its attributes, name after value.
func (h htmlWriter) tag(name string, attributes ...string) {
	h.WriteString("<" + name)
	for i := 0; i < len(attributes); i += 2 {
		h.attribute(attributes[i], attributes[i+1])
	}
	h.WriteString(">")
}

func (h htmlWriter) attribute(name, value string) {
	h.WriteString(" " + name + `="`)
	escaper.WriteString(h, value)
	h.WriteString(`"`)
}

func (h htmlWriter) file(f *File) {
	h.WriteString("<a")
	h.attribute("href", f.URL+hashFragment(f.Hashes))
	if f.RequiresPython != "" {
		h.attribute("data-requires-python", f.RequiresPython)
	}
	if f.CoreMetadata {
		said := strings.TrimPrefix(hashFragment(f.CoreMetadataHashes), "#")
		if said == "" {
			said = "true"
		}
		h.attribute("data-core-metadata", said)
		h.attribute("data-dist-info-metadata", said)
	}
	if f.Yanked {
		h.attribute("data-yanked", f.YankedReason)
	}
	if f.GPGSig != nil {
		h.attribute("data-gpg-sig", strconv.FormatBool(*f.GPGSig))
	}
	if f.Provenance != "" {
		h.attribute("data-provenance", f.Provenance)
	}
	if !f.UploadTime.IsZero() {
		h.attribute("data-upload-time", f.UploadTime.UTC().Format(timeLayout))
	}
	if f.Size >= 0 {
		h.attribute("data-size", strconv.FormatInt(f.Size, 10))
	}
	h.WriteString(">" + escaper.Replace(f.Filename) + "</a><br>\n")
}

// hashFragment is "#sha256=…", or the first other hash that clients know, or "".
func hashFragment(hashes map[string]string) string {
	if digest := hashes["sha256"]; digest != "" {
		return "#sha256=" + digest
	}
	for _, algorithm := range sortedKeys(hashes) {
		if hashAlgorithm(algorithm) {
			return "#" + algorithm + "=" + hashes[algorithm]
		}
	}
	return ""
}
