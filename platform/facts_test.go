package platform

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func handWritten(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/debian-13-riscv64.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFactsRoundTrip(t *testing.T) {
	f := newFake(t)
	f.python("/usr/bin/python3.11", cpython311(nil))
	p, err := f.probe(t.Context(), spec("3.11"))
	if err != nil {
		t.Fatal(err)
	}
	p.facts.Interpreters[0].Tags = []string{"cp311-cp311-linux_x86_64", "py3-none-any"}
	var first, second strings.Builder
	if err := p.facts.Write(&first); err != nil {
		t.Fatal(err)
	}
	read, err := ReadFacts(strings.NewReader(first.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.facts, read, cmpopts.IgnoreUnexported(Facts{})); diff != "" {
		t.Errorf("read back: %s", diff)
	}
	if err := read.Write(&second); err != nil || first.String() != second.String() {
		t.Errorf("written twice, different (%v):\n%s\n%s", err, first.String(), second.String())
	}
}

// What `platform show` prints has these names, which other programs rely on.
func TestFactsFormat(t *testing.T) {
	facts := Facts{Format: 1, Platform: "p", OS: OS{"debian", "12", "bookworm"}, Arch: "x86_64", Libc: Libc{"glibc", "2.36"},
		Root: Root{"host", "dpkg:sha256:00", 3},
		Interpreters: []Interpreter{{Target: "cp311", Implementation: "CPython", Version: "3.11.2", ABI: "cp311", SOABI: "s",
			Path: "/usr/bin/python3.11", Markers: map[string]string{"os_name": "posix"}, Tags: []string{"py3-none-any"}}}}
	const want = `{"format": 1, "platform": "p", "os": {"id": "debian", "version_id": "12", "codename": "bookworm"}, "arch": "x86_64",
		"libc": {"name": "glibc", "version": "2.36"}, "root": {"kind": "host", "digest": "dpkg:sha256:00", "packages": 3},
		"interpreters": [{"target": "cp311", "implementation": "CPython", "version": "3.11.2", "abi": "cp311", "soabi": "s",
		"path": "/usr/bin/python3.11", "markers": {"os_name": "posix"}, "tags": ["py3-none-any"]}]}`
	var got strings.Builder
	if err := facts.Write(&got); err != nil {
		t.Fatal(err)
	}
	squeeze := strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace
	if squeeze(got.String()) != squeeze(want) {
		t.Errorf("%s", got.String())
	}
}

func TestReadFactsRefuses(t *testing.T) {
	good := handWritten(t)
	for _, test := range []struct{ old, new, want string }{
		{`"format": 1`, `"format": 2`, "format 2 is not known: this version reads format 1"},
		{`"format": 1,`, ``, "format is missing"},
		{`"format": 1`, `"format": "1"`, "line 2: format is a JSON string"},
		{`"platform": "debian-13-riscv64",`, ``, "platform is missing"},
		{`"platform": "debian-13-riscv64"`, `"platform": "debian/13"`, "has a slash"},
		{`"id": "debian", `, ``, "os.id is missing"},
		{`"arch": "riscv64",`, ``, "arch is missing"},
		{`"glibc"`, `"uclibc"`, `libc.name: "uclibc" is not known`},
		{`"version": "2.41"`, `"version": "new"`, `libc.version: "new" is no version`},
		{`"target": "cp313", `, ``, "interpreters[0]: target missing"},
		{`"implementation": "CPython", "version": "3.13.5", `, ``, "interpreters[0]: implementation, version missing"},
		{`, "soabi": "cpython-313-riscv64-linux-gnu"`, ``, "soabi missing"},
		{`"CPython"`, `"Jython"`, `implementation: "Jython" is not known`},
		{`"version": "3.13.5"`, `"version": "2.7.18"`, "no version of Python 3"},
		{`"version": "3.13.5"`, `"version": "3.12.5"`, `abi: "cp313" is no ABI of CPython 3.12.5`},
		{`"target": "cp313"`, `"target": "cp313t"`, `target: "cp313t": with this ABI it is called "cp313"`},
		{`"abi": "cp313"`, `"abi": "abi3"`, `"abi3" is no ABI`},
		{`"abi": "cp313",`, `"abi": "cp313", "tags": ["cp313-cp313"],`, `tags[0]: "cp313-cp313" is no tag`},
		{`"abi": "cp313",`, `"abi": "cp313", "tags": ["cp313-cp313-a.b"],`, "is no tag"},
		{`"interpreters": [`, `"interpreters": {`, "line 8: invalid character"},
		{`"interpreters": [`, `"interpreters": [], "x": [`, "interpreters is missing or empty"},
		{`"interpreters": [`, `"interpreters": ["cp313", `, "interpreters is a JSON string"},
		{`]`, `, {"target": "cp313", "implementation": "CPython", "version": "3.13.5", "abi": "cp313", "soabi": "s"}]`, `target "cp313" stands twice`},
		{good, ``, "unexpected end"},
		{good, good + good, "after top-level value"},
		{good, `null`, "format is missing"},
	} {
		_, err := ReadFacts(strings.NewReader(strings.Replace(good, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "facts: ") {
			t.Errorf("%s: %v, want %q", test.new, err, test.want)
		}
	}
	if _, err := ReadFacts(iotest.ErrReader(os.ErrClosed)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("unreadable: %v", err)
	}
	if _, err := ReadFacts(strings.NewReader(strings.Replace(good, `"format": 1`, `"format": 1, "new": []`, 1))); err != nil {
		t.Errorf("a field of a newer version: %v", err)
	}
}

func TestReadFactsTellsAll(t *testing.T) {
	_, err := ReadFacts(strings.NewReader(`{"format": 1}`))
	const want = `facts: platform is missing; os.id is missing; arch is missing; libc.name: "" is not known: "glibc" or "musl"; interpreters is missing or empty`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func FuzzReadFacts(f *testing.F) {
	f.Add(handWritten(f))
	f.Add(`{"format":1,"platform":"p","os":{"id":"x"},"arch":"a","libc":{"name":"musl","version":"1.2"},"interpreters":[{"target":"pp310",
		"implementation":"PyPy","version":"3.10.1","abi":"pypy310_pp73","soabi":"s","tags":["a-b-c"]}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		facts, err := ReadFacts(strings.NewReader(s))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := facts.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadFacts(strings.NewReader(b.String()))
		if diff := cmp.Diff(facts, again, cmpopts.IgnoreUnexported(Facts{}), cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}

func TestReleased(t *testing.T) {
	for _, test := range []struct{ implementation, version, want string }{
		{"CPython", "3.11.2", "2022-10-24"}, {"CPython", "3.6.15", "2016-12-23"}, {"CPython", "3.15.0rc1", "2026-10-01"},
		{"PyPy", "3.10.14", "2023-06-16"}, {"CPython", "3.99.0", ""}, {"PyPy", "3.15.0", ""}, {"CPython", "2.7.18", ""}, {"CPython", "", ""},
	} {
		got := released(test.implementation, test.version)
		if test.want == "" && !got.IsZero() || test.want != "" && got.Format(time.DateOnly) != test.want {
			t.Errorf("%s %s: %v, want %q", test.implementation, test.version, got, test.want)
		}
	}
	for _, table := range []map[int]string{cpythonReleased, pypyReleased} {
		for minor := 6; table[minor+1] != ""; minor++ {
			if table[minor] >= table[minor+1] {
				t.Errorf("3.%d is not older than the next", minor)
			}
		}
	}
}
