package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
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
	figures := map[string]float64{}
	for _, s := range suites {
		progress("go test -bench %s %s", s.pattern, s.pkg)
		out, err := once(ctx, nil, "go", "test", "-run", "^$", "-bench", s.pattern, "-benchmem", "-benchtime", "0.3s", s.pkg)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(out.stdout)) {
			b, ok := parseBenchmark(strings.Fields(line))
			if !ok {
				continue
			}
			figures[path.Base(s.pkg)+" "+b.name] = b.time
			fmt.Fprintf(w, "| `%s` | %s | %s%s | %s |\n", strings.TrimPrefix(s.pkg, "./"), strings.ReplaceAll(b.name, "|", `\|`), duration(b.time), b.more, b.allocations)
		}
	}
	return reference(ctx, w, figures)
}

// benchmark is one line of what go test prints.
type benchmark struct {
	name        string
	time        float64 // nanoseconds
	allocations string
	more        string // other figures: ", 493.30 MB/s"
}

// parseBenchmark reads "BenchmarkParse/1.2.3-2  8210311  140.5 ns/op  96 B/op  2 allocs/op". Other lines are none.
func parseBenchmark(fields []string) (b benchmark, ok bool) {
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return b, false
	}
	b.name = strings.TrimPrefix(fields[0], "Benchmark")
	if i := strings.LastIndexByte(b.name, '-'); i > 0 {
		b.name = b.name[:i]
	}
	for i := 2; i+1 < len(fields); i += 2 {
		switch value, unit := fields[i], fields[i+1]; unit {
		case "ns/op":
			b.time, _ = strconv.ParseFloat(value, 64) // go test writes a number there
		case "B/op":
		case "allocs/op":
			b.allocations = value
		default:
			b.more += fmt.Sprintf(", %s %s", value, unit)
		}
	}
	return b, true
}

// duration writes nanoseconds for people.
func duration(n float64) string {
	for _, unit := range []string{"ns", "µs", "ms"} {
		if n < 1000 {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.3g s", n)
}
