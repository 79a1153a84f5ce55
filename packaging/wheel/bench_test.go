package wheel

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// large is a wheel that unpacks to 5 MB: sources, and libraries, which compress as badly as machine code.
func large() []byte {
	r := rand.New(rand.NewPCG(5, 6))
	parts := demo()
	words := strings.Fields("def return self import from class for in if else None True False wheel index name version value result = ( ) : , . 0 1")
	for i := range 200 {
		var b strings.Builder
		for b.Len() < 10_000 {
			fmt.Fprintf(&b, "%s%s %s_%d\n", strings.Repeat("    ", r.IntN(3)), words[r.IntN(len(words))], words[r.IntN(len(words))], r.IntN(100))
		}
		parts = append(parts, squeezed(fmt.Sprintf("demo/m%d.py", i), b.String(), 6))
	}
	for i := range 3 {
		b := make([]byte, 1_000_000)
		for j := range b {
			b[j] = byte(r.Uint32() & r.Uint32() & r.Uint32())
		}
		parts = append(parts, squeezed(fmt.Sprintf("demo/lib%d.so", i), string(b), 6))
	}
	return handmade(recorded(parts), nil)
}

func unpackedSize(a *Archive) (n int64) {
	for _, m := range a.Members() {
		n += m.Size
	}
	return n
}

func BenchmarkOpenCheckRecord(b *testing.B) {
	content := large()
	b.SetBytes(unpackedSize(open(b, content)))
	b.ReportAllocs()
	for b.Loop() {
		if err := open(b, content).CheckRecord(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	content := large()
	b.ReportAllocs()
	for b.Loop() {
		open(b, content)
	}
}

func BenchmarkNormalise(b *testing.B) {
	a := open(b, large())
	b.SetBytes(unpackedSize(a))
	b.ReportAllocs()
	for b.Loop() {
		if err := Normalise(io.Discard, a, epoch, Build{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMetadata(b *testing.B) {
	var text strings.Builder
	text.WriteString("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
	for i := range 30 {
		fmt.Fprintf(&text, "Classifier: Topic :: %d\nRequires-Dist: dep%d>=1.%d; python_version >= '3.8'\n", i, i, i)
	}
	text.WriteString("\n" + strings.Repeat("Text of a description.\n", 500))
	raw := []byte(text.String())
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMetadata(raw); err != nil {
			b.Fatal(err)
		}
	}
}
