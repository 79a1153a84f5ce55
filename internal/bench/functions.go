package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// suites are the packages whose Go benchmarks are run, each with the pattern of those that are shown.
var suites = []struct{ pattern, pkg string }{
	{".", "./packaging/pep440"},
	{".", "./packaging/pep508"},
	{".", "./packaging/tag"},
	{".", "./packaging/simple"},
	{".", "./packaging/wheel"},
	{".", "./source"},
	{".", "./plan"},
	{".", "./upstream"},
	{".", "./publish"},
	{".", "./yard"},
}

// functions runs Go's own benchmarks.
func functions(ctx context.Context, w io.Writer) error {
	fmt.Fprint(w, "\n## Functions\n\n| package | benchmark | time | allocations |\n|---|---|---|---|\n")
	for _, s := range suites {
		progress("go test -bench %s %s", s.pattern, s.pkg)
		var out bytes.Buffer
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", s.pattern, "-benchmem", "-benchtime", "0.3s", s.pkg)
		cmd.Stdout, cmd.Stderr = &out, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w\n%s", s.pkg, err, &out)
		}
		for line := range strings.Lines(out.String()) {
			writeBenchmark(w, s.pkg, strings.Fields(line))
		}
	}
	return nil
}

// writeBenchmark turns "BenchmarkParse/1.2.3-2  8210311  140.5 ns/op  96 B/op  2 allocs/op" into a row. Other lines give none.
func writeBenchmark(w io.Writer, pkg string, fields []string) {
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return
	}
	name := strings.TrimPrefix(fields[0], "Benchmark")
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		name = name[:i]
	}
	var time, more, allocations string
	for i := 2; i+1 < len(fields); i += 2 {
		switch value, unit := fields[i], fields[i+1]; unit {
		case "ns/op":
			time = nanoseconds(value)
		case "B/op":
		case "allocs/op":
			allocations = value
		default:
			more += fmt.Sprintf(", %s %s", value, unit)
		}
	}
	fmt.Fprintf(w, "| `%s` | %s | %s%s | %s |\n", strings.TrimPrefix(pkg, "./"), strings.ReplaceAll(name, "|", `\|`), time, more, allocations)
}

// nanoseconds writes a number of them for people.
func nanoseconds(text string) string {
	var n float64
	if _, err := fmt.Sscan(text, &n); err != nil {
		return text + " ns"
	}
	for _, unit := range []string{"ns", "µs", "ms"} {
		if n < 1000 {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.3g s", n)
}
