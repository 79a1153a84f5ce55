package yard

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

func BenchmarkRecord(b *testing.B) {
	y, _ := yardIn(b, b.TempDir())
	defer locked(b, y)()
	log := strings.Repeat("a line of a log\n", 1000)
	for n := 0; b.Loop(); n++ {
		if _, err := y.Record(context.Background(), order(n%1000), strings.NewReader(fmt.Sprint(n)+log)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdmit(b *testing.B) {
	y, _ := yardIn(b, b.TempDir())
	defer locked(b, y)()
	dir := b.TempDir()
	body := strings.Repeat("x = 1\n", 50_000)
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		m := demo()
		m.version, m.files = fmt.Sprintf("1.%d", n), map[string]string{"demo/__init__.py": fmt.Sprint("n = ", n, "\n", body)}
		path := m.write(b, dir)
		b.StartTimer()
		if _, err := y.Admit(context.Background(), path, offer(n)); err != nil {
			b.Fatal(err)
		}
	}
}

// filled is a yard with that many records, written without Record and Admit; its catalog is up to date.
func filled(b *testing.B, attempts, wheels int) (dir string) {
	y, dir := yardIn(b, memory(b))
	w, err := y.records.Writer(y.keys())
	if err != nil {
		b.Fatal(err)
	}
	put := func(n int, act record.Act) {
		if _, err := w.Append(context.Background(), int64(n), noon, act); err != nil {
			b.Fatal(err)
		}
	}
	for n := range attempts {
		a := order(n)
		a.Number = 1
		for i := range 10 {
			a.Environment = append(a.Environment, File{Filename: fmt.Sprintf("requirement%d-1.0-py3-none-any.whl", i), SHA256: strings.Repeat("12", 32), Size: 12345})
		}
		put(n+1, record.Act{Kind: attemptKind, Version: 1, Subjects: a.subjects(), Body: a})
	}
	for n := range wheels {
		sum := strings.TrimPrefix(string(orderKey(n)), "sha256:")
		m := Wheel{Platform: "here", Filename: fmt.Sprintf("demo-1.%d-py3-none-any.whl", n), SHA256: sum, Size: 9, Project: "demo", Version: fmt.Sprintf("1.%d", n),
			Target: "here/cp311", Order: orderKey(n), RequiresPython: ">=3.8", Metadata: sum, Admitted: noon}
		put(attempts+n+1, record.Act{Kind: admissionKind, Version: 1, Subjects: []record.Subject{{Name: m.Filename, SHA256: sum}}, Body: m})
	}
	locked(b, y)()
	y.Close()
	return dir
}

// BenchmarkStart is what `wheelyard run` does with a yard when nothing is to be done.
func BenchmarkStart(b *testing.B) {
	dir := filled(b, 1000, 500)
	for b.Loop() {
		y, err := Open(dir, Options{Now: func() time.Time { return noon }})
		if err != nil {
			b.Fatal(err)
		}
		unlock := locked(b, y)
		if a, w := y.state(b); len(a) != 1000 || len(w) != 500 {
			b.Fatal(len(a), len(w))
		}
		unlock()
		y.Close()
	}
}

// BenchmarkRead is the same for a reader.
func BenchmarkRead(b *testing.B) {
	dir := filled(b, 1000, 500)
	for b.Loop() {
		y, err := Open(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		y.state(b)
		y.Close()
	}
}

func BenchmarkRebuild(b *testing.B) {
	y := openYard(b, filled(b, 7000, 3000))
	defer locked(b, y)()
	for b.Loop() {
		if err := y.Rebuild(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParts(b *testing.B) {
	dir := filled(b, 1000, 500)
	y := openYard(b, dir)
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			y.records.List()
		}
	})
	b.Run("evidence", func(b *testing.B) {
		for b.Loop() {
			y.evidence()
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			c, err := catalog.OpenWriter(context.Background(), filepath.Join(dir, "catalog.db"))
			if err != nil {
				b.Fatal(err)
			}
			c.Close()
		}
	})
	b.Run("lock", func(b *testing.B) {
		for b.Loop() {
			locked(b, y)()
		}
	})
	b.Run("attempts", func(b *testing.B) {
		for b.Loop() {
			y.Attempts(context.Background())
		}
	})
	b.Run("wheels", func(b *testing.B) {
		for b.Loop() {
			y.Wheels(context.Background(), "")
		}
	})
}
