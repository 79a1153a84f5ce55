package env

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"wheelyard/internal/durable"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
	"wheelyard/yard"
)

// Lock says which wheels an environment has.
type Lock struct {
	Text   []byte // pylock.toml
	Wheels []simple.File
}

func (l Lock) files() []yard.File {
	files := make([]yard.File, len(l.Wheels))
	for i, w := range l.Wheels {
		files[i] = yard.File{Filename: w.Filename, SHA256: w.Hashes["sha256"], Size: max(w.Size, 0)}
	}
	return files
}

// Lock answers the question. Its requirements must be sorted.
func (s *Store) Lock(ctx context.Context, q Question) (Lock, error) {
	if len(q.Requirements) == 0 {
		return Lock{Text: []byte("lock-version = \"1.0\"\ncreated-by = \"wheelyard\"\npackages = []\n")}, nil
	}
	key := digest("lock 1", UV, q.Requirements, q.AsOf.UTC(), s.Upstream.Index(), interpreter(q.Target))
	path := filepath.Join(s.Dir, "envs", "locks", key+".toml")
	if text, err := os.ReadFile(path); err == nil {
		if l, err := readLock(text, q.Target); err == nil {
			return l, nil
		}
	}
	text, err, _ := s.flights.Do(path, func() (any, error) { return s.resolve(ctx, q, path) })
	if err != nil {
		return Lock{}, err
	}
	return readLock(text.([]byte), q.Target)
}

// resolve asks uv, and keeps its answer at path.
func (s *Store) resolve(ctx context.Context, q Question, to string) ([]byte, error) {
	for _, r := range q.Requirements {
		if err := plainRequirement(r); err != nil {
			return nil, &UnresolvableError{Question: q, Reason: err.Error()}
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(to), durable.TempPrefix+"*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "requirements.in"), filepath.Join(dir, "pylock.toml")
	if err := os.WriteFile(in, []byte(strings.Join(q.Requirements, "\n")+"\n"), 0o644); err != nil {
		return nil, err
	}
	args := []string{"pip", "compile", "--python", q.Target.Path, "--only-binary", ":all:", "--no-sources", "--no-header", "--no-annotate",
		"--format", "pylock.toml", "--output-file", out}
	if !q.AsOf.IsZero() {
		args = append(args, "--exclude-newer", q.AsOf.UTC().Format(time.RFC3339Nano))
	}
	err = s.run(ctx, dir, append(args, in)...)
	if failed, ok := errors.AsType[*failedError](err); ok {
		if reason, ok := unresolvable(failed); ok {
			return nil, &UnresolvableError{Question: q, Reason: s.undated(ctx, q) + reason}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("resolving build requirements: %w", err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("resolving build requirements: %w", err)
	}
	if _, err := readLock(text, q.Target); err != nil {
		return nil, err
	}
	return text, os.Rename(out, to)
}

// undated says, of a question as of a date, which of the required projects have files whose time of upload the index doesn't tell: uv takes none
// of them, and doesn't say why.
func (s *Store) undated(ctx context.Context, q Question) string {
	if q.AsOf.IsZero() {
		return ""
	}
	for _, r := range q.Requirements {
		required, err := pep508.Parse(r)
		if err != nil {
			continue
		}
		page, err := s.Upstream.Page(ctx, required.Name)
		if err != nil || len(page.Project.Files) == 0 {
			continue
		}
		if !slices.ContainsFunc(page.Project.Files, func(f simple.File) bool { return !f.UploadTime.IsZero() }) {
			return fmt.Sprintf("the index does not say when the files of %s were uploaded, so that nothing is known as of a date: ", required.Name)
		}
	}
	return ""
}

// archiveName: what ends so is a file to uv, although it may be the name of a project.
var archiveName = regexp.MustCompile(`(?i)\.(?:whl|zip|egg|tgz|tbz|txz|tar(?:\.\w+)?)$`)

// plainRequirement refuses what pip's requirement files would take for something else than a requirement: options, files, variables, other addresses.
func plainRequirement(r string) error {
	parsed, err := pep508.Parse(r)
	switch {
	case err != nil:
		return fmt.Errorf("%q is no requirement: %w", r, err)
	case strings.ContainsAny(r, "\n\r\\") || archiveName.MatchString(parsed.Spelt):
		return fmt.Errorf("%q is no requirement", r)
	case parsed.URL != "":
		return fmt.Errorf("%q names an address: only what the index has is used", r)
	}
	return nil
}

// unresolvable tells whether uv says that there is no solution, or that what is required is no requirement; anything else may pass.
func unresolvable(e *failedError) (reason string, ok bool) {
	for _, sign := range []string{"No solution found", "Couldn't parse requirement", "was not found in the package registry"} {
		if strings.Contains(e.said, sign) {
			return oneLine(e.said), true
		}
	}
	return "", false
}

var spaces = regexp.MustCompile(`\s+`)

// oneLine leaves out uv's first words and its hints.
func oneLine(said string) string {
	said, _, _ = strings.Cut(said, "\nhint:")
	if _, cause, ok := strings.Cut(said, "cause: "); ok {
		said = cause
	}
	return spaces.ReplaceAllString(strings.TrimSpace(said), " ")
}

// pylock is what is read of a lock (PEP 751).
type pylock struct {
	Packages []struct {
		Name    string `toml:"name"`
		Version string `toml:"version"`
		Wheels  []struct {
			Name   string            `toml:"name"`
			URL    string            `toml:"url"`
			Size   int64             `toml:"size"`
			Hashes map[string]string `toml:"hashes"`
		} `toml:"wheels"`
	} `toml:"packages"`
}

// readLock picks for each package the wheel that the target likes best.
func readLock(text []byte, t platform.Target) (Lock, error) {
	var p pylock
	if err := toml.Unmarshal(text, &p); err != nil {
		return Lock{}, fmt.Errorf("reading a lock of build requirements: %w", err)
	}
	l := Lock{Text: text}
	for _, pkg := range p.Packages {
		best, rank := simple.File{}, -1
		for _, w := range pkg.Wheels {
			f, ok := lockedFile(w.Name, w.URL, w.Size, w.Hashes)
			if !ok {
				continue
			}
			name, err := wheel.ParseFilename(f.Filename)
			if err != nil {
				continue
			}
			if _, r, ok := t.Tags.Best(name.Tags); ok && (rank < 0 || r < rank) {
				best, rank = f, r
			}
		}
		if rank < 0 {
			return Lock{}, fmt.Errorf("the lock has no wheel of %s %s that fits %s", pkg.Name, pkg.Version, t.Name())
		}
		l.Wheels = append(l.Wheels, best)
	}
	slices.SortFunc(l.Wheels, func(a, b simple.File) int { return strings.Compare(a.Filename, b.Filename) })
	return l, nil
}

func lockedFile(name, address string, size int64, hashes map[string]string) (simple.File, bool) {
	u, err := url.Parse(address)
	if err != nil || len(hashes["sha256"]) != 64 {
		return simple.File{}, false
	}
	if name == "" {
		name = path.Base(u.Path)
	}
	if size == 0 {
		size = -1
	}
	return simple.File{Filename: name, URL: address, Hashes: map[string]string{"sha256": strings.ToLower(hashes["sha256"])}, Size: size}, true
}
