package simple

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"testing"
	"time"
)

// page2000 is as large as the page of a project with many releases for many platforms.
func page2000() Project {
	p := Project{Name: "demo-pkg"}
	for i := range 2000 {
		if i%40 == 0 {
			p.Versions = append(p.Versions, fmt.Sprintf("1.%d.0", i/40))
		}
		name := fmt.Sprintf("demo_pkg-1.%d.0-cp3%d-cp3%[2]d-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", i/40, i%40)
		sum := sha256.Sum256([]byte(name))
		digest := hex.EncodeToString(sum[:])
		p.Files = append(p.Files, File{
			Filename: name, URL: "https://files.example/packages/" + digest[:2] + "/" + digest[2:4] + "/" + digest[4:] + "/" + name,
			Hashes: map[string]string{"sha256": digest}, Size: int64(100_000 + i), UploadTime: time.Date(2024, 1, 1, 0, 0, i, 123456000, time.UTC),
			RequiresPython: ">=3.8", CoreMetadata: true, CoreMetadataHashes: map[string]string{"sha256": digest},
		})
	}
	return p
}

func BenchmarkReadProjectJSON2000(b *testing.B) {
	text := written(b, WriteProjectJSON, page2000())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := ReadProjectJSON(text); err != nil || len(p.Files) != 2000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadProjectHTML2000(b *testing.B) {
	text := written(b, WriteProjectHTML, page2000())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := ReadProjectHTML(text, "demo-pkg"); err != nil || len(p.Files) != 2000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteProjectJSON2000(b *testing.B) {
	p := page2000()
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteProjectJSON(io.Discard, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteProjectHTML2000(b *testing.B) {
	p := page2000()
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteProjectHTML(io.Discard, p); err != nil {
			b.Fatal(err)
		}
	}
}
