package publish

import (
	"fmt"
	"testing"

	"wheelyard/packaging/project"
	"wheelyard/yard"
)

// many is a platform with so many projects, each with so many wheels, published.
func many(b *testing.B, projects, each int) (*shop, []yard.Wheel) {
	b.Helper()
	s := shopIn(b, b.TempDir())
	var offer []yard.Wheel
	for i := range projects {
		for j := range each {
			offer = append(offer, s.wheel(fmt.Sprintf("project%d-1.%d", i, j)))
		}
	}
	if _, err := s.Platform(b.Context(), platform, offer); err != nil {
		b.Fatal(err)
	}
	return s, offer
}

// BenchmarkNothingToDo: 2,000 wheels of 100 projects, all there.
func BenchmarkNothingToDo(b *testing.B) {
	s, offer := many(b, 100, 20)
	for b.Loop() {
		if changed, err := s.Platform(b.Context(), platform, offer); err != nil || changed != 0 {
			b.Fatal(changed, err)
		}
	}
}

// BenchmarkOneMore: one more wheel of a project, and one less, beside 2,000 projects.
func BenchmarkOneMore(b *testing.B) {
	s, offer := many(b, 2000, 1)
	more := append(offer[:1:1], s.wheel("project0-2.0"))
	for n := 1; b.Loop(); n++ {
		if err := s.Project(b.Context(), platform, project.Name("project0"), more[:n%2+1]); err != nil {
			b.Fatal(err)
		}
	}
}
