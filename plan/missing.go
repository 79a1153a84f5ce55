package plan

import (
	"errors"
	"io/fs"
	"strings"

	"wheelyard/source"
)

// missing says why upstream has nothing for a want.
func missing(l *listing, w source.Want) settled {
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
	case len(l.releases) == 0:
		return settled{Unknown, NoVersion, "upstream lists no version of it"}
	}
	what := "no version matches " + w.Versions.String()
	if text := versionText(w); text != "" {
		what = "no such version"
	}
	return settled{Unknown, NoVersion, what + "; the nearest are " + strings.Join(nearest(l, w), ", ")}
}

// nearestShown is how many versions are named on each side of one that is missing.
const nearestShown = 2

// nearest names the versions around a pin, or the newest ones.
func nearest(l *listing, w source.Want) []string {
	at := 0
	if v, ok := w.Versions.Pin(); ok && !v.IsZero() {
		for at < len(l.releases) && l.releases[at].version.Compare(v) > 0 {
			at++
		}
	}
	from := max(at-nearestShown, 0)
	var names []string
	for _, r := range l.releases[from:min(at+nearestShown, len(l.releases))] {
		names = append([]string{r.text}, names...)
	}
	return names
}
