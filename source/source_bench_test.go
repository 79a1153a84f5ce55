package source

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkReadConstraints(b *testing.B) {
	lines := strings.SplitAfter(fixture(b, "ussuri"), "\n")[:650]
	text := strings.Join(lines, "")
	for b.Loop() {
		if r, err := ReadConstraints(strings.NewReader(text), at); err != nil || len(r.Wants) != 650 {
			b.Fatal(err, len(r.Wants))
		}
	}
}

func BenchmarkReadList(b *testing.B) {
	var text strings.Builder
	for i := range 650 {
		fmt.Fprintf(&text, "[[package]]\nproject = \"project-%d\"\nversions = \"==1.%d\"\ntargets = [\"debian-12-x86_64/cp311\"]\n\n", i, i)
	}
	for b.Loop() {
		if r, err := ReadList(strings.NewReader(text.String()), at); err != nil || len(r.Wants) != 650 {
			b.Fatal(err, len(r.Wants))
		}
	}
}
