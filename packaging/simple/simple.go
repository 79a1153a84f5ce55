// Package simple reads and writes the pages of a package index: the "simple repository API" in its JSON (PEP 691) and HTML (PEP 503) forms.
//
// Reading is tolerant where real servers differ and clients agree: unknown keys are passed over, a null is as good as an absent key, an
// optional value that makes no sense (a size of "big") counts as not said. It is strict where tolerance would lie: what isn't a page at all
// is an error and never an empty page. The oracle is pip's own parser; differences_test.go lists where this package knowingly differs.
//
// Any input is read in linear time and memory. A file whose name is no plain file name ("../x", "a/b", control characters) is left out,
// so that no name read here can lead out of a folder.
//
// Writing gives the same bytes for the same value.
package simple

import (
	"fmt"
	"strings"
	"time"

	"wheelyard/packaging/project"
)

// Media types of pages, as in Accept and Content-Type.
const (
	TypeJSON = "application/vnd.pypi.simple.v1+json"
	TypeHTML = "application/vnd.pypi.simple.v1+html"
	TypeText = "text/html" // an alias of TypeHTML
)

// APIVersion is what written pages declare.
const APIVersion = "1.4"

// Project is one project's page.
type Project struct {
	APIVersion   string       // as read, "" when the page didn't say; not used in writing
	Name         project.Name // "" when a JSON page didn't say
	Versions     []string     // JSON only; nil when the page didn't say. In writing: no duplicates, one for each version in Files
	Files        []File       // in the page's order, which matters: among equals, pip takes the last
	Status       string       // PEP 792; "" means active
	StatusReason string
}

// Statuses of a project that change what may be offered (PEP 792).
const (
	Active      = "active"
	Archived    = "archived"
	Quarantined = "quarantined" // a page written with it has no files
	Deprecated  = "deprecated"
)

// File is one file of a project, as its page describes it.
type File struct {
	Filename           string            // a plain name, never a path
	URL                string            // absolute, or relative to the page; without fragment when read
	Hashes             map[string]string // algorithm to hexadecimal digest, as spelt; nil when there is none
	Size               int64             // in bytes; -1: not said
	UploadTime         time.Time         // in UTC; zero: not said
	RequiresPython     string            // "" when not said
	Yanked             bool
	YankedReason       string // may be "" when Yanked
	CoreMetadata       bool   // URL + ".metadata" is there (PEP 658, PEP 714)
	CoreMetadataHashes map[string]string
	GPGSig             *bool  // nil: not said
	Provenance         string // URL (PEP 740); "" when there is none
}

// Root is the list of an index's projects.
type Root struct {
	APIVersion string   // as read, "" when the page didn't say; not used in writing
	Projects   []string // as spelt
}

// VersionError says that a page follows an API of another major version than 1, whose meaning can't be known.
type VersionError struct {
	Version string // as the page spells it
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the page follows version %q of the simple API: only 1.x is known", e.Version)
}

// SyntaxError says that a text is no page.
type SyntaxError struct {
	Offset int // in bytes, where it was noticed
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("no page of a package index: %s (at byte %d)", e.Reason, e.Offset)
}

// checkVersion takes "" (not said) and every 1.x.
func checkVersion(v string) error {
	major, minor, _ := strings.Cut(v, ".")
	if v == "" || major == "1" && strings.Trim(minor, "0123456789") == "" {
		return nil
	}
	return &VersionError{Version: v}
}

// plainName tells whether name can be used as the name of a file in any folder.
func plainName(name string) bool {
	if name == "" || name == "." || name == ".." {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == 0x7f || c == '/' || c == '\\' {
			return false
		}
	}
	return true
}

// normal is the normal form of a project's name (PEP 503).
func normal(name string) project.Name {
	out := make([]byte, 0, len(name))
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == '.':
			if n := len(out); n == 0 || out[n-1] != '-' {
				out = append(out, '-')
			}
		case 'A' <= c && c <= 'Z':
			out = append(out, c+'a'-'A')
		default:
			out = append(out, c)
		}
	}
	return project.Name(out)
}
