package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/tag"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// testTarget makes "debian-12-x86_64/cp311" with the C library "glibc 2.36" and all else that follows.
func testTarget(name, libc string) platform.Target {
	plat, python, _ := strings.Cut(name, "/")
	arch := plat[strings.LastIndex(plat, "-")+1:]
	t := platform.Target{Platform: plat, Python: python, Arch: arch, Here: true, Path: "python"}
	fmt.Sscanf(libc, "%s %s", &t.Libc.Name, &t.Libc.Version)
	var major, minor, libcMajor, libcMinor int
	fmt.Sscanf(strings.TrimLeft(python, "cp"), "%1d%d", &major, &minor)
	fmt.Sscanf(t.Libc.Version, "%d.%d", &libcMajor, &libcMinor)
	t.Version = pep440.MustParse(fmt.Sprintf("%d.%d.2", major, minor))
	in := tag.Interpreter{Implementation: "cpython", Major: major, Minor: minor, ABIs: []string{python}}
	if strings.HasPrefix(python, "pp") {
		in.Implementation, in.ABIs = "pypy", []string{fmt.Sprintf("pypy%d%d_pp73", major, minor)}
	}
	t.Tags = tag.NewSet(tag.Supported(in, tag.Platform{Arch: arch, Libc: tag.Libc{Name: t.Libc.Name, Major: libcMajor, Minor: libcMinor}}))
	short := fmt.Sprintf("%d.%d", major, minor)
	t.Markers = pep508.Environment{
		"implementation_name": in.Implementation, "implementation_version": short + ".2", "os_name": "posix",
		"platform_machine": arch, "platform_python_implementation": "CPython", "platform_release": "6.1",
		"platform_system": "Linux", "platform_version": "#1", "python_full_version": short + ".2",
		"python_version": short, "sys_platform": "linux",
	}
	return t
}

const bookworm311 = "debian-12-x86_64/cp311"

var libcs = map[string]string{"debian-11": "glibc 2.31", "debian-12": "glibc 2.36", "debian-13": "glibc 2.41", "alpine-3": "musl 1.2"}

// testTargets makes targets of Debian and Alpine releases; a name that ends in "!" is one that is not here.
func testTargets(names ...string) []platform.Target {
	var ts []platform.Target
	for _, name := range names {
		bare := strings.TrimSuffix(name, "!")
		t := testTarget(bare, libcs[bare[:strings.LastIndex(bare, "-")]])
		if bare != name {
			t.Here, t.Path = false, ""
		}
		ts = append(ts, t)
	}
	return ts
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// testPage reads one file a line: "foo-1.0.tar.gz requires=>=3.8 yanked=broken nohash".
func testPage(name project.Name, lines string) upstream.Page {
	p := simple.Project{APIVersion: "1.1", Name: name}
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		f := simple.File{Filename: fields[0], URL: "https://files.example/" + fields[0], Size: 1,
			Hashes: map[string]string{"sha256": sum(fields[0])}}
		for _, field := range fields[1:] {
			key, value, _ := strings.Cut(field, "=")
			switch key {
			case "requires":
				f.RequiresPython = value
			case "yanked":
				f.Yanked, f.YankedReason = true, value
			case "nohash":
				f.Hashes = map[string]string{}
			case "status":
				p.Status = value
			default:
				panic("no such field: " + field)
			}
		}
		p.Files = append(p.Files, f)
	}
	return upstream.Page{Project: p}
}

// world is an Input in the making.
type world struct {
	Input
	t     *testing.T
	pages map[project.Name]upstream.Page
	fails map[project.Name]error
	mu    sync.Mutex
	asked map[project.Name]int
}

func newWorld(t *testing.T, targets ...string) *world {
	if len(targets) == 0 {
		targets = []string{bookworm311}
	}
	w := &world{t: t, pages: map[project.Name]upstream.Page{}, fails: map[project.Name]error{}, asked: map[project.Name]int{}}
	w.Now, w.Targets, w.Input.Page = now, testTargets(targets...), w.lookup
	w.Inputs = func(t platform.Target) string { return "inputs of " + t.Name() }
	return w
}

func (w *world) lookup(name project.Name) (upstream.Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[name]++
	if err := w.fails[name]; err != nil {
		return upstream.Page{}, err
	}
	page, ok := w.pages[name]
	if !ok {
		return upstream.Page{}, fmt.Errorf("page of %s: %w", name, fs.ErrNotExist)
	}
	return page, nil
}

func (w *world) page(name project.Name, lines string) { w.pages[name] = testPage(name, lines) }

// want adds "foo==1.0; python_version < '3'" of a series, in the line after the last.
func (w *world) want(series, requirement string) *source.Want {
	w.t.Helper()
	req, err := pep508.Parse(requirement)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Wants = append(w.Wants, source.Want{Project: req.Name, Spelt: req.Spelt, Versions: req.Specifiers, Marker: req.Marker,
		Origin: source.Origin{Source: "test", Series: series, File: "constraints.txt", Line: len(w.Wants) + 1}})
	return &w.Wants[len(w.Wants)-1]
}

func (w *world) hold(platform, target, filename string) *yard.Wheel {
	name, rest, _ := strings.Cut(filename, "-")
	version, _, _ := strings.Cut(rest, "-")
	w.Held = append(w.Held, yard.Wheel{Platform: platform, Filename: filename, SHA256: sum(platform + filename),
		Project: project.Name(name), Version: version, Target: target, Admitted: now.Add(-time.Hour)})
	return &w.Held[len(w.Held)-1]
}

// attempt adds a try at the build of an sdist of that name.
func (w *world) attempt(target, sdist string, class yard.Class, number int, ago time.Duration) *yard.Attempt {
	name, _, _ := strings.Cut(sdist, "-")
	w.Attempts = append(w.Attempts, yard.Attempt{Order: OrderKey(sum(sdist), target, 0), Project: project.Name(name),
		Target: target, Class: class, Reason: "it said so", Advice: "do so", Number: number, Inputs: "inputs of " + target,
		Started: now.Add(-ago), Took: yard.Timings{Total: 1000}})
	return &w.Attempts[len(w.Attempts)-1]
}

// make plans, and holds that each page is asked for once at most.
func (w *world) make() Plan {
	w.t.Helper()
	p := Make(w.Input)
	for name, n := range w.asked {
		if n > 1 {
			w.t.Errorf("the page of %s was asked for %d times", name, n)
		}
	}
	clear(w.asked)
	return p
}

// only is the plan's one decision.
func (w *world) only() Decision {
	w.t.Helper()
	p := w.make()
	if len(p.Decisions) != 1 {
		w.t.Fatalf("%d decisions, want 1: %+v", len(p.Decisions), p.Decisions)
	}
	return p.Decisions[0]
}

// on is the plan's decision for a target.
func on(t *testing.T, p Plan, target string) Decision {
	t.Helper()
	var found []Decision
	for _, d := range p.Decisions {
		if d.Target == target {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d decisions for %s, want 1: %+v", len(found), target, found)
	}
	return found[0]
}
