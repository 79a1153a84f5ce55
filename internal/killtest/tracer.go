//go:build linux && (amd64 || arm64)

package killtest

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tracer follows one program. All its methods run on the thread that started the program.
type tracer struct {
	pid    int
	at     func(change func() string) bool
	known  map[int]bool // threads that have shown themselves
	killed bool
}

// Threads are followed, child programs aren't: Go starts these with vfork, whose event isn't asked for. They die with the tracer.
const options = unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACESYSGOOD

// syscallStop is how a stop at a system call differs from a SIGTRAP, thanks to PTRACE_O_TRACESYSGOOD.
const syscallStop = unix.SIGTRAP | 0x80

// follow goes from stop to stop until the program has ended.
func (tr *tracer) follow() (killed bool, err error) {
	for {
		var status unix.WaitStatus
		// Its process group only: this thread may have started other programs in its time.
		tid, err := unix.Wait4(-tr.pid, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return tr.killed, fmt.Errorf("waiting for the program: %w", err)
		case tid == tr.pid && (status.Exited() || status.Signaled()):
			return tr.killed, tr.ended(status)
		case !status.Stopped():
			continue // a thread has ended
		}
		if err := tr.stopped(tid, status); err != nil && !errors.Is(err, unix.ESRCH) { // ESRCH: killed meanwhile
			return tr.killed, err
		}
	}
}

func (tr *tracer) ended(status unix.WaitStatus) error {
	switch {
	case tr.killed:
		return nil
	case status.Signaled():
		return fmt.Errorf("the program died of %s", unix.SignalName(status.Signal()))
	case status.ExitStatus() != 0:
		return fmt.Errorf("the program ended with status %d", status.ExitStatus())
	}
	return nil
}

// stopped lets a thread go on after a stop, unless the program is to be killed.
func (tr *tracer) stopped(tid int, status unix.WaitStatus) error {
	signal := status.StopSignal()
	first := !tr.known[tid]
	tr.known[tid] = true
	switch {
	case first && tid == tr.pid: // SIGTRAP after its exec
		if err := unix.PtraceSetOptions(tid, options); err != nil {
			return fmt.Errorf("tracing the program: %w", err)
		}
		signal = 0
	case signal == syscallStop:
		signal = 0
		change, err := tr.change(tid)
		if err != nil {
			return err
		}
		if change != nil && !tr.killed && tr.at(change) {
			tr.killed = true
			return unix.Kill(-tr.pid, unix.SIGKILL)
		}
	case first && signal == unix.SIGSTOP: // how a new thread begins
		signal = 0
	case signal == unix.SIGTRAP: // an event
		signal = 0
	}
	return unix.PtraceSyscall(tid, int(signal))
}

// syscallInfo is struct ptrace_syscall_info of linux/ptrace.h, at the entry of a system call.
type syscallInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	ip   uint64
	sp   uint64
	nr   uint64
	args [6]uint64
	_    [4]uint64 // room for what other stops have
}

// change tells what the call at which a thread has stopped is going to change; nil: nothing, or the call is over.
func (tr *tracer) change(tid int) (func() string, error) {
	var info syscallInfo
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return nil, fmt.Errorf("reading a system call (it takes Linux 5.3): %w", errno)
	}
	if info.op != unix.PTRACE_SYSCALL_INFO_ENTRY {
		return nil, nil
	}
	c, counted := calls[info.nr]
	if !counted || !c.changes(tid, info.args) {
		return nil, nil
	}
	return func() string { return c.describe(tid, info.args) }, nil
}
