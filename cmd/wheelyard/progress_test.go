package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// terminal is a terminal of 80 columns, and what it was sent, once it is closed.
func terminal(t *testing.T) (tty *os.File, sent func() string) {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		missing(t, "no terminals can be made here: "+err.Error())
	}
	t.Cleanup(func() { control.Close() })
	fd := int(control.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	all := make(chan string)
	go func() {
		text, _ := io.ReadAll(control) // ends with an error when nobody has the terminal any more
		all <- string(text)
	}()
	return tty, func() string { tty.Close(); return <-all }
}

// ordered is a plan of one order, which is reported as built.
func ordered(p *progress, name project.Name, err error) {
	o := plan.Order{Key: yard.Key(name), Project: name, Version: "1.0", Target: "here/cp311"}
	p.Planned(plan.Plan{}, 1)
	p.Started(o)
	p.Finished(o, yard.Attempt{Class: yard.Built, Wheel: yard.File{Filename: string(name) + ".whl"}}, err)
}

// TestBars: what a later plan orders is counted, too, and the bar is there until the end.
func TestBars(t *testing.T) {
	t.Setenv("TERM", "xterm")
	tty, sent := terminal(t)
	p := newProgress(t.Context(), tty, time.Now)
	ordered(p, "scout", nil)
	ordered(p, "follower", nil)
	p.close()
	got := sent()
	if last := got[strings.LastIndex(got, "builds "):]; !strings.HasPrefix(last, "builds 2/2 ") || strings.Count(last, "\n") != 1 {
		t.Errorf("the end is %q", last)
	}
	if !strings.Contains(got, "follower 1.0 for here/cp311: built follower.whl") {
		t.Errorf("%q", got)
	}
}

// TestBarsInterrupted: what was cut off is neither counted nor told as a failure, and no bar stays.
func TestBarsInterrupted(t *testing.T) {
	t.Setenv("TERM", "xterm")
	tty, sent := terminal(t)
	p := newProgress(t.Context(), tty, time.Now)
	ordered(p, "cut", context.Canceled)
	p.close()
	if got := sent(); strings.Contains(got, "canceled") || strings.Contains(got, "1/1") {
		t.Errorf("%q", got)
	}
}

// TestDumbTerminal: one that can't move its cursor gets lines.
func TestDumbTerminal(t *testing.T) {
	t.Setenv("TERM", "dumb")
	tty, sent := terminal(t)
	p := newProgress(t.Context(), tty, time.Now)
	ordered(p, "a", nil)
	p.close()
	if got := sent(); strings.Contains(got, "\x1b") || !strings.Contains(got, "building a 1.0 for here/cp311") {
		t.Errorf("%q", got)
	}
}

// TestReading: people see that upstream's pages are read, and how far it is; the second time nothing is said, and nothing when it is quick.
func TestReading(t *testing.T) {
	var said strings.Builder
	now := time.Unix(0, 0)
	p := newProgress(t.Context(), &said, func() time.Time { now = now.Add(4 * time.Second); return now })
	var first func()
	p.later = func(_ time.Duration, f func()) func() bool { first = f; return func() bool { return true } }
	in := plan.Input{Page: func(project.Name) (upstream.Page, error) { return upstream.Page{}, fs.ErrNotExist }}
	for _, name := range []project.Name{"a", "b", "c", "d", "a"} {
		in.Wants = append(in.Wants, source.Want{Project: name})
	}
	in.Page = p.pages(in)
	for range 2 {
		for _, w := range in.Wants[:4] {
			in.Page(w.Project)
			if w.Project == "a" {
				first()
			}
		}
		p.Planned(plan.Plan{}, 0)
	}
	p.close()
	first() // too late: it is over
	if got, want := said.String(), "reading upstream's pages of 4 projects\n3 of 4 pages are read\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
