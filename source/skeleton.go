package source

// SKELETON

import (
	"io"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
)

type Origin struct {
	Source string `json:"source"`
	Series string `json:"series,omitempty"`
	File   string `json:"file"`
	Line   int    `json:"line"`
}

type Want struct {
	Project  project.Name
	Spelt    string
	Versions pep440.Specifiers // with Latest: which versions count
	Latest   int               // > 0: the newest so many versions within Versions
	Marker   *pep508.Marker
	Targets  []string // nil: every target; entries may be a whole platform or platform/cpXY
	Reason   string
	Origin   Origin
}

type Exclude struct {
	Project  project.Name
	Versions pep440.Specifiers
	Targets  []string
	Reason   string
	Until    time.Time // zero: for good
	Origin   Origin
}

type Problem struct {
	Origin
	Problem string `json:"problem"`
}

type Reading struct {
	Wants    []Want
	Excludes []Exclude
	Problems []Problem
}

// ReadConstraints reads an upper-constraints.txt; at gives source, series and file. An error means that r could not be read.
func ReadConstraints(r io.Reader, at Origin) (Reading, error) { panic("unwritten") }

// ReadList reads a hand-kept list (TOML).
func ReadList(r io.Reader, at Origin) (Reading, error) { panic("unwritten") }
