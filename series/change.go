package series

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"wheelyard/source"
	"wheelyard/source/git"
)

// Since says from when on changes count. One of the two is set.
type Since struct {
	Time   time.Time // what was there at this moment is old
	Commit git.ID    // what was there in this commit is old, for the series that have it in their history; the others have not changed
}

// ErrElsewhere: the commit is in the history of none of the series.
var ErrElsewhere = errors.New("no series has this commit in its history")

// Before reads the series as they were: what Read would have given then, but for what is wrong with it. changed are the series that have a then; of
// the others nothing is read. A series that began later wants nothing then.
func Before(ctx context.Context, m *git.Mirror, name string, l Layout, all []Series, since Since) (wants []source.Want, changed map[string]bool, err error) {
	changed = map[string]bool{}
	for i, s := range all {
		tip, err := s.tip(ctx, m)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		then, there, err := since.in(ctx, m, tip.ID, l.Constraints)
		if err != nil {
			return nil, nil, fmt.Errorf("series %s: %w", s.Name, err)
		}
		if !there {
			continue
		}
		changed[s.Name] = true
		if then == "" {
			continue
		}
		at := source.Origin{Source: name, Series: s.Name, Rank: i, File: l.Constraints}
		r, err := readOne(ctx, m, git.Tip{Commit: git.Commit{ID: then}}, at, Layout{Constraints: l.Constraints})
		if err != nil {
			return nil, nil, fmt.Errorf("series %s: %w", s.Name, err)
		}
		wants = append(wants, r.Wants...)
	}
	if len(changed) == 0 && since.Commit != "" {
		return nil, nil, ErrElsewhere
	}
	return wants, changed, nil
}

// in finds the commit as of which a branch is old; "": it had nothing then. there is false when the branch says nothing of it.
func (s Since) in(ctx context.Context, m *git.Mirror, tip git.ID, path string) (then git.ID, there bool, err error) {
	if s.Commit != "" {
		fork, err := m.ForkPoint(ctx, s.Commit, tip)
		if errors.Is(err, fs.ErrNotExist) {
			return "", false, nil
		}
		return s.Commit, err == nil && fork.ID == s.Commit, err
	}
	log, err := m.Log(ctx, tip, time.Time{}, s.Time, path)
	if err != nil || len(log) == 0 {
		return "", err == nil, err
	}
	return log[len(log)-1].ID, true, nil
}

// Added are the wants of now that were not there before: other versions, another marker, another project.
func Added(before, now []source.Want) []source.Want {
	type key struct {
		source.Origin
		project, versions, marker string
	}
	of := func(w source.Want) key {
		k := key{Origin: source.Origin{Source: w.Origin.Source, Series: w.Origin.Series}, project: string(w.Project), versions: w.Versions.String()}
		if w.Marker != nil {
			k.marker = w.Marker.String()
		}
		return k
	}
	known := map[key]bool{}
	for _, w := range before {
		known[of(w)] = true
	}
	var added []source.Want
	for _, w := range now {
		if !known[of(w)] {
			added = append(added, w)
		}
	}
	return added
}
