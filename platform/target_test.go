package platform

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
)

func readFacts(t testing.TB, text string) Facts {
	t.Helper()
	f, err := ReadFacts(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func targetsOf(t testing.TB, f Facts) []Target {
	t.Helper()
	ts, err := f.Targets()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// Tags and markers of hand-written facts are computed from the rest.
func TestTargetsHandWritten(t *testing.T) {
	got := targetsOf(t, readFacts(t, handWritten(t)))[0]
	if got.Name() != "debian-13-riscv64/cp313" || got.Version.String() != "3.13.5" || got.Arch != "riscv64" || got.Here || got.Path != "" || got.Root != "" {
		t.Errorf("%+v", got)
	}
	if want := time.Date(2024, 10, 7, 0, 0, 0, 0, time.UTC); !got.Released.Equal(want) {
		t.Errorf("released %v", got.Released)
	}
	want := pep508.Environment{
		"implementation_name": "cpython", "implementation_version": "3.13.5", "os_name": "posix", "platform_machine": "riscv64",
		"platform_python_implementation": "CPython", "platform_release": "", "platform_system": "Linux", "platform_version": "",
		"python_full_version": "3.13.5", "python_version": "3.13", "sys_platform": "linux",
	}
	if diff := cmp.Diff(want, got.Markers); diff != "" {
		t.Error(diff)
	}
	supported := tag.Supported(tag.Interpreter{Implementation: "cpython", Major: 3, Minor: 13, ABIs: []string{"cp313"}},
		tag.Platform{Arch: "riscv64", Libc: tag.Libc{Name: "glibc", Major: 2, Minor: 41}})
	if diff := cmp.Diff(supported, got.Tags.Tags()); diff != "" || len(supported) == 0 {
		t.Error(diff)
	}
}

// What the facts give is taken as it is.
func TestTargetsGiven(t *testing.T) {
	f := readFacts(t, strings.Replace(handWritten(t), `"abi": "cp313",`,
		`"abi": "cp313", "path": "/usr/bin/python3.13", "markers": {"platform_release": "6.12"}, "tags": ["cp313-cp313-linux_riscv64", "py3-none-any"],`, 1))
	got := targetsOf(t, f)[0]
	if got.Path != "" || got.Here {
		t.Errorf("an interpreter of another machine: %+v", got)
	}
	if got.Markers["platform_release"] != "6.12" || got.Markers["os_name"] != "posix" {
		t.Errorf("markers %v", got.Markers)
	}
	if want := []tag.Tag{{Python: "cp313", ABI: "cp313", Platform: "linux_riscv64"}, {Python: "py3", ABI: "none", Platform: "any"}}; !cmp.Equal(want, got.Tags.Tags()) {
		t.Errorf("tags %v", got.Tags.Tags())
	}
	got.Markers["os_name"] = "changed"
	if targetsOf(t, f)[0].Markers["os_name"] != "posix" {
		t.Error("targets share their markers")
	}
}

func TestTargetsOfHost(t *testing.T) {
	f := newFake(t)
	at := f.python("/usr/bin/python3.11", cpython311(nil))
	p, err := f.probe(t.Context(), spec("3.11"))
	if err != nil {
		t.Fatal(err)
	}
	got := targetsOf(t, p.facts)[0]
	if !got.Here || got.Path != at || got.Root != p.facts.Root.Digest || got.Libc != (Libc{"glibc", "2.36"}) {
		t.Errorf("%+v", got)
	}
}

func TestTargetsRefuse(t *testing.T) {
	f := readFacts(t, handWritten(t))
	f.Interpreters[0].Version = "3.13.x"
	if _, err := f.Targets(); err == nil || !strings.Contains(err.Error(), "facts of platform debian-13-riscv64: interpreters[0]: ") {
		t.Error(err)
	}
}

func TestFormOf(t *testing.T) {
	for _, test := range []struct{ implementation, version, abi, target, want string }{
		{"CPython", "3.11.2", "cp311", "cp311", "cpython 11 [cp311]"},
		{"CPython", "3.13.0rc1", "cp313t", "cp313t", "cpython 13 [cp313t]"},
		{"CPython", "3.13.1", "cp313td", "cp313td", "cpython 13 [cp313td cp313t]"},
		{"CPython", "3.11.2", "cp311d", "cp311d", "cpython 11 [cp311d cp311]"},
		{"CPython", "3.7.16", "cp37m", "cp37", "cpython 7 [cp37m]"},
		{"CPython", "3.7.16", "cp37dm", "cp37d", "cpython 7 [cp37dm]"},
		{"PyPy", "3.10.14", "pypy310_pp73", "pp310", "pypy 10 [pypy310_pp73]"},
		{"PyPy", "3.10.14", "cp310", "pp310", ""},
		{"CPython", "3.1", "cp311", "cp311", ""},
		{"CPython", "3.11.2", "cp311", "", ""},
		{"CPython", "4.0", "cp40", "cp40", ""},
	} {
		f, err := formOf(Interpreter{Implementation: test.implementation, Version: test.version, ABI: test.abi, Target: test.target})
		got := ""
		if err == nil {
			got = fmt.Sprint(f.implementation, " ", f.minor, " ", f.abis)
		}
		if got != test.want {
			t.Errorf("%+v: %s (%v)", test, got, err)
		}
	}
}

func TestLibcNumbers(t *testing.T) {
	for version, want := range map[string]string{"2.36": "2 36", "1.2.5": "1 2", "2.20-2014.11": "2 20", "2.9000": "2 9000",
		"2": "", "": "", "2.": "", "a2.3": "", "2.99999": "", "-2.3": ""} {
		major, minor, err := Libc{"glibc", version}.numbers()
		got := ""
		if err == nil {
			got = fmt.Sprint(major, " ", minor)
		}
		if got != want {
			t.Errorf("%q: %q (%v), want %q", version, got, err, want)
		}
	}
}

// The answers of real interpreters, and what follows from them.
func TestAnswer(t *testing.T) {
	change := func(fs ...func(*answer)) answer {
		return cpython311(func(a *answer) {
			for _, f := range fs {
				f(a)
			}
		})
	}
	arch := func(platform string, bits int) func(*answer) {
		return func(a *answer) { a.Platform, a.Bits = platform, bits }
	}
	for _, test := range []struct {
		name            string
		a               answer
		target, abi, at string
	}{
		{"Debian 12", change(), "cp311", "cp311", "x86_64"},
		{"free-threaded", change(python("13"), func(a *answer) { a.FreeThreaded = true }), "cp313t", "cp313t", "x86_64"},
		{"free-threaded, debug", change(python("13"), func(a *answer) { a.FreeThreaded, a.Debug = true, true }), "cp313td", "cp313td", "x86_64"},
		{"3.7", change(python("7")), "cp37", "cp37m", "x86_64"},
		{"3.7 without pymalloc", change(python("7"), func(a *answer) { a.Pymalloc = false }), "cp37", "cp37", "x86_64"},
		{"PyPy", change(pypy310), "pp310", "pypy310_pp73", "x86_64"},
		{"i386 on x86_64", change(arch("linux-x86_64", 32)), "cp311", "cp311", "i686"},
		{"armhf on aarch64", change(arch("linux-aarch64", 32)), "cp311", "cp311", "armv8l"},
		{"armhf", change(arch("linux-armv7l", 32)), "cp311", "cp311", "armv7l"},
		{"riscv64", change(arch("linux-riscv64", 64)), "cp311", "cp311", "riscv64"},
	} {
		text, err := json.Marshal(test.a)
		if err != nil {
			t.Fatal(err)
		}
		a, err := parseAnswer(text)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		abi, err := a.abi()
		if err != nil || a.target() != test.target || abi != test.abi || a.arch() != test.at {
			t.Errorf("%s: %s %s %s (%v)", test.name, a.target(), abi, a.arch(), err)
		}
	}
	bad := change(pypy310)
	bad.ExtSuffix = ".so"
	if _, err := bad.abi(); err == nil {
		t.Error("PyPy without an ABI")
	}
}

func BenchmarkTargets(b *testing.B) {
	f := readFacts(b, handWritten(b))
	f, err := f.withTags()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Targets(); err != nil {
			b.Fatal(err)
		}
	}
}
