// Command bench measures wheelyard and what it is to be compared with, side by side, and prints docs/BENCHMARKS.md.
//
// It is started by `make bench`, in the top folder, when bin/wheelyard and .cache/oracles are there. What is compared is run in turn, so that
// a noisy machine disturbs both alike. It keeps its yard below .cache/bench.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := report(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
