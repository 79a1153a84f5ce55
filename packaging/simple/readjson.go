package simple

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ReadProjectJSON reads a project's page in JSON.
//
// Errors are *VersionError, or *SyntaxError when b isn't valid JSON, or has no list of files: a server's excuse in JSON is no empty page.
func ReadProjectJSON(b []byte) (Project, error) { return ParseProjectJSON(string(b)) }

// ParseProjectJSON is [ReadProjectJSON] for a text that need not be copied: the result's strings are parts of it, and keep it alive.
func ParseProjectJSON(text string) (Project, error) {
	d, err := newScanner(text)
	if err != nil {
		return Project{}, err
	}
	p, files := Project{}, false
	d.object(func(key string) {
		switch {
		case key == "meta" && d.peek() == '{':
			p.APIVersion = d.meta(p.APIVersion, &p)
		case key == "name":
			p.Name = normal(d.optional())
		case key == "versions" && d.peek() == '[':
			p.Versions = d.texts()
		case key == "project-status" && d.peek() == '{':
			d.status(&p)
		case key == "files" && d.peek() == '[':
			files = true
			p.Files = d.files(len(text))
		default:
			d.skip()
		}
	})
	return p, d.finish(p.APIVersion, files, "files")
}

// ReadRootJSON reads the list of an index's projects in JSON. Errors are those of [ReadProjectJSON].
func ReadRootJSON(b []byte) (Root, error) {
	d, err := newScanner(string(b))
	if err != nil {
		return Root{}, err
	}
	r, projects := Root{}, false
	d.object(func(key string) {
		switch {
		case key == "meta" && d.peek() == '{':
			r.APIVersion = d.meta(r.APIVersion, &Project{})
		case key == "projects" && d.peek() == '[':
			projects = true
			r.Projects = nil
			d.list(func() {
				if name := d.projectName(); name != "" {
					r.Projects = append(r.Projects, name)
				}
			})
		default:
			d.skip()
		}
	})
	return r, d.finish(r.APIVersion, projects, "projects")
}

func newScanner(text string) (*scanner, error) {
	d := &scanner{s: strings.TrimPrefix(text, "\ufeff")}
	if !utf8.ValidString(d.s) {
		return nil, &SyntaxError{Reason: "it isn't in UTF-8"}
	}
	return d, nil
}

// finish judges a page that was gone through. A version that isn't known is told first: then the rest may well look strange.
func (d *scanner) finish(version string, listed bool, list string) error {
	if err := checkVersion(version); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	if !listed {
		return &SyntaxError{Offset: len(d.s), Reason: "it has no list of " + list}
	}
	return nil
}

// meta returns the API version, or old when there is none. Some servers put the status of the project here, as the first drafts of PEP 792 did.
func (d *scanner) meta(old string, p *Project) string {
	version := old
	d.object(func(key string) {
		switch {
		case key == "api-version":
			version = d.optional()
		case key == "project-status" && d.peek() == '"':
			p.Status = d.text()
		case key == "project-status-reason" && d.peek() == '"':
			p.StatusReason = d.text()
		default:
			d.skip()
		}
	})
	return version
}

func (d *scanner) status(p *Project) {
	d.object(func(key string) {
		switch key {
		case "status":
			p.Status = d.optional()
		case "reason":
			p.StatusReason = d.optional()
		default:
			d.skip()
		}
	})
}

func (d *scanner) projectName() (name string) {
	if d.peek() != '{' {
		d.skip()
		return ""
	}
	d.object(func(key string) {
		if key == "name" {
			name = d.optional()
		} else {
			d.skip()
		}
	})
	return name
}

func (d *scanner) texts() []string {
	all := []string{}
	d.list(func() {
		if d.peek() != '"' {
			d.skip()
			return
		}
		all = append(all, d.text())
	})
	return all
}

// files reads the list; of a page of that many bytes, few files are described in less than 400 each.
func (d *scanner) files(bytes int) []File {
	all := make([]File, 0, min(bytes/400, 10_000))
	d.list(func() {
		if d.peek() != '{' {
			d.skip()
			return
		}
		all = append(all, File{Size: -1})
		if last := len(all) - 1; !d.file(&all[last]) {
			all = all[:last]
		}
	})
	return all
}

// file reads one into f; it returns false when it can't be used: no URL, or no plain name.
func (d *scanner) file(f *File) bool {
	var current, older coreMetadata // older: under its older name
	said := false
	d.object(func(key string) {
		switch key {
		case "filename":
			f.Filename = d.optional()
		case "url":
			f.URL = d.optional()
		case "hashes":
			f.Hashes = d.hashes()
		case "size":
			f.Size = d.size()
		case "upload-time":
			f.UploadTime = parseTime(d.optional())
		case "requires-python":
			f.RequiresPython = d.optional()
		case "yanked":
			f.Yanked, f.YankedReason = d.yanked()
		case "core-metadata":
			said = d.peek() != 'n'
			current = d.coreMetadata()
		case "dist-info-metadata":
			older = d.coreMetadata()
		case "gpg-sig":
			f.GPGSig = d.boolean()
		case "provenance":
			f.Provenance = d.optional()
		default:
			d.skip()
		}
	})
	if !said {
		current = older
	}
	f.CoreMetadata, f.CoreMetadataHashes = current.there, current.hashes
	f.cutFragment()
	return f.URL != "" && plainName(f.Filename)
}

// size reads a whole number of bytes; -1 for everything else.
func (d *scanner) size() int64 {
	if c := d.peek(); c < '0' || c > '9' {
		d.skip()
		return -1
	}
	n, err := strconv.ParseInt(d.number(), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// yanked takes a reason, true, or false; as pip does, it takes an empty reason for false, and anything else by whether Python finds it true.
func (d *scanner) yanked() (yanked bool, reason string) {
	if d.peek() == '"' {
		reason = d.text()
		return reason != "", reason
	}
	return d.truth(), ""
}

// truth takes a value and says whether Python would find it true.
func (d *scanner) truth() bool {
	d.peek()
	start := d.i
	d.skip()
	switch v := d.s[start:d.i]; {
	case v == "false" || v == "null" || v == `""` || v == "":
		return false
	case v[0] == '[' || v[0] == '{':
		return strings.Trim(v[1:len(v)-1], " \t\r\n") != ""
	case v[0] == '-' || '0' <= v[0] && v[0] <= '9':
		number, _ := strconv.ParseFloat(v, 64)
		return number != 0
	}
	return true
}

func (d *scanner) boolean() *bool {
	c := d.peek()
	d.skip()
	if c != 't' && c != 'f' {
		return nil
	}
	b := c == 't'
	return &b
}

type coreMetadata struct {
	there  bool
	hashes map[string]string
}

func (d *scanner) coreMetadata() coreMetadata {
	if d.peek() == '{' {
		return coreMetadata{true, d.hashes()}
	}
	return coreMetadata{there: d.truth()}
}

// hashes reads an object of texts; nil when there is none.
func (d *scanner) hashes() (hashes map[string]string) {
	if d.peek() != '{' {
		d.skip()
		return nil
	}
	d.object(func(algorithm string) {
		digest := d.optional()
		if digest == "" {
			return
		}
		if hashes == nil {
			hashes = make(map[string]string, 1)
		}
		hashes[algorithm] = digest
	})
	return hashes
}
