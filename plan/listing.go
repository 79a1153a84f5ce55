package plan

import (
	"cmp"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/sdist"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/wheel"
	"wheelyard/upstream"
)

// listing is one project's page, its files sorted into releases once for all wants and targets.
type listing struct {
	name     project.Name
	err      error // of Input.Page
	status   string
	reason   string
	releases []*release            // newest first; equal versions spelt alike are one release
	matches  map[string][]*release // by specifier set
}

// release is the files of one version, as listed. Wheel names are read in full only when a want asks for the version:
// a page may list thousands of files.
type release struct {
	listing *listing
	version pep440.Version
	text    string // the version in normal form
	files   []*file
	read    bool
	valid   int     // files that are this project's, of those read
	picks   []*pick // by target; nil: not asked yet
	yanked  bool    // every valid file is
}

type file struct {
	*simple.File
	position int // on the page
	sdist    bool
	tags     *tagSet // of a wheel
	build    wheel.Build
	only     string   // of an old sdist: the Python "3.9" that its name is bound to
	bad      Mismatch // the file is no candidate anywhere
	why      string
}

func list(name project.Name, page upstream.Page, err error) *listing {
	l := &listing{name: name, err: err, matches: map[string][]*release{}, status: page.Project.Status, reason: page.Project.StatusReason}
	if err != nil {
		return l
	}
	spelt := map[string]*release{}  // by version as spelt in file names
	normal := map[string]*release{} // by its normal form
	files := make([]file, len(page.Project.Files))
	for i := range files {
		f := &files[i]
		f.File, f.position = &page.Project.Files[i], i
		if r := l.sort(f, spelt, normal); r != nil {
			r.files = append(r.files, f)
		}
	}
	for _, r := range normal {
		l.releases = append(l.releases, r)
	}
	slices.SortFunc(l.releases, func(a, b *release) int {
		return cmp.Or(b.version.Compare(a.version), cmp.Compare(a.text, b.text))
	})
	return l
}

// sort finds the release of a file; nil when its name tells no version.
func (l *listing) sort(f *file, spelt, normal map[string]*release) *release {
	if strings.HasSuffix(f.Filename, ".whl") {
		text, ok := wheelVersion(f.Filename)
		if !ok {
			return nil
		}
		r, seen := spelt[text]
		if !seen {
			if v, err := pep440.Parse(text); err == nil {
				r = l.release(v, normal)
			}
			spelt[text] = r
		}
		return r
	}
	// pip passes over zip files that were made for old Macs by their names.
	if !sdist.IsSdist(f.Filename) || strings.HasSuffix(f.Filename, ".zip") && strings.Contains(f.Filename, "macosx10") {
		return nil
	}
	var name string
	f.sdist = true
	name, f.only = cutPython(f.Filename)
	parsed, err := sdist.ParseFilename(name, l.name)
	if err != nil {
		return nil
	}
	return l.release(parsed.Version, normal)
}

func (l *listing) release(v pep440.Version, normal map[string]*release) *release {
	text := v.String()
	r := normal[text]
	if r == nil {
		r = &release{listing: l, version: v, text: text}
		normal[text] = r
	}
	return r
}

// wheelVersion cuts the version out of a wheel's name, which has four or five dashes.
func wheelVersion(name string) (string, bool) {
	if n := strings.Count(name, "-"); n != 4 && n != 5 {
		return "", false
	}
	_, rest, _ := strings.Cut(name, "-")
	version, _, _ := strings.Cut(rest, "-")
	return version, true
}

// cutPython takes the suffix -pyX.Y off an sdist's name, which binds it to one Python (pip: LinkEvaluator._py_version_re).
func cutPython(name string) (rest, only string) {
	stem, ext := splitExtension(name)
	i := strings.LastIndex(stem, "-py")
	if i < 0 {
		return name, ""
	}
	only = stem[i+len("-py"):]
	if only == "" || only[0] < '1' || only[0] > '3' {
		return name, ""
	}
	switch digits := strings.TrimPrefix(only[1:], "."); {
	case len(digits) > 1, len(digits) == 1 && (digits[0] < '0' || digits[0] > '9'):
		return name, ""
	}
	return stem[:i] + ext, only
}

func splitExtension(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 {
		return name, ""
	}
	stem, ext = name[:i], name[i:]
	if n := len(stem) - len(".tar"); n > 0 && strings.EqualFold(stem[n:], ".tar") {
		stem, ext = name[:n], name[n:]
	}
	return stem, ext
}

// open reads the wheel names of the release, once, and drops all but the first of several links to one address, as pip
// does.
func (p *planner) open(r *release) *release {
	if r.read {
		return r
	}
	r.read, r.yanked = true, true
	r.picks = make([]*pick, len(p.targets))
	urls := make(map[string]bool, len(r.files))
	r.files = slices.DeleteFunc(r.files, func(f *file) bool {
		twice := urls[f.URL] && f.URL != ""
		urls[f.URL] = true
		return twice
	})
	for _, f := range r.files {
		if !f.sdist {
			p.readWheel(r, f)
		}
		if f.bad == "" {
			r.valid++
			r.yanked = r.yanked && f.Yanked
		}
	}
	return r
}

func (p *planner) readWheel(r *release, f *file) {
	parsed, err := wheel.ParseFilename(f.Filename)
	switch {
	case err != nil:
		f.bad, f.why = BadName, "its name cannot be read: "+err.Error()
	case parsed.Project != r.listing.name:
		f.bad, f.why = WrongProject, "it belongs to the project "+string(parsed.Project)
	default:
		f.tags, f.build = p.tagSet(parsed), parsed.Build
	}
}

// matching are the releases that a specifier set admits, newest first, pre-releases among them.
func (p *planner) matching(l *listing, s pep440.Specifiers) []*release {
	var rs []*release
	for _, r := range l.releases {
		if s.Contains(r.version, pep440.PrereleasesAllow) && p.open(r).valid > 0 {
			rs = append(rs, r)
		}
	}
	return rs
}
