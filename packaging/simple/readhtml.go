package simple

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wheelyard/packaging/project"
)

// maxBase bounds what is put before each URL of a page, in bytes: the result must not grow with the square of the page.
const maxBase = 8 << 10

// ReadProjectHTML reads the page of that project in HTML, which is taken to be in UTF-8. Any HTML is read; links that can't lead to
// a file are passed over. A page without any file is no error: whether it is a page of an index at all shows in APIVersion, if at all.
//
// A file's name is the last part of its URL, as for pip; its text is not looked at. URLs are as the page spells them, but for white space
// around them, and stand against the page's base element if there is one.
//
// Errors are *VersionError only.
func ReadProjectHTML(b []byte, of project.Name) (Project, error) {
	p := Project{Name: of, Files: []File{}}
	var base *string
	err := startTags(b, func(tag atom.Atom, attrs *attributes) {
		switch tag {
		case atom.Base:
			if base == nil && attrs.has("href") {
				href := cleanURL(attrs.get("href"))
				base = &href
			}
		case atom.Meta:
			attrs.meta(&p)
		case atom.A:
			if f, ok := attrs.file(); ok {
				p.Files = append(p.Files, f)
			}
		}
	})
	if err == nil {
		err = checkVersion(p.APIVersion)
	}
	switch {
	case base == nil || *base == "":
	case len(*base) > maxBase:
		p.Files = []File{} // none of them can be fetched from there
	default:
		against(*base, p.Files)
	}
	return p, err
}

// ReadRootHTML reads the list of an index's projects in HTML: the text of each link, or the last part of its URL where there is no text.
// Errors are *VersionError only.
func ReadRootHTML(b []byte) (Root, error) {
	var (
		p    Project
		r    = Root{Projects: []string{}}
		z    = html.NewTokenizer(bytes.NewReader(b))
		open bool // a link is open, with this text so far
		text strings.Builder
		href string
	)
	shut := func() {
		if name := linkName(text.String(), href); open && name != "" {
			r.Projects = append(r.Projects, name)
		}
		open = false
		text.Reset()
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			shut()
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return r, err
			}
			r.APIVersion = p.APIVersion
			return r, checkVersion(p.APIVersion)
		case html.TextToken:
			if open {
				text.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, attrs := readTag(z)
			if tag == atom.Meta {
				attrs.meta(&p)
			}
			if tag == atom.A {
				shut()
				open, href = attrs.has("href"), attrs.get("href")
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.A {
				shut()
			}
		}
	}
}

func linkName(text, href string) string {
	if name := strings.TrimSpace(text); name != "" && !strings.Contains(name, "/") {
		return name
	}
	path, _, _ := strings.Cut(cleanURL(href), "#")
	path, _, _ = strings.Cut(path, "?")
	path = strings.TrimRight(path, "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	if !plainName(name) {
		return ""
	}
	return name
}

// startTags calls found for each start tag.
func startTags(b []byte, found func(atom.Atom, *attributes)) error {
	z := html.NewTokenizer(bytes.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			switch tag, attrs := readTag(z); tag {
			case atom.A, atom.Base, atom.Meta:
				found(tag, &attrs)
			}
		}
	}
}

// attributes of one tag; of several of one name the first counts, as HTML has it.
type attributes struct{ of map[string]string }

func readTag(z *html.Tokenizer) (atom.Atom, attributes) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	var a attributes
	if tag != atom.A && tag != atom.Base && tag != atom.Meta {
		return tag, a
	}
	a.of = make(map[string]string, 8)
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		a.of[string(key)] = strings.ToValidUTF8(string(value), "\ufffd")
	}
	return tag, a
}

func (a *attributes) get(name string) string { return a.of[name] }

func (a *attributes) has(name string) bool {
	_, ok := a.of[name]
	return ok
}

// meta takes what a meta element says of the page.
func (a *attributes) meta(p *Project) {
	content := strings.TrimSpace(a.get("content"))
	switch strings.ToLower(a.get("name")) {
	case "pypi:repository-version":
		p.APIVersion = content
	case "pypi:project-status":
		p.Status = content
	case "pypi:project-status-reason":
		p.StatusReason = content
	}
}

// file takes what a link says of the file it leads to; ok is false when it can't lead to one.
func (a *attributes) file() (f File, ok bool) {
	f = File{URL: cleanURL(a.get("href")), Size: -1}
	f.cutFragment()
	f.Filename = lastPart(f.URL)
	if !plainName(f.Filename) || !fetchable(f.URL) {
		return f, false
	}
	f.RequiresPython = a.get("data-requires-python")
	f.Yanked = a.has("data-yanked")
	f.YankedReason = a.get("data-yanked")
	f.UploadTime = parseTime(a.get("data-upload-time"))
	f.Provenance = a.get("data-provenance")
	if n, err := strconv.ParseUint(a.get("data-size"), 10, 63); err == nil {
		f.Size = int64(n)
	}
	if sig := a.get("data-gpg-sig"); sig == "true" || sig == "false" {
		there := sig == "true"
		f.GPGSig = &there
	}
	f.CoreMetadata, f.CoreMetadataHashes = a.coreMetadata()
	return f, true
}

// coreMetadata reads "true" or "sha256=…", of the older name where the current one isn't there (PEP 714). Other values say that it is there.
func (a *attributes) coreMetadata() (there bool, hashes map[string]string) {
	value, ok := a.of["data-core-metadata"]
	if !ok {
		if value, ok = a.of["data-dist-info-metadata"]; !ok {
			return false, nil
		}
	}
	if algorithm, digest, ok := strings.Cut(value, "="); ok && digest != "" {
		return true, map[string]string{algorithm: digest}
	}
	return true, nil
}

// cleanURL takes off what browsers and pip do: white space around, tabs and line ends within.
func cleanURL(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	return strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
}

// lastPart is the last part of a URL's path, unescaped; "" when there is none.
func lastPart(u string) string {
	path, _, _ := strings.Cut(u, "?")
	if _, rest, ok := strings.Cut(path, "://"); ok {
		if _, path, ok = strings.Cut(rest, "/"); !ok {
			return ""
		}
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	if strings.IndexByte(name, '%') < 0 {
		return name
	}
	unescaped, err := url.PathUnescape(name)
	if err != nil {
		return name
	}
	return strings.ToValidUTF8(unescaped, "\ufffd")
}

// fetchable says whether a URL is relative, or of a scheme by which files are fetched.
func fetchable(u string) bool {
	scheme, _, ok := strings.Cut(u, ":")
	if !ok || strings.ContainsAny(scheme, "/?") {
		return true
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "file":
		return true
	}
	return false
}

// against makes the files' URLs those that base leads to. Relative to a relative base, they stay relative to the page.
func against(base string, files []File) {
	base, _, _ = strings.Cut(base, "#")
	b, err := url.Parse(base)
	if err != nil {
		return
	}
	for i := range files {
		u, err := url.Parse(files[i].URL)
		switch {
		case err != nil || u.IsAbs():
		case b.IsAbs() || b.Host != "":
			files[i].URL = b.ResolveReference(u).String()
		case u.Host == "" && !strings.HasPrefix(files[i].URL, "/"):
			path, _, _ := strings.Cut(base, "?")
			files[i].URL = path[:strings.LastIndexByte(path, '/')+1] + files[i].URL
		}
	}
}
