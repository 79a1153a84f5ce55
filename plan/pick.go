package plan

// pick is what one release offers one target.
type pick struct {
	clean  *file // the best file that fits and is not yanked
	yanked *file // the best that fits and is
	// Files that are refused by requires-python: of those that would fit otherwise, and of all.
	refused, refusedAll int
	looked              int // wheels whose tags were compared
}

// fits says whether pip has a candidate at all, yanked or not.
func (k *pick) fits() bool { return k.clean != nil || k.yanked != nil }

// best is the file that pip takes; pinned wants take a yanked one when nothing else fits (PEP 592).
func (k *pick) best(pinned bool) *file {
	if k.clean == nil && pinned {
		return k.yanked
	}
	return k.clean
}

func (p *planner) pick(r *release, t *target) *pick {
	p.open(r)
	if k := r.picks[t.index]; k != nil {
		return k
	}
	k := &pick{}
	for _, f := range r.files {
		if f.bad != "" {
			continue
		}
		tags, python := f.tagsFit(t), p.pythonFits(f, t)
		if !f.sdist {
			k.looked++
		}
		switch {
		case !python:
			k.refusedAll++
			if tags {
				k.refused++
			}
		case !tags:
		case f.Yanked:
			k.yanked = better(k.yanked, f, t)
		default:
			k.clean = better(k.clean, f, t)
		}
	}
	r.picks[t.index] = k
	return k
}

func (f *file) tagsFit(t *target) bool {
	if f.sdist {
		return f.only == "" || f.only == t.short
	}
	return f.tags.fits(t)
}

func (p *planner) pythonFits(f *file, t *target) bool {
	return f.RequiresPython == "" || p.requires(f.RequiresPython).admits[t.index]
}

// better is the one of two fitting files of equal version that pip prefers: the better tag, any wheel before an sdist,
// the higher build tag, the later on the page (CandidateEvaluator._sort_key; the resolver reads its sorted list from
// the end). best may be nil.
func better(best, f *file, t *target) *file {
	if best == nil {
		return f
	}
	if a, b := best.rank(t), f.rank(t); a != b {
		if b < a {
			return f
		}
		return best
	}
	if !f.sdist {
		if c := f.build.Compare(best.build); c != 0 {
			if c > 0 {
				return f
			}
			return best
		}
	}
	if f.position > best.position {
		return f
	}
	return best
}

// rank is lower for files that pip prefers.
func (f *file) rank(t *target) int32 {
	if f.sdist {
		return 1<<31 - 1
	}
	return f.tags.ranks[t.index]
}

// choose is the release that pip takes for a requirement on a target, out of those that match it (newest first); nil
// when no file of any fits. prereleases: the requirement names one, so that all count; otherwise they count only where
// no final release fits (PEP 440, "Handling of pre-releases").
func (p *planner) choose(matching []*release, t *target, pinned, prereleases bool) *release {
	applicable := p.applicable(matching, t, prereleases)
	for i, r := range applicable {
		if p.pick(r, t).clean != nil {
			return p.among(applicable[i:], t, func(k *pick) *file { return k.clean })
		}
	}
	if len(applicable) == 0 {
		return nil
	}
	return p.among(applicable, t, func(k *pick) *file { return k.yanked }) // whether it may be taken is decided later
}

func (p *planner) applicable(matching []*release, t *target, prereleases bool) []*release {
	var finals, all []*release
	for _, r := range matching {
		if !p.pick(r, t).fits() {
			continue
		}
		all = append(all, r)
		if !r.version.IsPrerelease() {
			finals = append(finals, r)
		}
	}
	if prereleases || len(finals) == 0 {
		return all
	}
	return finals
}

// among compares the files of the first release with those of releases whose versions are equal, but spelt differently.
func (p *planner) among(rs []*release, t *target, of func(*pick) *file) *release {
	best, from := of(p.pick(rs[0], t)), rs[0]
	for _, r := range rs[1:] {
		if r.version.Compare(from.version) != 0 {
			break
		}
		if f := of(p.pick(r, t)); f != nil && better(best, f, t) == f {
			best, from = f, r
		}
	}
	return from
}
