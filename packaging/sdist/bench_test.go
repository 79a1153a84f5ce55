package sdist

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
)

// source is a tar of the size of a large sdist: 2,000 files of 10 kB of text that compresses by about a half.
func source(b *testing.B) []byte {
	r := rand.New(rand.NewPCG(1, 1))
	members := []member{{name: "demo-1.0/", kind: tar.TypeDir, mode: 0o755}}
	for i := range 2000 {
		var text strings.Builder
		for text.Len() < 10_000 {
			fmt.Fprintf(&text, "word%d = %d\n", r.IntN(500), r.IntN(100_000))
		}
		members = append(members, member{name: fmt.Sprintf("demo-1.0/package%d/module%d.py", i%50, i), text: text.String()})
	}
	return tarOf(b, members...)
}

func BenchmarkEntries(b *testing.B) {
	plain := source(b)
	for _, c := range []struct {
		name   string
		packed []byte
	}{{"x.tar", plain}, {"x.tar.gz", gzipped(b, plain)}, {"x.tar.xz", xzed(b, plain, xz.WriterConfig{})}} {
		b.Run(c.name[2:], func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			b.ReportAllocs()
			for b.Loop() {
				for e, err := range Entries(c.name, bytes.NewReader(c.packed), int64(len(c.packed)), Limits{}) {
					if err != nil {
						b.Fatal(err)
					}
					if e.Body != nil {
						io.Copy(io.Discard, e.Body)
					}
				}
			}
		})
	}
}

// BenchmarkMillionMembers is what a hostile archive of a few MB costs, were it allowed.
func BenchmarkMillionMembers(b *testing.B) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for i := range 1_000_000 {
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("demo/%d", i)}); err != nil {
			b.Fatal(err)
		}
	}
	w.Close()
	z.Close()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range Entries("x.tar.gz", bytes.NewReader(packed.Bytes()), int64(packed.Len()), Limits{Members: 2_000_000}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 1_000_000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkBuildSystem reads as many keys as are allowed, which take quadratic time.
func BenchmarkBuildSystem(b *testing.B) {
	var text strings.Builder
	for i := range maxKeys - 2 {
		fmt.Fprintf(&text, "k%d=1\n", i)
	}
	text.WriteString("[build-system]\n")
	for b.Loop() {
		if _, err := ParseBuildSystem([]byte(text.String())); err == nil {
			b.Fatal("no error")
		}
	}
}
