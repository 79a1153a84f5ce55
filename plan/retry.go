package plan

import (
	"cmp"
	"fmt"
	"time"

	"wheelyard/yard"
)

// When what failed is tried again while its inputs are the same.
const (
	firstBackoff      = time.Minute
	longestBackoff    = 6 * time.Hour
	requirementWait   = 24 * time.Hour // a build requirement may have come by then
	limitsTries       = 2              // once more, with more
	trustedClockAhead = 24 * time.Hour // an attempt dated later than this from now says nothing about time
)

// past is what the last attempt at an order means for now.
type past struct {
	attempt yard.Attempt
	code    Code   // Final, Backoff, Lost: not now. Retry, Changed: again. "": never tried
	reason  string // one line
	retryAt time.Time
}

// blocks says that the order is not to be tried now.
func (p past) blocks() bool { return p.code == Final || p.code == Backoff || p.code == Lost }

// last is the attempt that counts: with the target's inputs the one with the highest number, for dates are only as good
// as the clocks were; without such, the latest of the others.
func last(all []yard.Attempt, inputs string) (a yard.Attempt, ok bool) {
	for _, b := range all {
		if !ok || compareAttempts(b, a, inputs) > 0 {
			a, ok = b, true
		}
	}
	return a, ok
}

func compareAttempts(a, b yard.Attempt, inputs string) int {
	if same := a.Inputs == inputs; same != (b.Inputs == inputs) {
		if same {
			return 1
		}
		return -1
	}
	if a.Inputs == b.Inputs && a.Number != b.Number {
		return cmp.Compare(a.Number, b.Number)
	}
	return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Inputs, b.Inputs), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Reason, b.Reason))
}

// past judges the attempts at an order on a target.
func (p *planner) past(key yard.Key, t *target) past {
	a, ok := last(p.attempts[key], t.inputs)
	if !ok {
		return past{}
	}
	if a.Inputs != t.inputs {
		return past{attempt: a, code: Changed, reason: fmt.Sprintf("its inputs have changed since it was last tried (%s)", a.Class)}
	}
	wait, again := p.wait(a)
	if a.Class == yard.Built && !again {
		return past{attempt: a, code: Lost, reason: "it was built, and the wheel does not serve this target: " + a.Wheel.Filename}
	}
	reason := string(a.Class)
	if a.Reason != "" {
		reason += ": " + a.Reason
	}
	if !again {
		return past{attempt: a, code: Final, reason: reason}
	}
	ended := a.Started.Add(time.Duration(a.Took.Total) * time.Millisecond)
	at := ended.Add(wait)
	if wait > 0 && p.in.Now.Before(at) && !a.Started.After(p.in.Now.Add(trustedClockAhead)) {
		return past{attempt: a, code: Backoff, reason: reason, retryAt: at}
	}
	return past{attempt: a, code: Retry, reason: fmt.Sprintf("attempt %d; the last ended with %s", a.Number+1, reason)}
}

// wait is how long after its end an attempt is followed by the next; again is false when it is the last word.
func (p *planner) wait(a yard.Attempt) (wait time.Duration, again bool) {
	switch a.Class {
	case yard.Built:
		// Its wheel was not admitted (cut off), or is gone. Not for ever at once, should it never come to admission.
		if a.Number <= 1 {
			return 0, !p.admitted(a)
		}
		return backoff(a.Number - 1), !p.admitted(a)
	case yard.Infrastructure:
		return backoff(a.Number), true
	case yard.Limits:
		return 0, a.Number < limitsTries
	case yard.BuildRequirement:
		return requirementWait, true
	default:
		return 0, false
	}
}

func backoff(number int) time.Duration {
	d := firstBackoff
	for i := 1; i < number && d < longestBackoff; i++ {
		d *= 2
	}
	return min(d, longestBackoff)
}

func (p *planner) admitted(a yard.Attempt) bool {
	for _, w := range p.held[a.Project] {
		if w.Order == a.Order {
			return true
		}
	}
	return false
}
