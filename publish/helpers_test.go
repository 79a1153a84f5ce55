package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/yard"
)

const platform = "debian-12-x86_64"

var admitted = time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.UTC)

// shop is a tree with the blobs beside it.
type shop struct {
	*Tree
	t    testing.TB
	dir  string // with blobs/ and public/
	asks int    // how often Blob was called
}

func newShop(t testing.TB) *shop {
	t.Helper()
	return shopIn(t, fastDir(t))
}

// fastDir is a folder in memory where there is one: the tests sync thousands of times.
func fastDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "publish-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func shopIn(t testing.TB, dir string) *shop {
	s := &shop{t: t, dir: dir}
	s.Tree = &Tree{Dir: filepath.Join(dir, "public"), Blob: s.blob, Statement: s.statement, Key: []byte("a key\n")}
	return s
}

func (s *shop) blob(sum string) (string, error) {
	s.asks++
	path := filepath.Join(s.dir, "blobs", sum)
	_, err := os.Stat(path)
	return path, err
}

// statement is where the record of a wheel is, which is always the same for the same wheel.
func (s *shop) statement(w yard.Wheel) (string, error) {
	return filepath.Join(s.dir, "blobs", sumText(recordOf(w))), nil
}

func recordOf(w yard.Wheel) string { return fmt.Sprintf("{\"record of\": %q}\n", w.SHA256) }

func sumText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// keep makes a blob, as the yard does.
func (s *shop) keep(text string) string {
	s.t.Helper()
	name := sumText(text)
	if err := os.MkdirAll(filepath.Join(s.dir, "blobs"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if path := filepath.Join(s.dir, "blobs", name); !isThere(path) { // a blob never changes
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			s.t.Fatal(err)
		}
	}
	return name
}

// wheel is one that the yard has: "demo-1.0-2" is the second build of version 1.0.
func (s *shop) wheel(name string) yard.Wheel {
	s.t.Helper()
	distribution, version, _ := strings.Cut(name, "-")
	version, _, _ = strings.Cut(version, "-")
	filename := name + "-cp311-cp311-linux_x86_64.whl"
	contents := "the wheel " + filename + "\n"
	w := yard.Wheel{
		Platform: platform, Filename: filename, SHA256: s.keep(contents), Size: int64(len(contents)), Project: project.Normalize(distribution), Version: version,
		RequiresPython: ">=3.9", Metadata: s.keep("Metadata-Version: 2.1\nName: " + distribution + "\nVersion: " + version + "\n"), Admitted: admitted,
	}
	s.keep(recordOf(w))
	return w
}

func (s *shop) wheels(names ...string) []yard.Wheel {
	s.t.Helper()
	var all []yard.Wheel
	for _, name := range names {
		all = append(all, s.wheel(name))
	}
	return all
}

// offer publishes a whole platform.
func (s *shop) offer(names ...string) int {
	s.t.Helper()
	changed, err := s.Platform(context.Background(), platform, s.wheels(names...))
	if err != nil {
		s.t.Fatal(err)
	}
	return changed
}

// tree is what is in public, by path: contents and mode of files, "/" for folders.
func (s *shop) tree() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(s.Dir, path)
		if d.IsDir() {
			all[name] = "/"
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		all[name] = fmt.Sprintf("%v %s", info.Mode(), text)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// put writes a file that wheelyard knows nothing of.
func (s *shop) put(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) exists(name string) bool { return isThere(filepath.Join(s.Dir, name)) }

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
