package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	look     = 100 * time.Millisecond // how often the limits are looked at
	patience = 5 * time.Second        // with what should have ended
)

// Run runs a command until it ends, a limit is exceeded, or ctx ends. When it returns, nothing of it runs any more. It may be called again,
// but not at the same time, for one identity. The error is ctx's when that ended it.
func (id *Identity) Run(ctx context.Context, c Command) (Outcome, error) {
	if err := ctx.Err(); err != nil {
		return Outcome{}, err
	}
	r := &run{id: id, c: c, began: time.Now()}
	if err := r.open(); err != nil {
		return Outcome{}, fmt.Errorf("sandbox: %w", err)
	}
	defer r.close()
	p, err := id.start(c, r.outW, r.statusW, r.blockR)
	r.outW.Close()
	r.statusW.Close()
	r.blockR.Close()
	if err != nil {
		return Outcome{}, fmt.Errorf("sandbox: %w", err)
	}
	r.listen()
	exceeded := r.watch(ctx, p)
	r.finish(p)
	if err := ctx.Err(); err != nil && exceeded == "" {
		return Outcome{}, err
	}
	return r.outcome(p, exceeded)
}

// run is one command on its way.
type run struct {
	id    *Identity
	c     Command
	began time.Time

	outR, outW, statusR, statusW *os.File
	blockR, blockW               *os.File // the program waits until it is closed
	readers                      sync.WaitGroup
	printed                      atomic.Int64
	first                        []byte // of the output: bubblewrap's own complaint, if there is one

	child  atomic.Int32 // pid of what is process 1 inside; 0: not known yet
	pidfd  int          // its descriptor, once child is known; -1: it is gone
	exited atomic.Bool  // the program itself was started, and ended with status
	status atomic.Int32

	last use
}

func (r *run) open() (err error) {
	if r.outR, r.outW, err = os.Pipe(); err != nil {
		return err
	}
	if r.statusR, r.statusW, err = os.Pipe(); err != nil {
		return err
	}
	r.blockR, r.blockW, err = os.Pipe()
	return err
}

func (r *run) close() {
	for _, f := range []*os.File{r.outR, r.outW, r.statusR, r.statusW, r.blockR, r.blockW} {
		if f != nil {
			f.Close()
		}
	}
	if r.child.Load() != 0 && r.pidfd >= 0 {
		unix.Close(r.pidfd)
	}
}

// listen reads what is printed, and what bubblewrap says about itself.
func (r *run) listen() {
	r.readers.Go(func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := r.outR.Read(buf)
			r.printed.Add(int64(n))
			if room := 4096 - len(r.first); room > 0 {
				r.first = append(r.first, buf[:min(n, room)]...)
			}
			if r.c.Output != nil && n > 0 {
				r.c.Output.Write(buf[:n]) // a log that can't be written is its owner's to notice
			}
			if err != nil {
				return
			}
		}
	})
	r.readers.Go(func() {
		d := json.NewDecoder(io.LimitReader(r.statusR, 1<<20))
		for {
			var said struct {
				Child *int32 `json:"child-pid"`
				Exit  *int32 `json:"exit-code"`
			}
			if d.Decode(&said) != nil {
				return
			}
			if said.Child != nil && r.child.Load() == 0 {
				r.born(*said.Child)
			}
			if said.Exit != nil {
				r.status.Store(*said.Exit)
				r.exited.Store(true)
			}
		}
	})
}

// born gets hold of process 1 of the sandbox, and lets it go on. As root, the kernel is told to end it rather than others when memory is short:
// it can't shield itself from that, even where wheelyard itself is shielded.
func (r *run) born(pid int32) {
	fd, err := unix.PidfdOpen(int(pid), 0)
	if err != nil {
		fd = -1
	}
	if r.id.s.root {
		write(fmt.Sprintf("/proc/%d/oom_score_adj", pid), "500")
	}
	r.pidfd = fd
	r.child.Store(pid)
	r.blockW.Close()
}

// watch returns when the process is gone, or has to go.
func (r *run) watch(ctx context.Context, p *process) Limit {
	tick := time.NewTicker(look)
	defer tick.Stop()
	g := &gauge{dirs: r.c.Count, limit: r.c.Limits.Disk, inodes: r.c.Limits.Inodes, next: r.began.Add(time.Second)}
	g.over(r.began) // what is free at the beginning
	for {
		select {
		case <-p.ended:
			return r.exceeded(g, p, true)
		case <-ctx.Done():
			return ""
		case <-tick.C:
			if l := r.exceeded(g, p, false); l != "" {
				return l
			}
		}
	}
}

func (r *run) exceeded(g *gauge, p *process, ended bool) Limit {
	l := r.c.Limits
	r.measure(p, ended)
	switch {
	case l.CPU > 0 && r.last.cpu > l.CPU:
		return CPU
	case r.last.oomKills > 0 && !ended: // who waits for the one that was killed may wait for ever
		return Memory
	case l.Memory > 0 && r.last.memory > l.Memory && proportional(p.cmd.Process.Pid) > l.Memory:
		return Memory
	case ended:
		return ""
	case l.Wall > 0 && time.Since(r.began) > l.Wall:
		return Wall
	case l.Output > 0 && r.printed.Load() > l.Output:
		return Output
	}
	return g.over(time.Now())
}

func (r *run) measure(p *process, ended bool) {
	if r.id.s.groups != nil {
		r.last = r.id.s.groups.use(r.id.uid)
	}
	if ended {
		u, _ := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if u != nil {
			r.last.cpu = max(r.last.cpu, time.Duration(u.Utime.Nano()+u.Stime.Nano()))
		}
		return
	}
	if r.id.s.groups == nil {
		peak := r.last.peak
		r.last, _ = descendants(p.cmd.Process.Pid)
		r.last.peak = max(peak, r.last.memory)
	}
}

// finish ends what still runs. Process 1 of the sandbox is killed, and all others with it. Bubblewrap outside may end before them: it is
// process 1 that the kernel lets go last.
func (r *run) finish(p *process) {
	select {
	case <-p.ended:
	default:
		r.kill(p)
	}
	r.awaitLast()
	done := make(chan struct{})
	go func() { r.readers.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience): // somebody outside has the pipe: not one of ours
		r.outR.Close()
		r.statusR.Close()
		<-done
	}
}

// awaitLast waits until nothing runs inside.
func (r *run) awaitLast() {
	if r.child.Load() == 0 || r.pidfd < 0 {
		return
	}
	unix.PidfdSendSignal(r.pidfd, unix.SIGKILL, nil, 0)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(r.pidfd), Events: unix.POLLIN}}, int(time.Until(end).Milliseconds())+1)
		if n > 0 || err != nil && err != unix.EINTR {
			return
		}
	}
}

func (r *run) kill(p *process) {
	for range patience / (2 * time.Millisecond) { // until bubblewrap has said which one it is: its end alone isn't that of what it just made
		if r.child.Load() != 0 {
			break
		}
		select {
		case <-p.ended:
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
	switch {
	case r.child.Load() == 0:
		p.cmd.Process.Kill()
	case r.pidfd >= 0:
		unix.PidfdSendSignal(r.pidfd, unix.SIGKILL, nil, 0)
	}
	select {
	case <-p.ended:
		return
	case <-time.After(patience):
	}
	p.cmd.Process.Kill()
	<-p.ended
}

func (r *run) outcome(p *process, exceeded Limit) (Outcome, error) {
	if exceeded == "" && !r.exited.Load() {
		said := strings.TrimSpace(string(r.first))
		if said == "" {
			said = fmt.Sprint(p.err)
		}
		return Outcome{}, fmt.Errorf("sandbox: bubblewrap did not get to the program: %s", said)
	}
	r.measure(p, true)
	o := Outcome{Status: int(r.status.Load()), Exceeded: exceeded, Wall: time.Since(r.began), CPU: r.last.cpu, Memory: r.last.peak}
	if exceeded != "" {
		o.Status = 128 + int(unix.SIGKILL)
	}
	switch {
	case r.last.oomKills > 0:
		o.Starved = Memory
	case r.last.refused > 0:
		o.Starved = Procs
	}
	return o, nil
}
