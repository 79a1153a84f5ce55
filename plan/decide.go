package plan

import (
	"fmt"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/yard"
)

// pending is a question that everything up to the wheels we hold left open: it depends on the other orders.
type pending struct {
	ask      *ask
	decision *Decision
	sdist    *file
	number   int
	key      yard.Key
	past     past
}

// decide asks the verdicts in turn, as far as they hang on this question alone. What remains open is returned.
func (p *planner) decide(a *ask, d *Decision) *pending {
	*d = Decision{Project: a.project, Version: a.version, Target: a.target.name, WantedBy: a.wantedBy,
		Steps: make([]Step, 0, len(Verdicts))}
	if p.barred(a, d) {
		return nil
	}
	d.Candidates = p.candidates(a)
	if a.release.listing.status != "" && a.release.listing.status != "active" {
		d.Notes = append(d.Notes, statusNote(a.release.listing))
	}
	k := p.pick(a.release, a.target)
	best := k.best(a.pinned)
	if best == nil && k.yanked != nil {
		d.settle(Unknown, OnlyYanked, "what fits is yanked, and only an exact pin takes that: "+k.yanked.Filename)
		return nil
	}
	d.no(Unknown, "upstream lists the version")
	if best == nil && (k.refused > 0 || k.refusedAll == a.release.valid) {
		d.settle(Python, RequiresPython, p.refusal(a))
		return nil
	}
	d.no(Python, "requires-python admits "+a.target.python.String())
	if best != nil {
		p.note(best, d)
	}
	if best != nil && !best.sdist {
		d.upstream(best, a.target)
		return nil
	}
	d.no(Upstream, looked(a.release, k))
	number := p.number(a.project, a.version, a.target)
	w, why := p.holds(a, number)
	if w != nil {
		d.File = w.Filename
		d.settle(Held, InYard, "the yard has "+w.Filename)
		return nil
	}
	d.no(Held, why)
	if best == nil || digest(best.File) == "" {
		d.sdistless(best)
		return nil
	}
	key := OrderKey(digest(best.File), a.target.name, number)
	return &pending{ask: a, decision: d, sdist: best, number: number, key: key, past: p.past(key, a.target)}
}

// barred settles what hangs on rules, markers and upstream's page as a whole.
func (p *planner) barred(a *ask, d *Decision) bool {
	if a.settled != nil && a.settled.verdict == Excluded {
		d.settle(a.settled.verdict, a.settled.code, a.settled.reason)
		return true
	}
	if a.release != nil {
		if rule, out := p.excluded(a.project, a.release.version, a.target); out {
			d.settle(rule.verdict, rule.code, rule.reason)
			return true
		}
	}
	d.no(Excluded, "no rule names it, and no marker speaks against it")
	if a.settled != nil {
		d.Temporary = a.settled.code == Unreachable
		d.settle(a.settled.verdict, a.settled.code, a.settled.reason)
		return true
	}
	return false
}

// excluded finds the rule that excludes a version on a target; of a zero version only rules for all versions do.
func (p *planner) excluded(name project.Name, v pep440.Version, t *target) (settled, bool) {
	for _, x := range p.excludes[name] {
		lapsed := !x.Until.IsZero() && !p.in.Now.Before(x.Until)
		if lapsed || !wantsTarget(x.Targets, t) {
			continue
		}
		if !x.Versions.IsEmpty() && (v.IsZero() || !x.Versions.Contains(v, pep440.PrereleasesAllow)) {
			continue
		}
		reason := x.Reason
		if reason == "" {
			reason = "no reason given"
		}
		if !x.Until.IsZero() {
			reason += ", until " + x.Until.UTC().Format(time.DateOnly)
		}
		return settled{Excluded, ByRule, fmt.Sprintf("%s (%s:%d)", reason, x.Origin.File, x.Origin.Line)}, true
	}
	return settled{}, false
}

func (d *Decision) no(v Verdict, answer string) {
	d.Steps = append(d.Steps, Step{Asked: v, Answer: answer})
}

func (d *Decision) settle(v Verdict, c Code, reason string) {
	d.Verdict, d.Code, d.Reason = v, c, reason
	d.Steps = append(d.Steps, Step{Asked: v, Yes: true, Answer: reason})
}

func (d *Decision) upstream(best *file, t *target) {
	d.File = best.Filename
	if best.tags.pure {
		d.settle(Upstream, PureFits, "upstream has a wheel for every platform")
		return
	}
	tag, _, _ := t.Tags.Best(best.tags.tags)
	d.settle(Upstream, WheelFits, "upstream has a wheel that fits: "+tag.String())
}

// sdistless is for a version without an sdist (nil), or with one that has no hash by which to fetch it.
func (d *Decision) sdistless(f *file) {
	const nothing = "there is nothing to build"
	d.no(Shared, nothing)
	d.no(Failed, nothing)
	if f == nil {
		d.settle(NoSdist, NoFile, "upstream has no sdist of this version")
		return
	}
	d.settle(NoSdist, NoDigest, f.Filename+" has no sha256 on its page, so it cannot be built from safely")
}

func looked(r *release, k *pick) string {
	switch {
	case k.clean != nil && k.yanked != nil && !k.yanked.sdist:
		return "the wheel that fits is yanked, and the sdist is not"
	case k.looked == 0:
		return "upstream has no wheel of this version"
	default:
		return fmt.Sprintf("no wheel upstream fits: %d files looked at", r.valid)
	}
}

func (p *planner) note(best *file, d *Decision) {
	if best.Yanked {
		d.Notes = append(d.Notes, yankNote(best))
	}
	if best.RequiresPython != "" && p.requires(best.RequiresPython).invalid {
		d.Notes = append(d.Notes, fmt.Sprintf("requires-python %q cannot be read, and is ignored as pip does", best.RequiresPython))
	}
}

func yankNote(f *file) string {
	if f.YankedReason == "" {
		return "yanked, no reason given"
	}
	return "yanked: " + f.YankedReason
}

func statusNote(l *listing) string {
	note := "upstream calls the project " + l.status
	if l.reason != "" {
		note += ": " + l.reason
	}
	return note
}

// refusal names the requires-python that is in the way: of a file that would fit otherwise, if there is one.
func (p *planner) refusal(a *ask) string {
	var refused *file
	for _, f := range a.release.files {
		if f.bad != "" || p.pythonFits(f, a.target) {
			continue
		}
		if refused == nil || !refused.tagsFit(a.target) && f.tagsFit(a.target) {
			refused = f
		}
	}
	return fmt.Sprintf("requires Python %s, here it is %s", refused.RequiresPython, a.target.python)
}
