package sdist

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"wheelyard/packaging/project"
)

var fuzzNames = []string{"x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.tar.lzma", "x.zip"}

// FuzzEntries unpacks whatever is yielded: each path and link is what an Entry promises, and no link leads out in truth.
func FuzzEntries(f *testing.F) {
	for name, b := range ordinaryArchives(f) {
		_, ext := splitExtension(strings.ToLower(name))
		for i, n := range fuzzNames {
			if formatOf(ext) == formatOf(strings.TrimPrefix(n, "x")) {
				f.Add(byte(i), b)
			}
		}
	}
	files, _ := filepath.Glob("testdata/archives/*")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(3), b)
		f.Add(byte(4), b)
	}
	f.Add(byte(5), zipOf(f, member{name: "a/"}, member{name: "a/x", text: "text", mode: 0o755}))
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		const most = 1 << 20
		root := t.TempDir()
		read := int64(0)
		var last error
		for e, err := range Entries(fuzzNames[int(which)%len(fuzzNames)], bytes.NewReader(b), int64(len(b)), Limits{Members: 1000, Bytes: most}) {
			if last != nil {
				t.Fatalf("%v came after the error %v", e, last)
			}
			if last = err; err != nil {
				if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsafe) && !errors.Is(err, ErrLimit) {
					t.Fatalf("an error of no kind: %v", err)
				}
				continue
			}
			promised(t, e)
			unpackOne(t, root, e, &read)
		}
		if read > most {
			t.Errorf("%d bytes were read", read)
		}
		nothingLeadsOut(t, root)
	})
}

func promised(t *testing.T, e Entry) {
	if e.Path == "." || path.Clean(e.Path) != e.Path || strings.HasPrefix(e.Path, "/") || strings.HasPrefix(e.Path+"/", "../") || strings.ContainsAny(e.Path, "\x00\\") {
		t.Fatalf("the path %q", e.Path)
	}
	switch e.Type {
	case fs.ModeSymlink:
		up := strings.TrimLeft(e.Link, "./")
		if e.Link == "" || path.Clean(e.Link) != e.Link || path.IsAbs(e.Link) || strings.Contains(up, "../") || strings.HasPrefix(path.Join(path.Dir(e.Path), e.Link)+"/", "../") {
			t.Fatalf("the link %q -> %q", e.Path, e.Link)
		}
	case 0, fs.ModeDir:
		if e.Link != "" || (e.Body != nil) != (e.Type == 0) {
			t.Fatalf("%+v", e)
		}
	default:
		t.Fatalf("the type %v", e.Type)
	}
}

// unpackOne does what a careless unpacker does, which looks at nothing. Members that are in each other's way are left out.
func unpackOne(t *testing.T, root string, e Entry, read *int64) {
	name := filepath.Join(root, e.Path)
	os.MkdirAll(filepath.Dir(name), 0o755)
	switch e.Type {
	case fs.ModeDir:
		os.Mkdir(name, 0o755)
	case fs.ModeSymlink:
		os.Symlink(e.Link, name)
	default:
		n, _ := io.Copy(io.Discard, e.Body)
		*read += n
		if os.Remove(name); n >= 0 {
			if f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err == nil {
				f.Close()
			}
		}
	}
}

// nothingLeadsOut follows each link.
func nothingLeadsOut(t *testing.T, root string) {
	filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		if d.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		to, err := filepath.EvalSymlinks(name)
		if err != nil { // it leads to nothing: how far does it lead?
			link, _ := os.Readlink(name)
			to = filepath.Join(filepath.Dir(name), link)
		}
		if to != root && !strings.HasPrefix(to, root+"/") {
			t.Fatalf("%s leads to %s", name, to)
		}
		return nil
	})
}

func FuzzParseFilename(f *testing.F) {
	f.Add("cffi-1.0.2-2.tar.gz", "cffi")
	f.Add("Foo__Bar-1.0.zip", "foo-bar")
	f.Add("-.-_foo-1.0.tar.lzma", "-foo")
	f.Fuzz(func(t *testing.T, name, of string) {
		p, err := ParseFilename(name, project.Name(of))
		if err != nil {
			if !errors.Is(err, ErrFilename) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if !IsSdist(name) || !strings.HasSuffix(name, p.Extension) || p.Version.IsZero() || string(p.Project) != of {
			t.Fatalf("%q: %+v", name, p)
		}
		// pip's rule, read naively: the first dash before which stands the name
		stem := strings.TrimSuffix(name, p.Extension)
		for i := range len(stem) {
			if stem[i] == '-' && string(project.Normalize(stem[:i])) == of {
				if v, err := ParseFilename(of+stem[i:]+".zip", project.Name(of)); isASCII(name+of) && (err != nil || v.Version != p.Version) {
					t.Fatalf("%q: %+v and %+v, %v", name, p, v, err)
				}
				return
			}
		}
		if isASCII(name + of) {
			t.Fatalf("%q: %+v, and no dash", name, p)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

func FuzzBuildSystem(f *testing.F) {
	for _, c := range readVectors(f).Systems {
		if c.Text != nil {
			f.Add([]byte(*c.Text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := ParseBuildSystem(text)
		if err != nil {
			if !errors.Is(err, ErrBuildSystem) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if b.Backend == "" || b.Requires == nil {
			t.Fatalf("%+v", b)
		}
		for _, p := range b.BackendPath {
			if !filepath.IsLocal(p) || path.Clean(p) != p {
				t.Fatalf("the path %q", p)
			}
		}
	})
}
