package platform

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func spec(pythons ...string) Spec { return Spec{Name: "debian-12-x86_64", Pythons: pythons} }

func TestProbeStub(t *testing.T) {
	f := newFake(t)
	at := f.python("/usr/bin/python3.11", cpython311(nil))
	pypy := f.python("/opt/bin/pypy3", cpython311(pypy310))
	nogil := f.python("/usr/local/bin/python3.13t", cpython311(func(a *answer) {
		python("13")(a)
		a.FreeThreaded = true
	}))
	s := spec("3.11", "pypy3.10", "3.13t")
	s.Packages = []string{"zlib1g-dev", "libz-dev", "python3.11:amd64"}
	p, err := f.probe(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	got := p.facts
	if got.OS != (OS{"debian", "12", "bookworm"}) || got.Arch != "x86_64" || got.Libc != (Libc{"glibc", "2.36"}) {
		t.Errorf("facts %+v", got)
	}
	if got.Root.Packages != 2 || !strings.HasPrefix(got.Root.Digest, "dpkg:sha256:") {
		t.Errorf("root %+v", got.Root)
	}
	for i, want := range []Interpreter{
		{Target: "cp311", ABI: "cp311", Implementation: "CPython", Path: at},
		{Target: "pp310", ABI: "pypy310_pp73", Implementation: "PyPy", Path: pypy},
		{Target: "cp313t", ABI: "cp313t", Implementation: "CPython", Path: nogil},
	} {
		in := got.Interpreters[i]
		if in.Target != want.Target || in.ABI != want.ABI || in.Implementation != want.Implementation || in.Path != want.Path {
			t.Errorf("interpreter %+v, want %+v", in, want)
		}
		if err := got.check(); err != nil {
			t.Error(err)
		}
	}
}

// The distribution's own comes first; one that doesn't answer, or is another Python, makes way for the next.
func TestProbeTriesNext(t *testing.T) {
	f := newFake(t)
	f.script("/usr/bin/python3.11", "echo 'Traceback' >&2; echo 'ImportError: no json' >&2; exit 1\n")
	f.python("/usr/local/bin/python3.11", cpython311(python("12")))
	good := f.python("/opt/bin/python3.11", cpython311(nil))
	p, err := f.probe(t.Context(), spec("3.11"))
	if err != nil || p.facts.Interpreters[0].Path != good {
		t.Errorf("%+v, %v", p.facts.Interpreters, err)
	}
}

func TestProbeShim(t *testing.T) {
	f := newFake(t)
	real := f.python("/opt/pyenv/versions/3.11/bin/python3.11", cpython311(nil))
	f.python("/opt/bin/python3.11", cpython311(func(a *answer) { a.Executable = real }))
	p, err := f.probe(t.Context(), spec("3.11"))
	if err != nil || p.facts.Interpreters[0].Path != real {
		t.Errorf("%+v, %v", p.facts.Interpreters, err)
	}
}

func TestProbeMissing(t *testing.T) {
	noHeaders := func(a *answer) { a.Include, a.Stdlib = "", "/usr/lib/python3.11" }
	for _, test := range []struct {
		name     string
		prepare  func(f fake)
		pythons  []string
		packages []string
		want     []string // in the message
		install  []string
	}{
		{name: "interpreter", pythons: []string{"3.12"},
			want:    []string{"python3.12 is not in /usr/bin, /usr/local/bin or PATH", "apt-get install python3.12 python3.12-dev"},
			install: []string{"python3.12", "python3.12-dev"}},
		{name: "all at once", pythons: []string{"3.12", "pypy3.10"}, packages: []string{"libxml2-dev", "zlib1g-dev", "libold", "libveryold"},
			want:    []string{"package libxml2-dev is not installed", "package libold", "python3.12 is not in", "pypy3.10 is not in"},
			install: []string{"libold", "libveryold", "libxml2-dev", "pypy3", "pypy3-dev", "python3.12", "python3.12-dev"}},
		{name: "headers", prepare: func(f fake) { f.python("/usr/bin/python3.11", cpython311(noHeaders)) }, pythons: []string{"3.11"},
			want: []string{"python3.11 (", "has no Python.h in /usr/include/python3.11"}, install: []string{"python3.11-dev"}},
		{name: "headers of another", prepare: func(f fake) {
			f.python("/usr/local/bin/python3.11", cpython311(func(a *answer) { a.Include, a.Stdlib = "", "/usr/local/lib/python3.11" }))
		}, pythons: []string{"3.11"}, want: []string{"its development files are not installed"}},
		{name: "no Debian", prepare: func(f fake) {
			f.write("/etc/os-release", "ID=fedora\nVERSION_ID=43\n")
			os.Remove(f.at("/var/lib/dpkg/status"))
		}, pythons: []string{"3.12"}, packages: []string{"libxml2-dev"},
			want: []string{"this system has no dpkg", "install it with this system's package manager (Debian calls it python3.12)"}},
		{name: "path", pythons: []string{"/opt/none/bin/python"}, want: []string{"/opt/none/bin/python does not exist"}},
		{name: "free-threaded", pythons: []string{"3.13t"}, want: []string{"python3.13t is not in"}},
		{name: "fails", prepare: func(f fake) { f.script("/usr/bin/python3.11", "echo boo >&2; exit 3\n") }, pythons: []string{"3.11"},
			want: []string{"python3.11 is not usable", "exit status 3: boo"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "no JSON", prepare: func(f fake) { f.script("/usr/bin/python3.11", "echo hello\n") }, pythons: []string{"3.11"},
			want: []string{"no answer to the probe"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "not for this machine", prepare: func(f fake) { f.put("/usr/bin/python3.11", "\x7fELF\x02\x01\x01", 0o755) },
			pythons: []string{"3.11"}, want: []string{"exec format error"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "not executable", prepare: func(f fake) { f.put("/usr/bin/python3.11", "#!/bin/sh\n", 0o644) },
			pythons: []string{"3.11"}, want: []string{"permission denied"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "too much", prepare: func(f fake) { f.script("/usr/bin/python3.11", "yes | head -c 2000000\n") }, pythons: []string{"3.11"},
			want: []string{"it printed more than"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "Python 2", prepare: func(f fake) {
			f.python("/usr/bin/python3.11", cpython311(func(a *answer) { a.Version = "2.7.18" }))
		}, pythons: []string{"3.11"}, want: []string{"only Python 3 is supported"}, install: []string{"python3.11", "python3.11-dev"}},
		{name: "too old", prepare: func(f fake) { f.python("/opt/py/python", cpython311(python("5"))) },
			pythons: []string{"/opt/py/python"}, want: []string{"the oldest that is supported is 3.6"}},
		{name: "other implementation", prepare: func(f fake) {
			f.python("/opt/py/python", cpython311(func(a *answer) { a.Markers["implementation_name"] = "graalpy" }))
		}, pythons: []string{"/opt/py/python"}, want: []string{`it is "graalpy"`}},
		{name: "other system", prepare: func(f fake) {
			f.python("/opt/py/python", cpython311(func(a *answer) { a.Markers["sys_platform"] = "darwin" }))
		}, pythons: []string{"/opt/py/python"}, want: []string{"only Linux"}},
		{name: "wrong flavour", prepare: func(f fake) { f.python("/usr/bin/python3.13t", cpython311(python("13"))) },
			pythons: []string{"3.13t"}, want: []string{"it says that it is CPython 3.13.1 (cp313)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			if test.prepare != nil {
				test.prepare(f)
			}
			s := spec(test.pythons...)
			s.Packages = test.packages
			_, err := f.probe(t.Context(), s)
			var missing *MissingError
			if !errors.As(err, &missing) {
				t.Fatalf("%v, want a MissingError", err)
			}
			for _, want := range append(test.want, "platform debian-12-x86_64: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			if !slices.Equal(missing.Packages, test.install) {
				t.Errorf("install %q, want %q", missing.Packages, test.install)
			}
			if n := strings.Count(err.Error(), "apt-get"); n != min(1, len(test.install)) {
				t.Errorf("%d lines of apt-get in %q", n, err)
			}
		})
	}
}

// apt is asked which of the packages it has; those that it hasn't are told apart.
func TestProbeUnknownToApt(t *testing.T) {
	f := newFake(t)
	f.script("/usr/bin/apt-cache", `test "$*" = "policy -- libxml2-dev python3.13 python3.13-dev" || exit 9
echo "libxml2-dev:"; echo "  Installed: (none)"; echo "  Candidate: 2.9"; echo "  Version table:"
echo "python3.13:"; echo "  Installed: (none)"; echo "  Candidate: (none)"
`)
	s := spec("3.13")
	s.Packages = []string{"libxml2-dev"}
	_, err := f.probe(t.Context(), s)
	var missing *MissingError
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}
	if !slices.Equal(missing.Packages, []string{"libxml2-dev"}) || !slices.Equal(missing.Unknown, []string{"python3.13", "python3.13-dev"}) ||
		!strings.Contains(err.Error(), "apt-get install libxml2-dev\n") || !strings.Contains(err.Error(), "apt doesn't know python3.13, python3.13-dev here") {
		t.Error(err)
	}
}

func TestProbeBarred(t *testing.T) {
	f := newFake(t)
	f.asRoot = true
	home := f.at("/root")
	real := f.python("/root/.pyenv/versions/3.11/bin/python3.11", cpython311(nil))
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(f.at("/usr/local/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, f.at("/usr/local/bin/python3.11")); err != nil {
		t.Fatal(err)
	}
	_, err := f.probe(t.Context(), spec("3.11"))
	if want := "builds run as an ordinary user, and " + home + " has mode 0700"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v lacks %q", err, want)
	}
	if _, err := os.Stat(real + ".runs"); err == nil {
		t.Error("it was run although it can't be used")
	}
	shim := f.python("/opt/bin/python3.11", cpython311(func(a *answer) { a.Executable = real }))
	if _, err := f.probe(t.Context(), spec("3.11")); err == nil || !strings.Contains(err.Error(), shim+" can't be used: builds run") {
		t.Errorf("a shim before it: %v", err)
	}
	f.asRoot = false
	if _, err := f.probe(t.Context(), spec("3.11")); err != nil {
		t.Errorf("as the one whose home it is: %v", err)
	}
}

func TestProbeConfiguration(t *testing.T) {
	for _, test := range []struct {
		pythons []string
		want    string
	}{
		{nil, "no Python is configured"},
		{[]string{"3.11", "3.11"}, "configured twice"},
		{[]string{"3"}, `"3" names no Python`},
		{[]string{"2.7"}, "names no Python"},
		{[]string{"3.11.2"}, "names no Python"},
		{[]string{"bin/python"}, "names no Python"},
		{[]string{"3.11\n"}, "names no Python"},
		{[]string{"pypy3.13t"}, `PyPy has no "t" variant`},
	} {
		f := newFake(t)
		_, err := f.probe(t.Context(), spec(test.pythons...))
		var missing *MissingError
		if err == nil || !strings.Contains(err.Error(), test.want) || errors.As(err, &missing) {
			t.Errorf("%q: %v, want %q", test.pythons, err, test.want)
		}
	}
}

func TestProbeMixed(t *testing.T) {
	f := newFake(t)
	f.python("/usr/bin/python3.11", cpython311(nil))
	f.python("/opt/py/i686", cpython311(func(a *answer) { a.Bits = 32; python("12")(a) }))
	f.python("/opt/py/twin", cpython311(nil))
	if _, err := f.probe(t.Context(), spec("3.11", "/opt/py/i686")); err == nil || !strings.Contains(err.Error(), "is for i686 with glibc 2.36") {
		t.Errorf("two architectures: %v", err)
	}
	if _, err := f.probe(t.Context(), spec("3.11", "/opt/py/twin")); err == nil || !strings.Contains(err.Error(), "/opt/py/twin is cp311, and so is") {
		t.Errorf("two cp311: %v", err)
	}
	f.write("/etc/os-release", "") // says nothing: it is then "linux"
	if p, err := f.probe(t.Context(), spec("/opt/py/i686")); err != nil || p.facts.Arch != "i686" || p.facts.OS.ID != "linux" {
		t.Errorf("32 bits on a 64-bit kernel: %+v, %v", p.facts, err)
	}
	f.python("/opt/py/strange", cpython311(func(a *answer) { a.Platform = "linux" }))
	if _, err := f.probe(t.Context(), spec("/opt/py/strange")); err == nil || !strings.Contains(err.Error(), "arch is missing") {
		t.Errorf("no architecture: %v", err)
	}
	os.Remove(f.at("/etc/os-release"))
	if _, err := f.probe(t.Context(), spec("3.11")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no os-release: %v", err)
	}
}

func TestProbeCancelled(t *testing.T) {
	f := newFake(t)
	f.script("/usr/bin/python3.11", "echo > \"$0.started\"; sleep 60 & wait\n")
	started := f.at("/usr/bin/python3.11.started")
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		os.ReadFile(started) // waits until the script writes
		cancel()
	}()
	if _, err := f.probe(ctx, spec("3.11")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSilence(t *testing.T) {
	f := newFake(t)
	f.patience = 50 * time.Millisecond
	f.script("/usr/bin/python3.11", "sleep 60\n")
	_, err := f.probe(t.Context(), spec("3.11"))
	if err == nil || !strings.Contains(err.Error(), "it gave no answer within 50ms") {
		t.Error(err)
	}
}

func TestCandidates(t *testing.T) {
	f := newFake(t)
	for _, p := range []string{"/usr/bin/python3.11", "/opt/bin/python3.11", "/usr/bin/pypy3", "/usr/bin/python3.13-nogil", "/relative/python3.11"} {
		f.script(p, "")
	}
	if err := os.MkdirAll(f.at("/usr/local/bin/python3.11"), 0o755); err != nil { // a folder is no interpreter
		t.Fatal(err)
	}
	for asked, want := range map[string]string{
		"3.11": "/usr/bin/python3.11 /opt/bin/python3.11", "pypy3.10": "/usr/bin/pypy3", "3.13t": "/usr/bin/python3.13-nogil", "3.13": "",
	} {
		r, err := parseRequest(asked)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range f.candidates(r) {
			rel, _ := filepath.Rel(f.root, c)
			got = append(got, "/"+rel)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", asked, got, want)
		}
	}
}
