package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// maxLog bounds what is read of a history: over a million commits.
const maxLog = 96 << 20

// Log are the commits of a branch that changed one of the paths, all for no paths, from since on and before until, the oldest first. A zero
// time is no bound. fs.ErrNotExist: there is no such commit.
//
// Only first parents are followed: what a merge brought counts from the merge on, as it did for those who used the branch. So the branch's
// files on a day are those of the last commit before its end. The order is that of the branch, also where dates are not.
func (m *Mirror) Log(ctx context.Context, tip ID, since, until time.Time, paths ...string) ([]Commit, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	for _, path := range paths {
		if !fs.ValidPath(path) || path == "." {
			return nil, m.reading(fmt.Errorf("%s: %w", show(path), fs.ErrInvalid))
		}
	}
	if err := m.ask(ctx, func(r *reader) error { return r.isCommit(tip) }); err != nil {
		return nil, m.reading(err)
	}
	c := m.local(slices.Concat([]string{"rev-list", "--first-parent", "--timestamp", string(tip), "--"}, paths)...)
	c.limit = maxLog
	out, err := run(ctx, c)
	if err != nil {
		return nil, m.reading(err)
	}
	log, err := parseLog(string(out), since, until)
	return log, m.reading(err)
}

// parseLog reads lines of "SECONDS ID", the newest first.
func parseLog(out string, since, until time.Time) ([]Commit, error) {
	var log []Commit
	for line := range strings.Lines(out) {
		seconds, id, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		date, err := parseDate(seconds)
		if err != nil || !ID(id).valid() {
			return nil, fmt.Errorf("git rev-list: %q is no line of a history", clip(line, 100))
		}
		if !since.IsZero() && date.Before(since) || !until.IsZero() && !date.Before(until) {
			continue
		}
		log = append(log, Commit{ID: ID(id), Date: date})
	}
	slices.Reverse(log)
	return log, nil
}

// ForkPoint is the last commit that two histories share. fs.ErrNotExist: they share none, or there is no such commit.
func (m *Mirror) ForkPoint(ctx context.Context, a, b ID) (Commit, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return Commit{}, err
	}
	defer done()
	if err := m.ask(ctx, func(r *reader) error { return errors.Join(r.isCommit(a), r.isCommit(b)) }); err != nil {
		return Commit{}, m.reading(err)
	}
	out, err := run(ctx, m.local("merge-base", string(a), string(b)))
	if e, ok := errors.AsType[*Error](err); ok && e.Status == 1 && e.Said == "" {
		return Commit{}, m.reading(fmt.Errorf("%s and %s share no commit: %w", a, b, fs.ErrNotExist))
	}
	if err != nil {
		return Commit{}, m.reading(err)
	}
	var c Commit
	err = m.ask(ctx, func(r *reader) (err error) {
		c, err = r.commit(ID(strings.TrimSpace(string(out))))
		return err
	})
	return c, m.reading(err)
}
