// Command wheelyard works out which Python wheels are wanted and missing upstream, builds exactly those, and publishes
// each the moment it is ready. `wheelyard --help` lists the commands; docs/ARCHITECTURE.md is the map of the code.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is the tag or commit that the program was built from; the Makefile has the linker set it.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], process{stdout: os.Stdout, stderr: os.Stderr})
	stop()
	os.Exit(status)
}
