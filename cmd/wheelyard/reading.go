package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/upstream"
)

// reading is the first reading of upstream's pages, which takes minutes when none is in the cache. Later ones find them there, and are not shown.
type reading struct {
	all, read int
	bar       *mpb.Bar    // nil: no terminal
	said      time.Time   // when a line was last printed
	cancel    func() bool // of the first line
}

// Where there is no bar, a line tells that pages are read when that takes its time, and then how far it is.
const (
	sayAfter = time.Second
	sayEvery = 10 * time.Second
)

// pages wraps how a plan gets its pages, so that people see that it does.
func (p *progress) pages(in plan.Input) func(project.Name) (upstream.Page, error) {
	wanted := map[project.Name]bool{}
	for _, w := range in.Wants {
		wanted[w.Project] = true
	}
	start := sync.OnceFunc(func() { p.startReading(len(wanted)) })
	return func(name project.Name) (upstream.Page, error) {
		start()
		defer p.pageRead()
		return in.Page(name)
	}
}

func (p *progress) startReading(all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &reading{all: all, said: p.now()}
	p.reading = r
	if p.bar == nil {
		r.cancel = p.later(sayAfter, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.reading == r {
				fmt.Fprintf(p.to, "reading upstream's pages of %s\n", count(all, "project"))
			}
		})
		return
	}
	r.bar = p.bar.AddBar(int64(all), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("upstream's pages "), decor.CountersNoUnit("%d/%d")),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
}

func (p *progress) pageRead() {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.reading
	if r == nil {
		return
	}
	r.read++
	if r.bar != nil {
		r.bar.Increment()
	} else if now := p.now(); r.read < r.all && now.Sub(r.said) >= sayEvery {
		r.said = now
		fmt.Fprintf(p.to, "%d of %d pages are read\n", r.read, r.all)
	}
}

// endReading takes the bar away, or the line back that was not said yet; p.mu is held.
func (p *progress) endReading() {
	switch r := p.reading; {
	case r == nil:
	case r.bar != nil:
		r.bar.Abort(true)
	default:
		r.cancel()
	}
	p.reading = nil
}
