package plan

import (
	"testing"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/yard"
)

func due(number int) func(project.Name, string, string) int {
	return func(project.Name, string, string) int { return number }
}

// TestRetry has one order whose last attempt came to something.
func TestRetry(t *testing.T) {
	const second = time.Second // how long each attempt took
	tests := []struct {
		name    string
		class   yard.Class
		number  int
		ago     time.Duration
		do      func(*world)
		verdict Verdict
		code    Code
		retry   time.Duration // from now; 0: not before an input changes
	}{
		{name: "source", class: yard.SourceFault, number: 1, ago: 1000 * time.Hour, verdict: Failed, code: Final},
		{name: "python too new", class: yard.PythonTooNew, number: 1, ago: 1000 * time.Hour, verdict: Failed, code: Final},
		{name: "incomplete", class: yard.Incomplete, number: 1, ago: 1000 * time.Hour, verdict: Failed, code: Final},
		{name: "missing library", class: yard.MissingLibrary, number: 1, ago: 1000 * time.Hour, verdict: Failed, code: Final},
		{name: "other inputs", class: yard.MissingLibrary, number: 1, ago: time.Hour,
			do: func(w *world) { w.Attempts[0].Inputs = "others" }, verdict: Build, code: Changed},
		{name: "another sdist", class: yard.SourceFault, number: 1, ago: time.Hour,
			do: func(w *world) { w.Attempts[0].Order = OrderKey(sum("before"), bookworm311, 0) }, verdict: Build, code: NoWheel},
		{name: "another build number", class: yard.SourceFault, number: 1, ago: time.Hour,
			do: func(w *world) { w.Number = due(1) }, verdict: Build, code: NoWheel},
		{name: "limits, once", class: yard.Limits, number: 1, ago: time.Second, verdict: Build, code: Retry},
		{name: "limits, twice", class: yard.Limits, number: 2, ago: 1000 * time.Hour, verdict: Failed, code: Final},
		{name: "infrastructure, just now", class: yard.Infrastructure, number: 1, ago: 31 * time.Second, verdict: Failed, code: Backoff, retry: 30 * time.Second},
		{name: "infrastructure, a minute on", class: yard.Infrastructure, number: 1, ago: 61 * time.Second, verdict: Build, code: Retry},
		{name: "infrastructure, the fourth time", class: yard.Infrastructure, number: 4, ago: time.Second, verdict: Failed, code: Backoff, retry: 8 * time.Minute},
		{name: "infrastructure, the 100th time", class: yard.Infrastructure, number: 100, ago: time.Second, verdict: Failed, code: Backoff, retry: 6 * time.Hour},
		{name: "infrastructure, six hours on", class: yard.Infrastructure, number: 100, ago: 6*time.Hour + second, verdict: Build, code: Retry},
		{name: "build requirement", class: yard.BuildRequirement, number: 3, ago: time.Hour, verdict: Failed, code: Backoff, retry: 23*time.Hour + second},
		{name: "build requirement, a day on", class: yard.BuildRequirement, number: 3, ago: 25 * time.Hour, verdict: Build, code: Retry},
		{name: "a clock a little ahead", class: yard.Infrastructure, number: 1, ago: -time.Hour, verdict: Failed, code: Backoff, retry: time.Hour + 61*time.Second},
		{name: "a clock that jumped", class: yard.Infrastructure, number: 1, ago: -10000 * time.Hour, verdict: Build, code: Retry},
		{name: "a clock that jumped, and a build requirement", class: yard.BuildRequirement, number: 1, ago: -10000 * time.Hour, verdict: Build, code: Retry},
		{name: "built, and cut off before admission", class: yard.Built, number: 1, ago: time.Second, verdict: Build, code: Retry},
		{name: "built again and again, never admitted", class: yard.Built, number: 3, ago: time.Second, verdict: Failed, code: Backoff, retry: 2 * time.Minute},
		{name: "built, and the wheel fits no more", class: yard.Built, number: 1, ago: time.Hour, do: func(w *world) {
			w.hold("debian-12-x86_64", bookworm311, "foo-1.0-cp310-cp310-linux_x86_64.whl").Order = w.Attempts[0].Order
		}, verdict: Failed, code: Lost},
		{name: "the number of an attempt goes before its date", class: yard.SourceFault, number: 2, ago: time.Hour, do: func(w *world) {
			w.attempt(bookworm311, "foo-1.0.tar.gz", yard.Infrastructure, 1, -10000*time.Hour)
		}, verdict: Failed, code: Final},
		{name: "back to inputs with which it failed", class: yard.SourceFault, number: 1, ago: time.Hour, do: func(w *world) {
			w.attempt(bookworm311, "foo-1.0.tar.gz", yard.Limits, 1, 0).Inputs = "others"
		}, verdict: Failed, code: Final},
		{name: "other inputs twice, the later counts", class: yard.Limits, number: 1, ago: 2 * time.Hour, do: func(w *world) {
			w.Attempts[0].Inputs = "others"
			w.attempt(bookworm311, "foo-1.0.tar.gz", yard.SourceFault, 1, time.Hour).Inputs = "yet others"
		}, verdict: Build, code: Changed},
		{name: "the last of several counts", class: yard.SourceFault, number: 2, ago: time.Hour, do: func(w *world) {
			w.attempt(bookworm311, "foo-1.0.tar.gz", yard.Limits, 1, 2*time.Hour)
		}, verdict: Failed, code: Final},
		{name: "pure is not wanted, but failed comes first", class: yard.SourceFault, number: 1, ago: time.Hour, do: func(w *world) {
			w.Policy.Pure = "skip"
			w.page("foo", "foo-1.0.tar.gz\nfoo-0.9-py3-none-any.whl")
		}, verdict: Failed, code: Final},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.page("foo", "foo-1.0.tar.gz")
			w.want("stable", "foo==1.0")
			w.attempt(bookworm311, "foo-1.0.tar.gz", test.class, test.number, test.ago)
			if test.do != nil {
				test.do(w)
			}
			p := w.make()
			d := on(t, p, bookworm311)
			if d.Verdict != test.verdict || d.Code != test.code {
				t.Errorf("got %s %s: %s", d.Verdict, d.Code, d.Reason)
			}
			var at time.Time
			if test.retry != 0 {
				at = now.Add(test.retry)
			}
			if !d.RetryAt.Equal(at) {
				t.Errorf("again at %v, want %v", d.RetryAt, at)
			}
			if d.Verdict == Failed && (d.Class != test.class || d.Advice != "do so" || d.Order == "") {
				t.Errorf("class %q, advice %q, order %q", d.Class, d.Advice, d.Order)
			}
			for _, o := range p.Orders {
				if o.More != (test.name == "limits, once") {
					t.Errorf("more is %v", o.More)
				}
			}
			consistent(t, p)
		})
	}
}
