package upstream

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"wheelyard/internal/pypitest"
	"wheelyard/packaging/project"
)

// serveMany offers projects with that many wheels each.
func serveMany(b *testing.B, projects, files int) *pypitest.Server {
	s := pypitest.NewOptions(b, pypitest.Options{CacheControl: "max-age=86400"})
	for p := range projects {
		for i := range files {
			name := fmt.Sprintf("demo%d-1.%d.0-cp3%d-cp3%[3]d-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", p, i/40, i%40)
			sum := sha256.Sum256([]byte(name))
			digest := hex.EncodeToString(sum[:])
			s.AddFile(fmt.Sprintf("demo%d", p), name, []byte{1}, pypitest.Attrs{
				URL:            "https://files.example/packages/" + digest[:2] + "/" + digest[2:4] + "/" + digest[4:] + "/" + name,
				RequiresPython: ">=3.8", SHA256: digest, Metadata: []byte(name), Size: int64(i + 1), UploadTime: time.Unix(1_600_000_000, 0),
			})
		}
	}
	return s
}

func benchmarkFresh(b *testing.B, projects, files int) {
	s := serveMany(b, projects, files)
	c := client(b, s, newClock(), nil)
	all := func() {
		for p := range projects {
			page, err := c.Page(b.Context(), project.Name(fmt.Sprintf("demo%d", p)))
			if err != nil || len(page.Project.Files) != files {
				b.Fatal(len(page.Project.Files), err)
			}
		}
	}
	all()
	b.ReportAllocs()
	for b.Loop() {
		all()
	}
}

// A page of 2,000 files out of the cache.
func BenchmarkFreshPage2000(b *testing.B) { benchmarkFresh(b, 1, 2000) }

// A dozen pages of ordinary size out of the cache.
func BenchmarkFreshDozen(b *testing.B) { benchmarkFresh(b, 12, 100) }
