package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Commit is a state of all files.
type Commit struct {
	ID   ID
	Date time.Time // of its committer, in UTC, to the second: when it came into the branch, if clocks are right
}

// Tip is where a branch or tag stands.
type Tip struct {
	Commit
	Ref  string    // refs/heads/stable/x
	Gone time.Time // since when upstream doesn't have it any more; zero: it has it
}

// Resolve finds the first of the names that the last complete fetch has found upstream, a branch before a tag of the same name. A series that
// is renamed in the course of its life has all its names: Resolve(ctx, "stable/x", "unmaintained/x", "x-eol"). Full names, such as
// refs/tags/x-eol, are taken too.
//
// If upstream has none of them any more, it is the one that was last to go. fs.ErrNotExist: there never was one, or nothing was fetched.
func (m *Mirror) Resolve(ctx context.Context, names ...string) (Tip, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return Tip{}, err
	}
	defer done()
	s, err := m.State()
	if err != nil {
		return Tip{}, err
	}
	ref := s.resolve(names)
	if ref == nil {
		return Tip{}, fmt.Errorf("%s has no branch or tag %s: %w", m.at.shown, show(strings.Join(names, ", ")), fs.ErrNotExist)
	}
	t := Tip{Ref: ref.Name, Gone: ref.Gone}
	err = m.ask(ctx, func(r *reader) (err error) {
		t.Commit, err = r.commit(ref.Commit)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) { // must not be taken for a branch that isn't there
		err = fmt.Errorf("commit %s of %s is missing in %s: delete that folder, to have it fetched anew", ref.Commit, ref.Name, m.o.Dir)
	}
	return t, m.reading(err)
}

func (s *State) resolve(names []string) *Ref {
	var gone *Ref
	for _, name := range names {
		full := []string{branches + name, tags + name}
		if strings.HasPrefix(name, branches) || strings.HasPrefix(name, tags) {
			full = []string{name}
		}
		for _, name := range full {
			r := s.find(name)
			switch {
			case r == nil || r.Commit == "":
			case r.Gone.IsZero():
				return r
			case gone == nil || r.Gone.After(gone.Gone):
				gone = r
			}
		}
	}
	return gone
}

// maxCommit bounds a commit's own text; real ones have some 2 kB.
const maxCommit = 1 << 20

func (r *reader) commit(id ID) (Commit, error) {
	if err := r.isCommit(id); err != nil {
		return Commit{}, err
	}
	o, err := r.info(string(id))
	if err != nil {
		return Commit{}, err
	}
	if o.size > maxCommit {
		return Commit{}, fmt.Errorf("commit %s has %d bytes of text: at most %d are read", id, o.size, maxCommit)
	}
	text, err := r.contents(o)
	if err != nil {
		return Commit{}, err
	}
	header, _, _ := bytes.Cut(text, []byte("\n\n"))
	for line := range strings.Lines(string(header)) {
		if who, ok := strings.CutPrefix(line, "committer "); ok {
			at, _, _ := strings.Cut(strings.TrimSpace(who[strings.LastIndexByte(who, '>')+1:]), " ")
			date, err := parseDate(at)
			return Commit{ID: id, Date: date}, err
		}
	}
	return Commit{}, fmt.Errorf("commit %s has no committer", id)
}

// parseDate reads seconds since 1970. A date that no calendar has is the last one that has four digits of a year.
func parseDate(seconds string) (time.Time, error) {
	n, err := strconv.ParseUint(seconds, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return time.Time{}, fmt.Errorf("%q is no date of a commit", clip(seconds, 30))
	}
	return time.Unix(int64(min(n, 253402300799)), 0).UTC(), nil
}
