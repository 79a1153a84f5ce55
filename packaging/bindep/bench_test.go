package bindep

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func largest(b *testing.B) string {
	b.Helper()
	text, err := os.ReadFile("testdata/real/master.bindep.txt")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func BenchmarkParse(b *testing.B) {
	text := largest(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(text)
	}
}

func BenchmarkActive(b *testing.B) {
	rules, _ := Parse(largest(b))
	atoms := OS{ID: "debian", VersionID: "12", Codename: "bookworm"}.Atoms()
	b.ReportAllocs()
	for b.Loop() {
		rules.Active(atoms, "compile", "test")
	}
}

func BenchmarkAtoms(b *testing.B) {
	o := OS{ID: "debian", VersionID: "12", Codename: "bookworm"}
	b.ReportAllocs()
	for b.Loop() {
		o.Atoms()
	}
}

// Twice the text takes twice the time, whatever stands in it.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{"names": "a", "lines": "!\n", "groups": "(a !b)c", "hyphens": "foo >=1" + strings.Repeat("-", 9) + "1,<1\n"} {
		for _, n := range []int{1 << 14, 1 << 16} {
			text := "foo [" + strings.Repeat(unit, n)
			b.Run(fmt.Sprintf("%s/%d", name, len(text)), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					Parse(text)
				}
			})
		}
	}
}
