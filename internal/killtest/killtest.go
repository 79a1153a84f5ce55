//go:build linux && (amd64 || arm64)

// Package killtest runs a program and kills it at its Nth change of the disk, to show that what it leaves behind is whole.
//
// The program needs no hook for it: its threads are traced with ptrace(2), and each system call that changes files is counted before it takes
// place: files made, written, truncated, renamed, linked, removed, given other modes or times, and what is synced. Programs that it starts are
// not traced. Not seen are writes through shared memory maps and io_uring.
package killtest

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// List runs cmd to its end and returns its changes of the disk, such as "renameat /y/.tmp-1 /y/a", in the order in which they began.
// cmd is not started yet; its context, if any, limits it; its ProcessState stays nil. It must stay in the process group that it gets.
// A program that ends with a status other than 0 is an error, which comes with the changes; so is a machine that doesn't allow ptrace.
func List(cmd *exec.Cmd) (changes []string, err error) {
	_, err = run(cmd, func(change func() string) bool {
		changes = append(changes, change())
		return false
	})
	return changes, err
}

// Count is the number of changes that List finds, in less time.
func Count(cmd *exec.Cmd) (n int, err error) {
	_, err = run(cmd, func(func() string) bool {
		n++
		return false
	})
	return n, err
}

// At runs cmd as List does, and kills it and its process group with SIGKILL when its nth change, counted from 1, is about to begin; what tells
// which one that was. It is false for killed when the program ended before, and then err is as from List.
func At(cmd *exec.Cmd, n int) (killed bool, what string, err error) {
	killed, err = run(cmd, func(change func() string) bool {
		if n--; n == 0 {
			what = change()
		}
		return n == 0
	})
	return killed, what, err
}

// Need skips the test where ptrace isn't allowed. missing tells so; a test that must run fails in it.
func Need(t testing.TB, missing func(testing.TB, error)) {
	t.Helper()
	if _, err := Count(exec.Command("true")); err != nil {
		missing(t, fmt.Errorf("programs can't be traced here: %w", err))
	}
}

// run calls at for each change before it begins, and kills the program when at says so.
func run(cmd *exec.Cmd, at func(change func() string) bool) (killed bool, err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Ptrace = true
	cmd.SysProcAttr.Setpgid = true
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = 10 * time.Second // for what outlives the program and holds its output
	}
	done := make(chan struct{})
	go func() { // ptrace(2) knows threads; this one ends with the goroutine
		defer close(done)
		runtime.LockOSThread()
		if err = cmd.Start(); err != nil {
			err = fmt.Errorf("starting %s to be traced: %w", cmd.Path, err)
			return
		}
		tr := tracer{pid: cmd.Process.Pid, at: at, known: map[int]bool{}}
		killed, err = tr.follow()
		if err != nil {
			unix.Kill(-tr.pid, unix.SIGKILL)
		}
	}()
	<-done
	if cmd.Process == nil {
		return false, err
	}
	if end := cmd.Wait(); !errors.Is(end, unix.ECHILD) { // the program itself has been waited for
		err = errors.Join(err, end)
	}
	return killed, err
}
