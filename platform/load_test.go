package platform

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func runs(t *testing.T, python string) int {
	t.Helper()
	b, err := os.ReadFile(python + ".runs")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

func TestLoad(t *testing.T) {
	f := newFake(t)
	header := f.write("/usr/include/python3.11/Python.h", "")
	a := cpython311(func(a *answer) { a.Include = filepath.Dir(header) })
	at := f.python("/usr/bin/python3.11", a)
	file := filepath.Join(t.TempDir(), "platforms", "p.json")
	s := spec("3.11")
	var first Facts
	load := func(want int, what string) {
		t.Helper()
		facts, err := f.load(t.Context(), s, file)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if first.Format == 0 {
			first = facts
		}
		if diff := cmp.Diff(first.Interpreters, facts.Interpreters); diff != "" || !facts.here {
			t.Errorf("%s: other facts: here %t %s", what, facts.here, diff)
		}
		if got := runs(t, at); got != want {
			t.Errorf("%s: %d runs so far, want %d", what, got, want)
		}
	}
	load(1, "first")
	load(1, "unchanged")
	f.write("/var/lib/dpkg/status", status+"\nPackage: new\nStatus: install ok installed\n")
	load(2, "a package more")
	load(2, "remembered again")
	if err := os.Chtimes(at, time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	load(3, "another time")
	old, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.put("/usr/bin/new", string(old), 0o755), at); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(at, time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	load(4, "another inode")
	s.Packages = []string{"new"}
	load(5, "another question")
	f.path = append(f.path, "/opt/more")
	load(6, "another PATH")
	if err := os.Remove(header); err != nil {
		t.Fatal(err)
	}
	load(7, "no Python.h")
}

func TestLoadDamaged(t *testing.T) {
	f := newFake(t)
	at := f.python("/usr/bin/python3.11", cpython311(nil))
	file := filepath.Join(t.TempDir(), "p.json")
	want, err := f.load(t.Context(), spec("3.11"), file)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, bad := range [][]byte{nil, good[:len(good)/2], []byte("{}"), []byte("null"),
		bytes.Replace(good, []byte(`"glibc"`), []byte(`""`), 1)} {
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := f.load(t.Context(), spec("3.11"), file)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Facts{})); err != nil || diff != "" || runs(t, at) != i+2 {
			t.Errorf("%.20q: %v %s", bad, err, diff)
		}
	}
	if _, err := f.load(t.Context(), spec("3.11"), filepath.Join(at, "below", "a", "file")); err != nil {
		t.Errorf("where no file can be: %v", err)
	}
}

func TestLoadMissing(t *testing.T) {
	f := newFake(t)
	file := filepath.Join(t.TempDir(), "p.json")
	if _, err := f.load(t.Context(), spec("3.11"), file); err == nil {
		t.Error("nothing is missed")
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a failure is remembered: %v", err)
	}
}

// BenchmarkLoad: nothing has changed since the last time.
func BenchmarkLoad(b *testing.B) {
	s, file := spec("3.11"), filepath.Join(b.TempDir(), "p.json")
	if _, err := Load(b.Context(), s, file); err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := Load(b.Context(), s, file); err != nil {
			b.Fatal(err)
		}
	}
}
