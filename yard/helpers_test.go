package yard

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/yard/catalog"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// memory is a folder for tests that write much: there is nothing to wait for when it is synced.
func memory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "wheelyard-test-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// newYard is a yard whose clock stands still.
func newYard(t testing.TB) (*Yard, string) {
	t.Helper()
	return yardIn(t, memory(t))
}

func yardIn(t testing.TB, above string) (*Yard, string) {
	t.Helper()
	dir := filepath.Join(above, "yard")
	if err := Create(dir); err != nil {
		t.Fatal(err)
	}
	return openYard(t, dir), dir
}

func openYard(t testing.TB, dir string) *Yard {
	t.Helper()
	y, err := Open(dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.Close() })
	return y
}

func locked(t testing.TB, y *Yard) (unlock func()) {
	t.Helper()
	unlock, err := y.Lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return unlock
}

// order is an attempt at the nth order.
func order(n int) Attempt {
	return Attempt{Order: orderKey(n), Project: "demo", Version: fmt.Sprintf("1.%d", n), Target: "here/cp311", Inputs: "in", Class: SourceFault, Reason: "it is <broken> & \"bad\"",
		Sdist:       File{Filename: "demo.tar.gz", SHA256: strings.Repeat("ab", 32), Size: 9},
		Environment: []File{{Filename: "setuptools-80.0-py3-none-any.whl", SHA256: strings.Repeat("cd", 32)}, {Filename: "wheel-0.45-py3-none-any.whl", SHA256: strings.Repeat("ef", 32)}},
		AsOf:        noon.Add(-time.Hour), Started: noon.Add(-time.Minute), Took: Timings{Total: 1234}}
}

func orderKey(n int) Key {
	sum := sha256.Sum256(fmt.Append(nil, n))
	return Key("sha256:" + hex.EncodeToString(sum[:]))
}

// record records an attempt at the nth order.
func (y *Yard) record(t testing.TB, n int) Attempt {
	t.Helper()
	a, err := y.Record(context.Background(), order(n), strings.NewReader(fmt.Sprint("log ", n)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pure is a wheel of demo 1.n without compiled parts, written to dir.
func pure(t testing.TB, dir string, n int) (path string) {
	t.Helper()
	return madeWheel{project: "demo", version: fmt.Sprintf("1.%d", n), tags: "py3-none-any", files: map[string]string{"demo/__init__.py": fmt.Sprintf("n = %d\n", n)}}.write(t, dir)
}

func offer(n int) Offer {
	a := order(n)
	a.Class, a.Reason = Built, ""
	return Offer{Attempt: a, Accepts: func(set []string) bool {
		return slices.Contains([]string{"py3-none-any", "cp311-cp311-linux_x86_64", "cp311-cp311-manylinux_2_17_x86_64"}, set[0])
	}, LibcMax: "2.36"}
}

func (y *Yard) admitted(t testing.TB, n int) Wheel {
	t.Helper()
	w, err := y.Admit(context.Background(), pure(t, t.TempDir(), n), offer(n))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// madeWheel is a wheel, good unless it is told otherwise.
type madeWheel struct {
	project, version, build, tags string
	files                         map[string]string
	name                          string // of the file
	distInfo, metadata, wheel     string
	record                        func(string) string // changes RECORD
	flat                          bool                // not compressed
}

func (m madeWheel) write(t testing.TB, dir string) string {
	t.Helper()
	build, buildLine := "", ""
	if m.build != "" {
		build, buildLine = "-"+m.build, "Build: "+m.build+"\n"
	}
	if m.name == "" {
		m.name = m.project + "-" + m.version + build + "-" + m.tags + ".whl"
	}
	if m.distInfo == "" {
		m.distInfo = m.project + "-" + m.version + ".dist-info"
	}
	if m.metadata == "" {
		m.metadata = "Metadata-Version: 2.1\nName: " + m.project + "\nVersion: " + m.version + "\nRequires-Python: >=3.8\n"
	}
	if m.wheel == "" {
		m.wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: " + m.tags + "\n" + buildLine
	}
	var (
		b      bytes.Buffer
		record strings.Builder
	)
	z := zip.NewWriter(&b)
	put := func(name, text string) {
		method := zip.Deflate
		if m.flat {
			method = zip.Store
		}
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(text))
	}
	files := map[string]string{m.distInfo + "/METADATA": m.metadata, m.distInfo + "/WHEEL": m.wheel}
	for name, text := range m.files {
		files[name] = text
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		put(name, files[name])
		sum := sha256.Sum256([]byte(files[name]))
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(files[name]))
	}
	fmt.Fprintf(&record, "%s/RECORD,,\n", m.distInfo)
	text := record.String()
	if m.record != nil {
		text = m.record(text)
	}
	put(m.distInfo+"/RECORD", text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, m.name)
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// dump is all that a reader of the yard's catalog finds.
func (y *Yard) dump(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	if err := y.read(context.Background(), func(c *catalog.Catalog) error { b.Reset(); return c.Dump(context.Background(), &b) }); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sound checks that the catalog says what the records say, and that nothing in the yard is wrong. It locks the yard.
func sound(t testing.TB, dir string) (attempts []Attempt, wheels []Wheel) {
	t.Helper()
	y := openYard(t, dir)
	defer y.Close()
	defer locked(t, y)()
	before := y.dump(t)
	if err := y.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := y.dump(t); after != before {
		t.Errorf("the catalog was\n%s\nmade anew it is\n%s", before, after)
	}
	if problems, err := y.Verify(context.Background()); err != nil || len(problems) > 0 {
		t.Errorf("problems %q, %v", problems, err)
	}
	return y.state(t)
}

func (y *Yard) state(t testing.TB) (attempts []Attempt, wheels []Wheel) {
	t.Helper()
	attempts, err := y.Attempts(context.Background())
	wheels, err2 := y.Wheels(context.Background(), "")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return attempts, wheels
}

// files are those below a folder, by name.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, _ = filepath.Rel(dir, path)
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
