package git

import (
	"os"
	"strings"
	"testing"
	"time"
)

// bundleEnv names a bundle of openstack/requirements.
const bundleEnv = "WHEELYARD_BUNDLE"

var requirements = strings.Fields("newton ocata pike queens rocky stein train ussuri victoria wallaby xena yoga zed 2023.1 2023.2 2024.1 2024.2 2025.1 2025.2 2026.1 master")

var constraints = []string{"upper-constraints.txt", "bindep.txt", "denylist.txt", "blacklist.txt"}

func bundle(t testing.TB) string {
	t.Helper()
	path := os.Getenv(bundleEnv)
	if path == "" {
		t.Skip(bundleEnv + " names no bundle")
	}
	return path
}

// readSeries reads all files of all series, and returns how many there are, with their size.
func readSeries(t testing.TB, m *Mirror) (files, bytes int) {
	for _, series := range requirements {
		tip, err := m.Resolve(t.Context(), "stable/"+series, "unmaintained/"+series, series+"-eol", series)
		if err != nil {
			t.Fatal(err)
		}
		all, err := m.Files(t.Context(), tip.ID, constraints...)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.Err == nil {
				files++
				bytes += len(f.Data)
			}
		}
	}
	return files, bytes
}

func TestRequirements(t *testing.T) {
	m := fetched(t, bundle(t))
	if files, bytes := readSeries(t, m); files < 60 || bytes < 300_000 {
		t.Errorf("%d files, %d bytes", files, bytes)
	}
	all := map[ID]bool{}
	for _, series := range append(requirements, "liberty", "mitaka") {
		tip := resolve(t, m, "stable/"+series, series)
		log, err := m.Log(t.Context(), tip.ID, time.Time{}, time.Time{}, "upper-constraints.txt")
		if err != nil || len(log) == 0 {
			t.Fatal(len(log), err)
		}
		for _, c := range log {
			all[c.ID] = true
		}
		// The last change of the file made what the file is now.
		last := log[len(log)-1]
		changed, err := m.Changed(t.Context(), last.ID, tip.ID, "upper-constraints.txt")
		if err != nil || len(changed) > 0 {
			t.Errorf("%s: %q, %v", series, changed, err)
		}
		fork, err := m.ForkPoint(t.Context(), tip.ID, resolve(t, m, "master").ID)
		if err != nil || fork.Date.After(tip.Date) {
			t.Errorf("%s: %+v, %v", series, fork, err)
		}
	}
	t.Logf("%d commits changed the constraints", len(all))
}

func BenchmarkClone(b *testing.B) {
	path := bundle(b)
	for b.Loop() {
		m := open(b, path, nil)
		fetch(b, m)
		m.Close()
	}
}

func BenchmarkFetchNothing(b *testing.B) {
	m := fetched(b, bundle(b))
	for b.Loop() {
		fetch(b, m)
	}
}

func BenchmarkReadSeries(b *testing.B) {
	m := fetched(b, bundle(b))
	for b.Loop() {
		readSeries(b, m)
	}
}

// With the start of git's processes, as a command does it.
func BenchmarkOpenAndReadSeries(b *testing.B) {
	m := fetched(b, bundle(b))
	for b.Loop() {
		again := open(b, m.at.shown, func(o *Options) { o.Dir = m.o.Dir })
		readSeries(b, again)
		again.Close()
	}
}

func BenchmarkLog(b *testing.B) {
	m := fetched(b, bundle(b))
	master := resolve(b, m, "master").ID
	for _, paths := range [][]string{nil, {"upper-constraints.txt"}} {
		b.Run(strings.Join(append([]string{"of"}, paths...), " "), func(b *testing.B) {
			for b.Loop() {
				if log, err := m.Log(b.Context(), master, time.Time{}, time.Time{}, paths...); err != nil || len(log) < 1000 {
					b.Fatal(len(log), err)
				}
			}
		})
	}
}

func BenchmarkForkPoint(b *testing.B) {
	m := fetched(b, bundle(b))
	old, master := resolve(b, m, "stable/newton").ID, resolve(b, m, "master").ID
	for b.Loop() {
		if _, err := m.ForkPoint(b.Context(), old, master); err != nil {
			b.Fatal(err)
		}
	}
}
