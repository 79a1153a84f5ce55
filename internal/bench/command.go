package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// sample is one run of a command.
type sample struct {
	wall, cpu time.Duration
	memory    int64 // bytes at the peak, of the largest process
	stdout    []byte
}

// once runs a command, which must succeed.
func once(ctx context.Context, env []string, name string, args ...string) (sample, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Env = append(os.Environ(), env...)
	began := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(began), stdout: out.Bytes()}
	if err != nil {
		return s, fmt.Errorf("%s %q: %w\n%s%s", name, args, err, &out, &said)
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = usage.Maxrss * 1024
	}
	return s, nil
}

// figures are minimum, median and maximum.
func figures(all []time.Duration) string {
	slices.Sort(all)
	return fmt.Sprintf("%s | %s | %s", milliseconds(all[0]), milliseconds(median(all)), milliseconds(all[len(all)-1]))
}

// median is of a sorted list.
func median(sorted []time.Duration) time.Duration { return sorted[len(sorted)/2] }

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }
