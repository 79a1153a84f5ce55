package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"wheelyard/plan"
	"wheelyard/yard"
)

// progress tells people how a round goes: bars on a terminal, plain lines elsewhere.
type progress struct {
	now   func() time.Time
	later func(time.Duration, func()) (cancel func() bool)
	to    io.Writer     // where lines go
	bar   *mpb.Progress // nil: no terminal
	off   func() bool   // of a terminal: forgets ctx

	mu      sync.Mutex
	reading *reading // nil: no pages are being read
	total   *mpb.Bar // nil: nothing was ordered yet
	orders  int
	ended   int
	running map[yard.Key]*mpb.Bar
}

// newProgress begins to tell. ctx ends with Ctrl-C, whose "^C" a terminal shows where the bars are.
func newProgress(ctx context.Context, to io.Writer, now func() time.Time) *progress {
	p := &progress{now: now, to: to, running: map[yard.Key]*mpb.Bar{}}
	p.later = func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	f, ok := to.(*os.File)
	if kind := os.Getenv("TERM"); ok && term.IsTerminal(int(f.Fd())) && kind != "" && kind != "dumb" { // those can't move the cursor
		p.bar = mpb.New(mpb.WithOutput(f), mpb.WithRefreshRate(200*time.Millisecond))
		p.to = p.bar
		p.off = context.AfterFunc(ctx, func() { io.WriteString(f, "\r") }) // so that the line with "^C" goes as a whole
	}
	return p
}

// close leaves the terminal as it should be. Bars that did not come to their end are removed.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.endReading()
	if p.bar == nil {
		return
	}
	p.off()
	for _, b := range p.running {
		b.Abort(true)
	}
	switch {
	case p.total == nil:
	case p.ended == p.orders:
		p.total.SetTotal(int64(p.orders), true)
	default:
		p.total.Abort(true)
	}
	p.bar.Wait()
}

func (p *progress) Planned(_ plan.Plan, orders int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.endReading()
	if orders == 0 {
		return
	}
	p.orders += orders
	switch {
	case p.bar == nil:
		fmt.Fprintf(p.to, "%s to do\n", count(orders, "build"))
	case p.total == nil:
		p.total = p.bar.AddBar(0, mpb.BarPriority(1<<20), // below all others; 0: a later plan may order more, so that only close knows the end
			mpb.PrependDecorators(decor.Name("builds "), decor.CountersNoUnit("%d/%d")),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	}
	if p.total != nil {
		p.total.SetTotal(int64(p.orders), false)
	}
}

func (p *progress) Started(o plan.Order) {
	what := fmt.Sprintf("%s %s for %s", o.Project, o.Version, o.Target)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		fmt.Fprintf(p.to, "building %s\n", what)
		return
	}
	p.running[o.Key] = p.bar.New(1, mpb.SpinnerStyle().PositionLeft(), mpb.BarRemoveOnComplete(), mpb.BarWidth(1),
		mpb.AppendDecorators(decor.Name("building "+what+" "), decor.Elapsed(decor.ET_STYLE_GO)))
}

func (p *progress) Finished(o plan.Order, a yard.Attempt, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.running[o.Key]; b != nil {
		b.Abort(true)
		delete(p.running, o.Key)
	}
	if errors.Is(err, context.Canceled) { // to end at once was asked for, and is told once
		return
	}
	p.ended++
	if p.total != nil {
		p.total.Increment()
	}
	result := fmt.Sprintf("%s: %s", a.Class, a.Reason)
	switch {
	case err != nil:
		result = err.Error()
	case a.Class == yard.Built:
		result = "built " + a.Wheel.Filename
	}
	fmt.Fprintf(p.to, "%s %s for %s: %s (%s)\n", o.Project, o.Version, o.Target, result, millis(a.Took.Total))
}
