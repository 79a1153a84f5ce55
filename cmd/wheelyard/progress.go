package main

import (
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
	now func() time.Time
	to  io.Writer     // where lines go
	bar *mpb.Progress // nil: no terminal

	mu      sync.Mutex
	total   *mpb.Bar
	orders  int
	running map[yard.Key]*mpb.Bar
}

func newProgress(to io.Writer, now func() time.Time) *progress {
	p := &progress{now: now, to: to, running: map[yard.Key]*mpb.Bar{}}
	if f, ok := to.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = mpb.New(mpb.WithOutput(f), mpb.WithRefreshRate(200*time.Millisecond))
		p.to = p.bar
	}
	return p
}

// close leaves the terminal as it should be. Bars that did not come to their end are removed.
func (p *progress) close() {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.running {
		b.Abort(true)
	}
	if p.total != nil {
		p.total.Abort(true)
	}
	p.bar.Wait()
}

func (p *progress) Planned(_ plan.Plan, orders int) {
	if orders == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.orders += orders
	switch {
	case p.bar == nil:
		fmt.Fprintf(p.to, "%s to do\n", count(orders, "build"))
	case p.total == nil:
		p.total = p.bar.AddBar(int64(p.orders), mpb.BarPriority(1<<20), // below all others
			mpb.PrependDecorators(decor.Name("builds "), decor.CountersNoUnit("%d/%d")),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
	default:
		p.total.SetTotal(int64(p.orders), false)
	}
}

func (p *progress) Started(o plan.Order) {
	what := fmt.Sprintf("%s %s for %s", o.Project, o.Version, o.Target)
	if p.bar == nil {
		fmt.Fprintf(p.to, "building %s\n", what)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running[o.Key] = p.bar.New(1, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(),
		mpb.AppendDecorators(decor.Name("building "+what+" "), decor.Elapsed(decor.ET_STYLE_GO)))
}

func (p *progress) Finished(o plan.Order, a yard.Attempt, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.running[o.Key]; b != nil {
		b.Abort(true)
		delete(p.running, o.Key)
	}
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
