// Package series reads the constraints of a project's release series out of the branches of a git repository.
//
//   - The order of the series is that of the configuration, never one of names: stable/zed comes before stable/2023.1.
//   - What is wrong with one series is a Problem of it, and the others are read all the same. A branch that is gone upstream is told, and its last
//     known pins stay wanted.
//   - Nothing is fetched here, and nothing is stored.
package series

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"wheelyard/source"
	"wheelyard/source/git"
)

// Series is one line of development.
type Series struct {
	Name string   // as the configuration has it: stable/2025.1
	Refs []string // branches and tags that it was renamed to in the course of time; it is looked for under its name first
}

// tip is where it stands, under whichever of its names. fs.ErrNotExist.
func (s Series) tip(ctx context.Context, m *git.Mirror) (git.Tip, error) {
	return m.Resolve(ctx, append([]string{s.Name}, s.Refs...)...)
}

// Layout says where a repository keeps what.
type Layout struct {
	Constraints string   // path of the constraints file
	Deny        []string // names under which lists of projects that the constraints leave out may be; of each that is there, every line counts
}

// Branch is where a series stands.
type Branch struct {
	Series string
	git.Tip
	Found bool // false: there never was such a branch
}

// Read reads the series of a mirror as its last fetch found them, for the source of that name. The branches are in the order of the series. An error
// means that nothing could be read; it wraps fs.ErrNotExist when the mirror was never fetched.
func Read(ctx context.Context, m *git.Mirror, name string, l Layout, all []Series) (source.Reading, []Branch, error) {
	var (
		out      source.Reading
		branches []Branch
	)
	if _, err := m.State(); err != nil {
		return out, nil, err
	}
	for i, s := range all {
		at := source.Origin{Source: name, Series: s.Name, Rank: i, File: l.Constraints}
		tip, err := s.tip(ctx, m)
		branches = append(branches, Branch{Series: s.Name, Tip: tip, Found: err == nil})
		if errors.Is(err, fs.ErrNotExist) {
			out.Problems = append(out.Problems, problem(at, "the repository has no branch of that name, and had none when it was fetched before"))
			continue
		}
		if err != nil {
			return out, nil, err
		}
		r, err := readOne(ctx, m, tip, at, l)
		if err != nil {
			return out, nil, fmt.Errorf("series %s: %w", s.Name, err)
		}
		out.Wants = append(out.Wants, r.Wants...)
		out.Problems = append(out.Problems, r.Problems...)
	}
	return out, branches, nil
}

func problem(at source.Origin, text string) source.Problem {
	if at.Line == 0 {
		at.Line = 1
	}
	return source.Problem{Origin: at, Problem: text}
}

// readOne reads one series as of its tip.
func readOne(ctx context.Context, m *git.Mirror, tip git.Tip, at source.Origin, l Layout) (source.Reading, error) {
	var r source.Reading
	if !tip.Gone.IsZero() {
		r.Problems = append(r.Problems, problem(at, fmt.Sprintf("its branch is gone upstream since %s; what it last asked for, on %s, stays wanted until it is taken out of the configuration",
			tip.Gone.UTC().Format(time.DateOnly), tip.Date.UTC().Format(time.DateOnly))))
	}
	files, err := m.Files(ctx, tip.ID, append([]string{l.Constraints}, l.Deny...)...)
	if err != nil {
		return r, err
	}
	if err := files[0].Err; err != nil {
		text := err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			text = "the branch has no such file"
		}
		r.Problems = append(r.Problems, problem(at, text))
		return r, nil
	}
	pins, err := source.ReadConstraints(bytes.NewReader(files[0].Data), at)
	if err != nil {
		r.Problems = append(r.Problems, problem(at, err.Error()))
		return r, nil
	}
	r.Wants = pins.Wants
	r.Problems = append(r.Problems, pins.Problems...)
	for _, f := range files[1:] {
		from := at
		from.File = f.Path
		switch {
		case errors.Is(f.Err, fs.ErrNotExist): // lists were renamed, and old series have none
		case f.Err != nil:
			r.Problems = append(r.Problems, problem(from, f.Err.Error()))
		default:
			d, bad := readDeny(string(f.Data), from)
			r.Problems = append(r.Problems, bad...)
			r.Problems = append(r.Problems, d.contradictions(r.Wants)...)
		}
	}
	return r, nil
}
