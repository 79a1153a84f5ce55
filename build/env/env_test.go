package env

import (
	"context"
	"errors"
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
	got = inherited([]string{"SSL_CERT_FILE=/own.pem", "PIP_CERT=/ca.pem"})
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
	wheels := os.Getenv("WHEELYARD_TEST_WHEELS")
	if wheels == "" {
		t.Skip("WHEELYARD_TEST_WHEELS names no folder of wheels; testdata/fetch.sh fills one")
	}
	up := pypitest.NewOptions(t, pypitest.Options{Files: []string{wheels}})
	dir := t.TempDir()
	client, err := upstream.New(upstream.Options{Index: up.URL, Dir: filepath.Join(dir, "upstream"), Tries: 1})
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
	return &Store{Upstream: client, Index: up.URL, Dir: dir, Sandbox: box}, up, targets[0]
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
