package env

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/build/sandbox"
	"wheelyard/internal/pypitest"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/tag"
	"wheelyard/platform"
	"wheelyard/upstream"
)

func TestInherited(t *testing.T) {
	got := inherited([]string{"HOME=/root", "https_proxy=http://p", "UV_INDEX=x", "PIP_CERT=/ca.pem", "AWS_SECRET=1", "NO_PROXY=a"})
	if want := []string{"https_proxy=http://p", "NO_PROXY=a", "SSL_CERT_FILE=/ca.pem"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	got = inherited([]string{"SSL_CERT_FILE=/own.pem", "PIP_CERT=/ca.pem", "SSL_CERT_DIR=/own"})
	if want := []string{"SSL_CERT_FILE=/ca.pem"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	got = inherited([]string{"PIP_CERT=", "SSL_CERT_FILE=/own.pem"})
	if want := []string{"SSL_CERT_FILE=/own.pem"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlainRequirement(t *testing.T) {
	for _, good := range []string{"setuptools", "setuptools>=40.8.0", "a[b,c]~=1.0 ; python_version < '3.9'", "x; sys_platform == 'a/b'"} {
		if err := plainRequirement(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"-r /etc/passwd", " --index-url http://index.example", "a\nb", "x @ file:///etc/passwd", "./local", "a \\", "git+https://index.example/x",
		"${UV_DEFAULT_INDEX}", "$HOME", ".", "..", "demo-1.0-py3-none-any.whl", "x --hash=sha256:00", "x # and more", "a ${HOME}", "x;", ""} {
		if plainRequirement(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestUnresolvable(t *testing.T) {
	for _, c := range []struct {
		said, want string
		ok         bool
	}{
		{"error: No solution found when resolving dependencies\n  cause: Because only setuptools<=65.5.0 is available and you require setuptools>=999, we can\n  conclude that your requirements are unsatisfiable.\n\nhint: x",
			"Because only setuptools<=65.5.0 is available and you require setuptools>=999, we can conclude that your requirements are unsatisfiable.", true},
		{"error: Couldn't parse requirement in `-` at position 0\n  cause: Expected one of `@`\n", "Expected one of `@`", true},
		{"error: Request failed after 3 retries in 11.7s\n  cause: Failed to fetch\n", "", false},
	} {
		if got, ok := unresolvable(&failedError{status: 1, said: c.said}); got != c.want || ok != c.ok {
			t.Errorf("%q, %t", got, ok)
		}
	}
}

const lockText = `lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "cython"
version = "0.29.32"
wheels = [
    { url = "https://files.example/Cython-0.29.32-py2.py3-none-any.whl", size = 986346, hashes = { sha256 = "eeb475eb6f0ccf6c039035eb475eb6f0ccf6c039035eb475eb6f0ccf6c0390aa" } },
    { url = "https://files.example/Cython-0.29.32-cp311-cp311-manylinux_2_17_x86_64.whl", hashes = { sha256 = "aab475eb6f0ccf6c039035eb475eb6f0ccf6c039035eb475eb6f0ccf6c0390aa" } },
    { url = "https://files.example/Cython-0.29.32-cp310-cp310-manylinux_2_17_x86_64.whl", hashes = { sha256 = "bbb475eb6f0ccf6c039035eb475eb6f0ccf6c039035eb475eb6f0ccf6c0390aa" } },
]
`

func x86() platform.Target {
	in := tag.Interpreter{Implementation: "cpython", Major: 3, Minor: 11, ABIs: []string{"cp311"}}
	return platform.Target{Platform: "debian-12-x86_64", Python: "cp311", Version: pep440.MustParse("3.11.2"), Arch: "x86_64", Path: "/usr/bin/python3.11",
		Tags: tag.NewSet(tag.Supported(in, tag.Platform{Arch: "x86_64", Libc: tag.Libc{Name: "glibc", Major: 2, Minor: 36}}))}
}

func TestReadLock(t *testing.T) {
	l, err := readLock([]byte(lockText), x86())
	if err != nil || len(l.Wheels) != 1 || l.Wheels[0].Filename != "Cython-0.29.32-cp311-cp311-manylinux_2_17_x86_64.whl" || l.Wheels[0].Size != -1 {
		t.Errorf("%+v, %v", l.Wheels, err)
	}
	for name, text := range map[string]string{
		"no TOML":       "[[",
		"nothing fits":  strings.NewReplacer("py2.py3-none-any", "cp27-none-any", "cp311-cp311", "cp39-cp39").Replace(lockText),
		"no hash":       strings.ReplaceAll(lockText, "sha256 =", "md5 ="),
		"a short hash":  strings.ReplaceAll(lockText, "c0390aa", ""),
		"other formats": strings.ReplaceAll(lockText, ".whl", ".egg"),
	} {
		if _, err := readLock([]byte(text), x86()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzReadLock(f *testing.F) {
	f.Add([]byte(lockText))
	target := x86()
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := readLock(text, target)
		if err != nil {
			return
		}
		for _, w := range l.Wheels {
			if strings.ContainsAny(w.Filename, "/\x00") || len(w.Hashes["sha256"]) != 64 {
				t.Errorf("%+v", w)
			}
		}
	})
}

func TestDigest(t *testing.T) {
	l, err := readLock([]byte(lockText), x86())
	if err != nil {
		t.Fatal(err)
	}
	other := x86()
	other.Path = "/opt/python/bin/python3.11"
	first, again := l.digest(x86()), l.digest(x86())
	if first == l.digest(other) || first == (Lock{}).digest(x86()) || first != again {
		t.Error("the digest doesn't tell environments apart")
	}
}

// store is one whose index has the real wheels of $WHEELYARD_TEST_WHEELS (see testdata/fetch.sh).
func store(t *testing.T) (*Store, *pypitest.Server, platform.Target) {
	t.Helper()
	wheels := realWheels(t)
	return storeOf(t, pypitest.Options{Files: []string{wheels}})
}

func realWheels(t *testing.T) string {
	t.Helper()
	wheels := os.Getenv("WHEELYARD_TEST_WHEELS")
	if wheels == "" {
		t.Skip("WHEELYARD_TEST_WHEELS names no folder of wheels; testdata/fetch.sh fills one")
	}
	return wheels
}

func storeOf(t *testing.T, o pypitest.Options) (*Store, *pypitest.Server, platform.Target) {
	t.Helper()
	up := pypitest.NewOptions(t, o)
	dir := t.TempDir()
	index := up.URL
	if o.User != "" {
		index = strings.Replace(index, "://", "://"+o.User+":"+o.Password+"@", 1)
	}
	client, err := upstream.New(upstream.Options{Index: index, Dir: filepath.Join(dir, "upstream"), Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	box, err := sandbox.New(sandbox.Options{Dir: filepath.Join(dir, "sandbox")})
	if err == nil {
		err = box.Ready(t.Context())
	}
	if err != nil {
		t.Skip(err)
	}
	facts, err := platform.Probe(t.Context(), platform.Spec{Name: "here", Pythons: []string{"3.11"}})
	if err != nil {
		t.Skip(err)
	}
	targets, err := facts.Targets()
	if err != nil {
		t.Fatal(err)
	}
	return &Store{Upstream: client, Index: index, Dir: dir, Sandbox: box}, up, targets[0]
}

func TestEnvironment(t *testing.T) {
	s, up, target := store(t)
	q := Question{Requirements: []string{"wheel", "setuptools>=40.8.0"}, AsOf: time.Date(2022, 10, 24, 0, 0, 0, 0, time.UTC), Target: target}
	e, err := s.Get(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Files) != 2 || !strings.HasPrefix(e.Files[0].Filename, "setuptools-") || len(e.Files[0].SHA256) != 64 {
		t.Errorf("%+v", e.Files)
	}
	compiled, _ := filepath.Glob(filepath.Join(e.Dir, "lib/*/site-packages/setuptools/__pycache__/__init__*.pyc"))
	if len(compiled) != 1 {
		t.Errorf("compiled: %q", compiled)
	}
	up.Forget()
	os.Remove(filepath.Join(s.Dir, "tools", "uv-"+UV+"-"+uvWheels["amd64"].sha256, "uv")) // so that it can't be started
	again, err := s.Get(t.Context(), Question{Requirements: []string{"setuptools>=40.8.0", "wheel", "wheel"}, AsOf: q.AsOf, Target: target})
	if err != nil || again.Dir != e.Dir || len(up.Requests()) > 0 {
		t.Errorf("again: %+v, %v; %d requests", again, err, len(up.Requests()))
	}
	out, err := exec.Command(filepath.Join(e.Dir, "bin/python"), "-c", "import setuptools, sys; print(sys.prefix != sys.base_prefix, any('dist-packages' in p for p in sys.path))").CombinedOutput()
	if string(out) != "True False\n" || err != nil {
		t.Errorf("%s %v", out, err)
	}
}

func TestNoSolution(t *testing.T) {
	s, _, target := store(t)
	for _, q := range []Question{
		{Requirements: []string{"setuptools>=9999"}},
		{Requirements: []string{"no-such-project-at-all"}},
		{Requirements: []string{"setuptools"}, AsOf: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Requirements: []string{"not a requirement"}},
	} {
		q.Target = target
		_, err := s.Get(t.Context(), q)
		if _, ok := errors.AsType[*UnresolvableError](err); !ok {
			t.Errorf("%q: %v", q.Requirements, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, Question{Requirements: []string{"wheel"}, Target: target}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNoUploadTimes: an index that doesn't say when files were uploaded can't be asked as of a date, and people are told so.
func TestNoUploadTimes(t *testing.T) {
	wheels := realWheels(t)
	s, up, target := storeOf(t, pypitest.Options{})
	found, _ := filepath.Glob(filepath.Join(wheels, "*.whl"))
	for _, path := range found {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		project, _, _ := strings.Cut(name, "-")
		up.AddFile(project, name, content, pypitest.Attrs{NoUploadTime: true})
	}
	_, err := s.Get(t.Context(), Question{Requirements: []string{"wheel"}, AsOf: time.Date(2022, 10, 24, 0, 0, 0, 0, time.UTC), Target: target})
	if _, ok := errors.AsType[*UnresolvableError](err); !ok || !strings.Contains(err.Error(), "does not say when the files of wheel were uploaded") {
		t.Errorf("%v", err)
	}
	if e, err := s.Get(t.Context(), Question{Requirements: []string{"wheel"}, Target: target}); err != nil || len(e.Files) != 1 {
		t.Errorf("as of any date: %v", err)
	}
}

// TestPassword: an index that asks for a password, with a certificate of its own.
func TestPassword(t *testing.T) {
	s, _, target := storeOf(t, pypitest.Options{Files: []string{realWheels(t)}, User: "me", Password: "hunter2"})
	e, err := s.Get(t.Context(), Question{Requirements: []string{"wheel"}, Target: target})
	if err != nil || len(e.Files) != 1 {
		t.Fatalf("%+v, %v", e, err)
	}
	_, err = s.Get(t.Context(), Question{Requirements: []string{"wheel>=999"}, Target: target})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	filepath.WalkDir(filepath.Join(s.Dir, "envs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if text, _ := os.ReadFile(path); strings.Contains(string(text), "hunter2") {
				t.Errorf("%s has the password", path)
			}
		}
		return nil
	})
}

// TestOddRequirements: what is asked for twice, under conditions, with extras, or not at all.
func TestOddRequirements(t *testing.T) {
	s, _, target := store(t)
	for _, c := range []struct {
		requirements []string
		want         string
	}{
		{nil, ""},
		{[]string{"wheel", "Wheel>=0.30", "wheel"}, "wheel"},
		{[]string{"nothing-of-that-name; python_version < '3'"}, ""},
		{[]string{"wheel; python_version >= '3'", "nothing-of-that-name; sys_platform == 'win32'"}, "wheel"},
		{[]string{"setuptools[core]"}, "setuptools"},
	} {
		e, err := s.Get(t.Context(), Question{Requirements: c.requirements, Target: target})
		var got []string
		for _, f := range e.Files {
			name, _, _ := strings.Cut(f.Filename, "-")
			got = append(got, name)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, %v", c.requirements, got, err)
		}
		if out, err := exec.Command(filepath.Join(e.Dir, "bin/python"), "-c", "import sys; print(sys.prefix != sys.base_prefix)").CombinedOutput(); string(out) != "True\n" {
			t.Errorf("%q: %s %v", c.requirements, out, err)
		}
	}
}

// TestBrokenWheels: what is wrong with a build requirement's own wheel is no trouble of the network.
func TestBrokenWheels(t *testing.T) {
	s, up, target := store(t)
	if _, err := s.Get(t.Context(), Question{Requirements: []string{"wheel"}, Target: target}); err != nil { // uv itself is there
		t.Fatal(err)
	}
	s.most.Bytes = 4 << 20
	info := func(name string) []pypitest.Member {
		dir := name + "-1.0.dist-info/"
		return []pypitest.Member{
			{Path: dir + "METADATA", Content: []byte("Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n")},
			{Path: dir + "WHEEL", Content: []byte("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")},
			{Path: dir + "RECORD"},
		}
	}
	for name, more := range map[string]pypitest.Member{
		"leaves":  {Path: "leaves-1.0.dist-info/entry_points.txt", Content: []byte("[console_scripts]\n../../x = leaves:x\n")},
		"unpacks": {Path: "unpacks.bin", Content: make([]byte, 1<<20)},
	} {
		members := append(info(name), more)
		for i := range 8 {
			if name == "unpacks" {
				members = append(members, pypitest.Member{Path: fmt.Sprintf("unpacks%d.bin", i), Content: more.Content})
			}
		}
		content, err := pypitest.Zip(members)
		if err != nil {
			t.Fatal(err)
		}
		up.AddFile(name, name+"-1.0-py3-none-any.whl", content, pypitest.Attrs{})
		_, err = s.Get(t.Context(), Question{Requirements: []string{name}, Target: target})
		if broken, ok := errors.AsType[*BrokenError](err); !ok || !strings.Contains(broken.Error(), name+"-1.0-py3-none-any.whl") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTogether: several processes make one environment at once, each with what it needs.
func TestTogether(t *testing.T) {
	s, _, target := store(t)
	q := Question{Requirements: []string{"setuptools", "wheel"}, Target: target}
	made := make(chan error)
	for range 4 {
		go func() {
			other := &Store{Upstream: s.Upstream, Index: s.Index, Dir: s.Dir, Sandbox: s.Sandbox} // has no flights in common
			e, err := other.Get(t.Context(), q)
			if err == nil {
				_, err = os.Stat(filepath.Join(e.Dir, "bin/python"))
			}
			made <- err
		}()
	}
	for range 4 {
		if err := <-made; err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.Dir, "envs", ".*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestDamagedTool: what a crash or a bad disk made of uv and its cache is made good.
func TestDamagedTool(t *testing.T) {
	s, up, target := store(t)
	if _, err := s.Get(t.Context(), Question{Requirements: []string{"wheel"}, Target: target}); err != nil {
		t.Fatal(err)
	}
	tools, _ := filepath.Glob(filepath.Join(s.Dir, "tools", "uv-*", "uv"))
	if len(tools) != 1 {
		t.Fatal(tools)
	}
	for i, damage := range []string{"", "\x7fELF and no more", "#!/bin/nothing\n"} {
		if err := os.WriteFile(tools[0], []byte(damage), 0o755); err != nil {
			t.Fatal(err)
		}
		filepath.WalkDir(filepath.Join(s.Dir, "tools", "uv-cache"), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				os.WriteFile(path, []byte("damaged"), 0o644)
			}
			return nil
		})
		q := Question{Requirements: []string{"flit_core", "wheel"}, AsOf: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC), Target: target}
		if e, err := s.Get(t.Context(), q); err != nil || len(e.Files) != 2 {
			t.Errorf("%q: %v", damage, err)
		}
	}
	os.WriteFile(tools[0], nil, 0o755)
	up.Fault("/simple/uv/", pypitest.Fault{Status: 404})
	s.Upstream.Close()
	gone, err := upstream.New(upstream.Options{Index: up.URL, Dir: t.TempDir(), Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	s.Upstream = gone
	_, err = s.Get(t.Context(), Question{Requirements: []string{"flit_core"}, Target: target})
	if err == nil || !strings.Contains(err.Error(), "uv "+UV) {
		t.Errorf("%v", err)
	}
	t.Log(err)
}
