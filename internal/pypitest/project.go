package pypitest

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Attrs is what the page says of a file besides its name. The zero value says the truth: its size and SHA-256,
// uploaded on 2020-01-01, nothing else.
type Attrs struct {
	UploadTime     time.Time // zero: 2020-01-01
	NoUploadTime   bool
	RequiresPython string
	Yanked         bool
	YankedReason   string
	SHA256         string // "": the true one; "none": no hash at all
	Size           int64  // 0: the true one; -1: not said
	Metadata       []byte // served as FILE.metadata; nil: none
	Provenance     string
	URL            string // "": where this server has the file
}

// file is one entry of a page.
type file struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	Size           *int64            `json:"size,omitempty"`
	UploadTime     string            `json:"upload-time,omitempty"`
	RequiresPython *string           `json:"requires-python"`
	CoreMetadata   any               `json:"core-metadata,omitempty"`
	Yanked         any               `json:"yanked"`
	Provenance     *string           `json:"provenance"`

	content, metadata []byte // nil in recorded pages
}

type pageProject struct {
	spelt, status, reason string
	files                 []*file
	serial                int // counts changes, as _last-serial does
}

func (p *pageProject) file(filename string) *file {
	for _, f := range p.files {
		if f.Filename == filename {
			return f
		}
	}
	return nil
}

var separators = regexp.MustCompile(`[-_.]+`)

func normalize(name string) string { return strings.ToLower(separators.ReplaceAllString(name, "-")) }

// project returns the project of that name, made when it isn't there. s.mu is held.
func (s *Server) project(spelt string) *pageProject {
	name := normalize(spelt)
	p := s.projects[name]
	if p == nil {
		p = &pageProject{spelt: spelt, serial: 1}
		s.projects[name] = p
	}
	return p
}

// AddProject adds a project that has no files yet; one that is there stays as it is.
func (s *Server) AddProject(spelt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.project(spelt)
}

func (s *Server) setStatus(spelt, status, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(spelt)
	if status != "" {
		p.status, p.reason = status, reason
	}
}

// AddFile offers content under that name, whatever it is. A file of that name is replaced, in its place on the page.
func (s *Server) AddFile(project, filename string, content []byte, a Attrs) {
	f := &file{
		Filename: filename, URL: a.URL, Hashes: map[string]string{}, Yanked: false,
		content: content, metadata: a.Metadata,
	}
	if f.URL == "" {
		f.URL = "../../files/" + normalize(project) + "/" + filename
	}
	if content == nil {
		f.content = []byte{}
	}
	switch a.SHA256 {
	case "":
		f.Hashes["sha256"] = hexSum(content)
	case "none":
	default:
		f.Hashes["sha256"] = a.SHA256
	}
	if size := int64(len(content)); a.Size > 0 {
		f.Size = &a.Size
	} else if a.Size == 0 {
		f.Size = &size
	}
	if a.Yanked {
		f.Yanked = true
		if a.YankedReason != "" {
			f.Yanked = a.YankedReason
		}
	}
	if a.UploadTime.IsZero() {
		a.UploadTime = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if !a.NoUploadTime {
		f.UploadTime = a.UploadTime.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	f.RequiresPython, f.Provenance = orNil(a.RequiresPython), orNil(a.Provenance)
	if a.Metadata != nil {
		f.CoreMetadata = map[string]string{"sha256": hexSum(a.Metadata)}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(project)
	p.put(f)
}

func (p *pageProject) put(f *file) {
	p.serial++
	if old := p.file(f.Filename); old != nil {
		*old = *f
		return
	}
	p.files = append(p.files, f)
}

// RemoveFile takes a file off the page and off the server, as its owner would. An unknown one is left alone.
func (s *Server) RemoveFile(project, filename string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(project)
	for i, f := range p.files {
		if f.Filename == filename {
			p.files = append(p.files[:i:i], p.files[i+1:]...)
			p.serial++
			return
		}
	}
}

// Touch changes the page's private serial number, and so its bytes and its ETag, but nothing that matters.
func (s *Server) Touch(project string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.project(project).serial++
}

// AddPages adds recorded JSON pages, NAME.json or NAME.json.gz, of a folder. Their files are listed but not there:
// asking for one is answered with 404, until AddFile supplies it.
func (s *Server) AddPages(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json*"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%s: no recorded page in it", dir)
	}
	for _, path := range paths {
		if err := s.addPage(path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func (s *Server) addPage(path string) error {
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	var page struct {
		Name  string  `json:"name"`
		Files []*file `json:"files"`
	}
	if strings.HasSuffix(path, ".gz") {
		zr, err := gzip.NewReader(r)
		if err != nil {
			return err
		}
		err = json.NewDecoder(zr).Decode(&page)
		if err != nil {
			return err
		}
	} else if err := json.NewDecoder(r).Decode(&page); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(page.Name)
	for _, f := range page.Files {
		if hashes, ok := f.CoreMetadata.(map[string]any); ok {
			sum, _ := hashes["sha256"].(string)
			f.CoreMetadata = map[string]string{"sha256": sum}
		}
		p.put(f)
	}
	return nil
}

// AddFiles adds the wheels and sdists of a folder under their own projects' names, uploaded on 2020-01-01.
// A wheel's requires-python is taken from its metadata.
func (s *Server) AddFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		stem, ending := splitEnding(e.Name())
		cut := strings.LastIndexByte(stem, '-')
		if ending == ".whl" {
			cut = strings.IndexByte(stem, '-')
		}
		if ending == "" || cut < 0 || e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		var a Attrs
		if ending == ".whl" {
			a.Metadata = wheelMetadata(content)
			a.RequiresPython = header(a.Metadata, "Requires-Python")
		}
		s.AddFile(stem[:cut], e.Name(), content, a)
	}
	return nil
}

// header finds one header of core metadata; "" when it isn't there.
func header(metadata []byte, name string) string {
	for line := range strings.Lines(string(metadata)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
