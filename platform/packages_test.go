package platform

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestReadDpkg(t *testing.T) {
	p := readDpkg([]byte(status))
	if p.root.Packages != 2 || !p.names["python3.11"] || !p.names["zlib1g-dev:amd64"] || p.names["libold"] || p.names["not-a-package"] {
		t.Errorf("%+v %v", p.root, p.names)
	}
	wanted := []string{"python3.11", "python3.11:arm64", "libz-dev", "other-dev", "libveryold", "libold", "none"}
	if got, want := p.lacking(wanted), []string{"python3.11:arm64", "libveryold", "libold", "none"}; !slices.Equal(got, want) {
		t.Errorf("lacking %q, want %q", got, want)
	}
}

// The digest is of names, versions, architectures and states: other fields, the order and the line end don't count.
func TestDpkgDigest(t *testing.T) {
	digest := func(s string) string { return readDpkg([]byte(s)).root.Digest }
	base := digest(status)
	paragraphs := strings.Split(strings.TrimSpace(status), "\n\n")
	slices.Reverse(paragraphs)
	for name, same := range map[string]string{
		"reversed":         strings.Join(paragraphs, "\n\n"),
		"other wish":       strings.Replace(status, "install ok installed", "hold ok installed", 1),
		"other field":      strings.Replace(status, "compression", "decompression", 1),
		"more blank lines": "\n\n" + strings.ReplaceAll(status, "\n\n", "\n\n\n") + "\n\n",
	} {
		if digest(same) != base {
			t.Errorf("%s: another digest", name)
		}
	}
	for _, change := range [][2]string{
		{"Package: python3.11", "Package: python3.12"}, {"3.11.2-6+deb12u6", "3.11.2-6+deb12u7"},
		{"Architecture: amd64", "Architecture: arm64"}, {"ok installed", "ok half-configured"},
	} {
		if digest(strings.Replace(status, change[0], change[1], 1)) == base {
			t.Errorf("the same digest with %s", change[1])
		}
	}
}

func TestOtherPackageManagers(t *testing.T) {
	f := newFake(t)
	os.Remove(f.at("/var/lib/dpkg/status"))
	kind := func() string {
		p, err := f.packages()
		if err != nil || p.root.Kind != "host" || p.root.Packages != 0 {
			t.Fatalf("%+v, %v", p.root, err)
		}
		kind, rest, _ := strings.Cut(p.root.Digest, ":")
		if len(rest) != len("sha256:")+64 {
			t.Errorf("digest %q", p.root.Digest)
		}
		return kind
	}
	if got := kind(); got != "os-release" {
		t.Errorf("without a database: %s", got)
	}
	f.write("/lib/apk/db/installed", "P:musl\n")
	if got := kind(); got != "apk" {
		t.Errorf("Alpine: %s", got)
	}
	f.write("/var/lib/rpm/rpmdb.sqlite", "SQLite")
	if got := kind(); got != "rpm" {
		t.Errorf("Fedora: %s", got)
	}
	before, _ := f.packages()
	f.write("/var/lib/rpm/rpmdb.sqlite", "SQLite, with one more")
	if after, _ := f.packages(); after.root.Digest == before.root.Digest {
		t.Error("a database that grew has the same digest")
	}
}

func FuzzReadDpkg(f *testing.F) {
	f.Add([]byte(status))
	f.Add([]byte("Status:\nPackage:"))
	f.Add([]byte("Package: a\nStatus: installed\nProvides: , ,b(=1)\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := readDpkg(b)
		if p.root.Packages*2 < len(p.names) || readDpkg(append([]byte("\n"), b...)).root != p.root {
			t.Errorf("%+v", p.root)
		}
		p.lacking([]string{"x", "b"})
	})
}

func BenchmarkReadDpkg(b *testing.B) {
	var text strings.Builder
	for i := range 700 {
		fmt.Fprintf(&text, "Package: libsomething%d-dev\nStatus: install ok installed\nPriority: optional\nSection: libs\n"+
			"Architecture: amd64\nVersion: 1:2.3.%d-4+deb12u1\nDepends: libc6 (>= 2.34), libsomething%d (= 1:2.3)\nDescription: a library\n%s\n",
			i*7919%1000, i, i, strings.Repeat(" A line of its description, as long as such lines tend to be.\n", 10))
	}
	status := []byte(text.String())
	b.SetBytes(int64(len(status)))
	for b.Loop() {
		readDpkg(status)
	}
}
