package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func keep(t testing.TB, s Store, text string) string {
	t.Helper()
	got, size, err := s.Keep(strings.NewReader(text))
	if err != nil || got != sum(text) || size != int64(len(text)) {
		t.Fatalf("%s %d %v", got, size, err)
	}
	return got
}

func left(t testing.TB, s Store) (names []string) {
	t.Helper()
	filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return nil
	})
	return names
}

func TestKeep(t *testing.T) {
	s := New(t.TempDir())
	for range 2 {
		for _, text := range []string{"", "hello", strings.Repeat("x", 1<<20)} {
			path, err := s.Path(keep(t, s, text))
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			got, err2 := os.ReadFile(path)
			if err != nil || err2 != nil || info.Mode() != 0o444 || string(got) != text || filepath.Base(filepath.Dir(path)) != sum(text)[:2] {
				t.Errorf("%v %v %v", info, err, err2)
			}
			if err := s.Check(sum(text)); err != nil {
				t.Error(err)
			}
		}
	}
	if n := left(t, s); len(n) != 3 {
		t.Errorf("%q", n)
	}
}

func TestPath(t *testing.T) {
	s := New(t.TempDir())
	good := keep(t, s, "x")
	dir := sum("a folder")
	if err := os.MkdirAll(filepath.Join(s.dir, dir[:2], dir), 0o755); err != nil {
		t.Fatal(err)
	}
	link := sum("a link")
	if err := errors.Join(os.MkdirAll(filepath.Join(s.dir, link[:2]), 0o755), os.Symlink(filepath.Join(s.dir, good[:2], good), filepath.Join(s.dir, link[:2], link))); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "x", sum("other"), strings.ToUpper(good), good + "0", good[:63], "../../" + good, strings.Repeat("/", 64), dir, link} {
		if _, err := s.Path(bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", bad, err)
		}
		if err := s.Check(bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestDamage(t *testing.T) {
	s := New(t.TempDir())
	for _, damage := range []string{"", "hellO", "hello "} {
		path, err := s.Path(keep(t, s, "hello"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, []byte(damage), 0o644)); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(sum("hello")); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", damage, err)
		}
		keep(t, s, "hello") // mends it
		if err := s.Check(sum("hello")); err != nil {
			t.Errorf("%q: %v", damage, err)
		}
	}
}

func TestReaderFails(t *testing.T) {
	s := New(t.TempDir())
	broken := errors.New("broken")
	if _, _, err := s.Keep(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Error(err)
	}
	if n := left(t, s); len(n) > 0 {
		t.Errorf("%q", n)
	}
}

func TestDraft(t *testing.T) {
	s := New(t.TempDir())
	d, err := s.Draft(strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(io.NewSectionReader(d, 1, 3))
	if err != nil || string(got) != "ell" || d.Sum != sum("hello") || d.Size != 5 {
		t.Errorf("%s %v %+v", got, err, d)
	}
	for e := range s.All() {
		t.Errorf("a draft is listed: %+v", e)
	}
	d.Discard()
	d.Discard()
	if err := d.Keep(); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if n := left(t, s); len(n) > 0 {
		t.Errorf("%q", n)
	}
	if d, err = s.Draft(strings.NewReader("left")); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Error(err)
	}
	if n := left(t, s); len(n) > 0 {
		t.Errorf("%q", n)
	}
	d.Discard()
}

func TestAll(t *testing.T) {
	s := New(t.TempDir())
	for range s.All() {
		t.Error("something in a store that isn't there")
	}
	want := map[string]bool{keep(t, s, "a"): true, keep(t, s, "b"): true}
	wrong := sum("wrong place")
	if err := errors.Join(os.WriteFile(filepath.Join(s.dir, "file"), nil, 0o644), os.MkdirAll(filepath.Join(s.dir, "zz"), 0o755), os.WriteFile(filepath.Join(s.dir, "zz", wrong), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	strays := 0
	for e, err := range s.All() {
		switch {
		case err != nil:
			t.Error(err)
		case e.Sum == "":
			strays++
		case !want[e.Sum] || e.Path != "sha256/"+e.Sum[:2]+"/"+e.Sum:
			t.Errorf("%+v", e)
		}
		delete(want, e.Sum)
	}
	if strays != 2 || len(want) > 0 {
		t.Errorf("%d strays, not found: %v", strays, want)
	}
}

func TestAtOnce(t *testing.T) {
	s := New(t.TempDir())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, text := range []string{"a", "b", "a"} {
				if got, _, err := s.Keep(strings.NewReader(text)); err != nil || got != sum(text) {
					t.Error(got, err)
				}
			}
		})
	}
	group.Wait()
	if n := left(t, s); len(n) != 2 {
		t.Errorf("%q", n)
	}
}

// Whatever is kept is given back, under the digest that it has.
func TestContents(t *testing.T) {
	s := New(t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		got, _, err := s.Keep(iotest.OneByteReader(bytes.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		path, err := s.Path(got)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := os.ReadFile(path); err != nil || !bytes.Equal(back, text) || got != sum(string(text)) {
			t.Fatalf("%q %v", back, err)
		}
	})
}
