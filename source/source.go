// Package source reads where wishes come from: constraints files and hand-kept lists.
//
// Reading is pure: each reader takes a stream and gives a Reading, the same for the same bytes.
//
//   - Each want and exclude remembers the file and line that asks for it.
//   - A single bad line or entry is a Problem, told beside what could be read; nothing is ever dropped silently.
//   - An error means that the source as a whole says nothing: it can't be read, or isn't what it should be.
package source

import (
	"fmt"
	"io"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
)

// Origin is the place where something is asked for.
type Origin struct {
	Source string `json:"source"`
	Series string `json:"series,omitempty"`
	File   string `json:"file"`
	Line   int    `json:"line"`             // from 1; of a table or a continued line, its first
	Reason string `json:"reason,omitempty"` // why it is asked for, if the source says so
	Rank   int    `json:"-"`                // of the series among those of its source: the lower the older, whatever their names
}

// Want is one project asked for, in the versions and on the targets that it names.
type Want struct {
	Project  project.Name
	Spelt    string            // the project's name as the source writes it
	Versions pep440.Specifiers // empty: any; with Latest: which versions count
	Latest   int               // > 0: the newest so many versions within Versions; 0: the one that pip would take
	Marker   *pep508.Marker    // nil: always
	Targets  []string          // nil: every target; entries are a platform or platform/cpXY
	Origin   Origin
}

// Exclude is a rule that something is not wanted, whoever asks for it.
type Exclude struct {
	Project  project.Name
	Versions pep440.Specifiers // empty: all
	Targets  []string          // nil: every target
	Reason   string            // never empty
	Until    time.Time         // zero: for good; otherwise the rule ends at this moment
	Origin   Origin
}

// Problem is something in a source that is not understood or contradicts itself.
type Problem struct {
	Origin
	Column  int    `json:"column,omitempty"` // from 1, in bytes; 0: the line as a whole
	Problem string `json:"problem"`
}

// Reading is what a source says. The order is that of the source.
type Reading struct {
	Wants    []Want
	Excludes []Exclude
	Problems []Problem
}

// maxSource bounds what is read of one file; real ones have some 30 kB.
const maxSource = 16 << 20

func readAll(r io.Reader, at Origin) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", at.File, err)
	}
	if len(text) > maxSource {
		return nil, fmt.Errorf("reading %s: larger than %d bytes", at.File, maxSource)
	}
	return text, nil
}
