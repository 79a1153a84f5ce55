package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"wheelyard/cmd/wheelyard/config"
	"wheelyard/series"
	"wheelyard/source"
	"wheelyard/source/git"
)

// read reads all sources.
func (h *house) read(ctx context.Context) (source.Reading, error) {
	var all source.Reading
	for i, s := range h.config.Sources {
		r, err := h.readSource(ctx, s)
		if unread, ok := errors.AsType[*fs.PathError](err); ok && s.Git == "" {
			key := fmt.Sprintf("source[%d].%s", i, s.Key())
			return all, h.config.Wrong(key, fmt.Sprintf("source %s: %v", s.Name, unread), "paths are relative to this file")
		}
		if err != nil {
			return all, fmt.Errorf("source %s: %w", s.Name, err)
		}
		for j := range r.Wants {
			if r.Wants[j].Targets == nil {
				r.Wants[j].Targets = s.Targets
			}
		}
		all.Wants = append(all.Wants, r.Wants...)
		all.Excludes = append(all.Excludes, r.Excludes...)
		all.Problems = append(all.Problems, r.Problems...)
	}
	return all, nil
}

func (h *house) readSource(ctx context.Context, s config.Source) (source.Reading, error) {
	switch {
	case s.Git != "":
		return h.readRepository(ctx, s)
	case s.Packages != "":
		return h.readFile(s.Packages, source.Origin{Source: s.Name}, source.ReadList)
	}
	at := source.Origin{Source: s.Name}
	if names := s.Series(); len(names) > 0 {
		at.Series = names[0]
	}
	return h.readFile(s.Constraints, at, source.ReadConstraints)
}

// readFile reads a list or a constraints file. Its origins name the file as it is seen from the configuration, so that they are the same wherever that is.
func (h *house) readFile(path string, at source.Origin, reader func(io.Reader, source.Origin) (source.Reading, error)) (source.Reading, error) {
	file, err := os.Open(path)
	if err != nil {
		return source.Reading{}, err
	}
	defer file.Close()
	if at.File, err = filepath.Rel(filepath.Dir(h.config.File), path); err != nil {
		at.File = path
	}
	return reader(file, at)
}

// readRepository reads the series of a git repository, brought up to date unless offline. When that can't be done, its last good state counts, and the
// trouble is told.
func (h *house) readRepository(ctx context.Context, s config.Source) (source.Reading, error) {
	m, err := h.mirror(ctx, s)
	if err != nil {
		return source.Reading{}, err
	}
	defer m.Close()
	var trouble []source.Problem
	if !h.offline {
		if _, err := m.Fetch(ctx); err != nil {
			state, none := m.State()
			if none != nil || ctx.Err() != nil {
				return source.Reading{}, fmt.Errorf("fetching %s: %w", m.Location(), err)
			}
			trouble = append(trouble, source.Problem{Origin: source.Origin{Source: s.Name, File: m.Location(), Line: 1},
				Problem: fmt.Sprintf("it can't be fetched, and counts as it was on %s: %v", state.Checked.UTC().Format(time.RFC3339), err)})
		}
	}
	r, _, err := series.Read(ctx, m, s.Name, layoutOf(s), seriesOf(s))
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("%s was never fetched\n  hint: `wheelyard plan` without --offline does it", m.Location())
	}
	r.Problems = append(trouble, r.Problems...)
	return r, err
}

// mirror is the local copy of a git source.
func (h *house) mirror(ctx context.Context, s config.Source) (*git.Mirror, error) {
	return git.Open(ctx, git.Options{Location: s.Git, Dir: h.below("sources", s.Name), Now: h.now})
}

func layoutOf(s config.Source) series.Layout {
	return series.Layout{Constraints: s.Constraints, Deny: s.Deny}
}

func seriesOf(s config.Source) []series.Series {
	var all []series.Series
	for _, name := range s.Series() {
		all = append(all, series.Series{Name: name, Refs: s.Renamed[name]})
	}
	return all
}
