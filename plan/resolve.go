package plan

import (
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/source"
)

// resolve finds the versions that a want means on its target.
func (p *planner) resolve(l line) []*ask {
	a := ask{project: l.Project, version: versionText(l.Want), target: l.target, pinned: pinned(l.Versions)}
	pin, _ := l.Versions.Pin()
	if rule, out := p.excluded(l.Project, pin, l.target); out {
		a.settled = &rule
		return []*ask{&a}
	}
	listing := p.listings[l.Project]
	matching := p.match(listing, l.Versions)
	switch {
	case len(matching) == 0:
		s := p.missing(listing, l.Want)
		a.settled = &s
		return []*ask{&a}
	case l.Latest > 0:
		return p.latest(a, matching, l.Want)
	}
	a.release = p.choose(matching, l.target, a.pinned, l.Versions.AllowsPrereleases())
	if a.release == nil {
		a.release = newest(matching, l.Versions.AllowsPrereleases())
	}
	a.version = a.release.text
	return []*ask{&a}
}

// match is matching, remembered: a want is asked once for each target.
func (p *planner) match(l *listing, s pep440.Specifiers) []*release {
	if l.err != nil {
		return nil
	}
	key := s.String()
	rs, ok := l.matches[key]
	if !ok {
		rs = p.matching(l, s)
		l.matches[key] = rs
	}
	return rs
}

// newest is the release to speak of when nothing fits: final and not yanked as a whole, if there is one.
func newest(matching []*release, prereleases bool) *release {
	for _, r := range matching {
		if !r.yanked && (prereleases || !r.version.IsPrerelease()) {
			return r
		}
	}
	return matching[0]
}

// latest takes the newest versions within a want, whatever the target: that set is the same everywhere, and a version
// which a target cannot have is told as such. Versions yanked as a whole don't count, nor pre-releases beside finals.
func (p *planner) latest(a ask, matching []*release, w source.Want) []*ask {
	var finals, all []*release
	for _, r := range matching {
		if !r.yanked {
			all = append(all, r)
			if !r.version.IsPrerelease() {
				finals = append(finals, r)
			}
		}
	}
	if !w.Versions.AllowsPrereleases() && len(finals) > 0 {
		all = finals
	}
	if len(all) == 0 {
		all = matching[:1]
	}
	var asks []*ask
	for _, r := range all[:min(w.Latest, len(all))] {
		b := a
		b.release, b.version = r, r.text
		asks = append(asks, &b)
	}
	return asks
}

// versionText is the pin in normal form, as spelt when it is no version; "" for a range.
func versionText(w source.Want) string {
	v, ok := w.Versions.Pin()
	switch {
	case !ok:
		return ""
	case v.IsZero():
		return strings.TrimSpace(strings.TrimLeft(w.Versions.String(), "="))
	}
	return v.String()
}

// pinned is pip's own rule for who may take a yanked file: some clause is === or an == without a wildcard.
func pinned(s pep440.Specifiers) bool {
	for clause := range strings.SplitSeq(s.String(), ",") {
		clause = strings.TrimSpace(clause)
		if strings.HasPrefix(clause, "===") || strings.HasPrefix(clause, "==") && !strings.HasSuffix(clause, ".*") {
			return true
		}
	}
	return false
}
