package plan

// candidates explains each file of the release for a target.
func (p *planner) candidates(a *ask) []Candidate {
	best := p.pick(a.release, a.target).best(a.pinned)
	list := make([]Candidate, len(a.release.files))
	for i, f := range a.release.files {
		c := &list[i]
		c.Filename = f.Filename
		c.Mismatch, c.Why = p.mismatch(f, a.target)
		if c.Mismatch == "" && f.Yanked && (best == nil || !best.Yanked) {
			c.Mismatch, c.Why = Yanked, yankNote(f)
		}
		c.Fits, c.Chosen = c.Mismatch == "", f == best
		if c.Fits {
			c.Why = fitting(f, best)
		}
	}
	return list
}

func (p *planner) mismatch(f *file, t *target) (Mismatch, string) {
	switch {
	case f.bad != "":
		return f.bad, f.why
	case f.sdist && !f.tagsFit(t):
		return WrongPython, "an sdist for Python " + f.only + " only"
	case !f.tagsFit(t):
		m := f.tags.misfit(t)
		return m.kind, m.why
	case !p.pythonFits(f, t):
		return RefusedByPython, "requires Python " + f.RequiresPython
	}
	return "", ""
}

func fitting(f, best *file) string {
	switch {
	case !f.sdist && f == best:
		return "fits, and is the one that pip takes"
	case !f.sdist:
		return "fits, but pip prefers another"
	}
	_, ext := splitExtension(f.Filename)
	why := "an sdist: " + ext
	if digest(f.File) == "" {
		why += ", without a sha256"
	}
	if best.sdist && f != best {
		why += "; pip takes the one that is listed last"
	}
	return why
}
