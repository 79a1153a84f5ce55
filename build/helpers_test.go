package build

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wheelyard/internal/pypitest"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/upstream"
)

// shop is a builder with an upstream of its own.
type shop struct {
	*Builder
	up     *pypitest.Server
	target platform.Target
}

var hostOnce = sync.OnceValues(func() (platform.Target, error) { return findHost(context.Background()) })

// newShop skips where builds can't run; in CI that is an error.
func newShop(t testing.TB, l Limits) *shop {
	t.Helper()
	target, err := hostOnce()
	if err != nil {
		missing(t, err)
	}
	up := pypitest.NewOptions(t, pypitest.Options{CacheControl: "max-age=0"})
	dir := t.TempDir()
	client, err := upstream.New(upstream.Options{Index: up.URL, Dir: filepath.Join(dir, "upstream"), Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	b := &Builder{Upstream: client, Index: up.URL, Dir: dir, Limits: l, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
	if err := b.Ready(t.Context()); err != nil {
		missing(t, err)
	}
	return &shop{Builder: b, up: up, target: target}
}

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// sdist offers one of demo 1.0 with these files, and returns the order for it.
func (s *shop) sdist(t testing.TB, files map[string]string) plan.Order {
	t.Helper()
	var members []pypitest.Member
	for name, text := range files {
		members = append(members, pypitest.Member{Path: "demo-1.0/" + name, Content: []byte(text)})
	}
	content, err := pypitest.TarGz(members)
	if err != nil {
		t.Fatal(err)
	}
	return s.archive(t, "demo-1.0.tar.gz", content)
}

func (s *shop) archive(t testing.TB, filename string, content []byte) plan.Order {
	t.Helper()
	s.up.AddFile("demo", filename, content, pypitest.Attrs{UploadTime: time.Date(2022, 5, 1, 0, 0, 0, 0, time.UTC)})
	return s.order(t, "demo", "1.0", filename)
}

func (s *shop) order(t testing.TB, name, version, filename string) plan.Order {
	t.Helper()
	page, err := s.Upstream.Page(t.Context(), project.Normalize(name))
	if err != nil {
		t.Fatal(err)
	}
	var f simple.File
	for _, g := range page.Project.Files {
		if g.Filename == filename {
			f = g
		}
	}
	return plan.Order{Key: "sha256:test", Project: project.Normalize(name), Version: version, Target: s.target.Name(), Sdist: f, Inputs: "inputs"}
}

// done is a result with the texts that tests look at.
type done struct {
	Result
	log, live string
}

func (s *shop) do(t testing.TB, o plan.Order) done {
	t.Helper()
	var live strings.Builder
	r, err := s.Build(t.Context(), o, s.target, &live)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	text, err := os.ReadFile(r.Log)
	if err != nil {
		t.Fatal(err)
	}
	return done{r, string(text), live.String()}
}

// pyproject declares a backend in the source itself, that needs nothing but Python.
const pyproject = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n"

// backend makes a wheel of demo.py with the standard library alone; what is in front of it may change its settings.
const backend = `
import os, sys, zipfile, hashlib, base64
name, version, tags, files, wheel_tags = "demo", "1.0", "py3-none-any", {"demo.py": b"answer = 42\n"}, None

def write(directory):
    filename = "%s-%s-%s.whl" % (name, version, tags)
    info = "%s-%s.dist-info/" % (name, version)
    members = dict(files)
    members[info + "METADATA"] = ("Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version)).encode()
    members[info + "WHEEL"] = ("Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: %s\n" % (wheel_tags or tags)).encode()
    record = ""
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (member, digest, len(content))
    members[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    with zipfile.ZipFile(os.path.join(directory, filename), "w") as z:
        for member, content in members.items():
            z.writestr(member, content)
    return filename

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write(wheel_directory)
`

// with is a source whose backend has this code after its own.
func with(code string) map[string]string {
	return map[string]string{"pyproject.toml": pyproject, "backend.py": backend + code, "demo.py": "answer = 42\n"}
}

// before runs code inside build_wheel, before the wheel is made.
func before(code string) map[string]string {
	return with("\ndef build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n    " +
		strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n    ") + "\n    return write(wheel_directory)\n")
}

// leftovers are what a build may not leave: files in work/, and processes.
func (s *shop) leftovers(t testing.TB) []string {
	t.Helper()
	var left []string
	filepath.WalkDir(filepath.Join(s.Dir, workDir), func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() != workDir {
			left = append(left, p)
		}
		return nil
	})
	lists, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, l := range lists {
		if b, _ := os.ReadFile(l); strings.Contains(string(b), s.Dir) || strings.Contains(string(b), sentinel) {
			left = append(left, fmt.Sprintf("%s: %q", l, b))
		}
	}
	return left
}

// sentinel is in the arguments of processes that hostile builds leave behind.
var sentinel = fmt.Sprintf("7%06d", os.Getpid())

func findHost(ctx context.Context) (platform.Target, error) {
	var err error
	for _, python := range []string{os.Getenv("WHEELYARD_TEST_PYTHON"), "3.11", "3.12", "3.13", "3.10", "3.9", "3.14"} {
		if python == "" {
			continue
		}
		facts, e := platform.Probe(ctx, platform.Spec{Name: "here", Pythons: []string{python}})
		if e != nil {
			err = e
			continue
		}
		targets, e := facts.Targets()
		if e != nil {
			return platform.Target{}, e
		}
		return targets[0], nil
	}
	return platform.Target{}, err
}
