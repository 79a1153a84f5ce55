package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

func report(ctx context.Context, w io.Writer) error {
	fmt.Fprintf(w, `# Benchmarks

Made by %smake bench%s; machines are noisy, so that ratios count more than figures. On: %s.
`, "`", "`", machine())
	for _, part := range []func(context.Context, io.Writer) error{functions, idle, around} {
		if err := part(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// machine describes this one.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	var uts unix.Utsname
	_ = unix.Uname(&uts) // cannot fail with a good address
	return fmt.Sprintf("%s, %d cores, Linux %s, %s", model, runtime.NumCPU(), unix.ByteSliceToString(uts.Release[:]), runtime.Version())
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
