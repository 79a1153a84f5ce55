package plan

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"wheelyard/source"
)

// missing says why upstream has nothing for a want.
func (p *planner) missing(l *listing, w source.Want) settled {
	switch {
	case errors.Is(l.err, fs.ErrNotExist):
		return settled{Unknown, NoProject, "upstream has no project of this name"}
	case l.err != nil:
		return settled{Unknown, Unreachable, "for now: " + l.err.Error()}
	case l.status == "quarantined":
		reason := "upstream has the project in quarantine"
		if l.reason != "" {
			reason += ": " + l.reason
		}
		return settled{Unknown, Quarantined, reason}
	}
	known := slices.DeleteFunc(slices.Clone(l.releases), func(r *release) bool { return p.open(r).valid == 0 })
	if len(known) == 0 {
		return settled{Unknown, NoVersion, "upstream lists no version of it"}
	}
	what := "no version matches " + w.Versions.String()
	if text := versionText(w); text != "" {
		what = "no such version"
	}
	return settled{Unknown, NoVersion, what + "; the nearest are " + strings.Join(nearest(known, w), ", ")}
}

// nearestShown is how many versions are named on each side of one that is missing.
const nearestShown = 2

// nearest names the versions around a pin, or the newest ones.
func nearest(known []*release, w source.Want) []string {
	at := 0
	if v, ok := w.Versions.Pin(); ok && !v.IsZero() {
		for at < len(known) && known[at].version.Compare(v) > 0 {
			at++
		}
	}
	from := max(at-nearestShown, 0)
	var names []string
	for _, r := range known[from:min(at+nearestShown, len(known))] {
		names = append([]string{r.text}, names...)
	}
	return names
}
