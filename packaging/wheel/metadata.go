package wheel

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
)

var errNotUTF8 = errors.New("it isn't in UTF-8")

// Metadata is the part of METADATA that decisions are made from (core metadata specification, up to 2.5). It is the text's own
// spelling, but for Requirements.
type Metadata struct {
	MetadataVersion string
	Name            string // valid; not normalised
	Version         string // valid; not normalised
	RequiresPython  string // "": not said, or any
	RequiresDist    []pep508.Requirement
	ProvidesExtra   []string
	Dynamic         []string // fields that an sdist leaves to the build (since 2.2)

	// Problems are lines that decide something, and can't be understood: of Requires-Dist and Requires-Python. Old wheels have
	// such lines, and pip ignores them or fails, by its version; whoever admits a wheel decides.
	Problems []*FieldError
}

// FieldError is a line of METADATA that can't be understood.
type FieldError struct {
	Field string // "Requires-Dist"
	Value string // as it stands there
	Err   error
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("%s: %.300q: %v", e.Field, e.Value, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

// Metadata reads METADATA; raw is the file as it stands there, which is also what an index serves beside the wheel. Errors are those of
// ParseMetadata, ErrLimit, and fs.ErrNotExist when there is none.
func (a *Archive) Metadata() (md Metadata, raw []byte, err error) {
	raw, name, err := a.readInfo("METADATA")
	if err != nil {
		return Metadata{}, nil, err
	}
	md, err = parseMetadata(string(raw))
	if err != nil {
		return Metadata{}, nil, &MemberError{name, err.Error(), ErrFormat}
	}
	return md, raw, nil
}

// ParseMetadata reads a METADATA file. It takes what packaging.metadata takes, as far as the fields of Metadata go, and pip reads.
//
// The error is ErrFormat when the text isn't in UTF-8 (pip refuses it too), when its version isn't 1.x or 2.x, when name or version is missing or
// isn't valid, or when a field stands there twice that may do so once: readers differ on which of them counts.
// A field that can't be understood otherwise is among Problems.
func ParseMetadata(raw []byte) (Metadata, error) {
	md, err := parseMetadata(string(raw))
	if err != nil {
		return Metadata{}, fmt.Errorf("%w: METADATA: %w", ErrFormat, err)
	}
	return md, nil
}

// single are the fields that may be there once.
var single = []string{
	"author", "author-email", "description", "description-content-type", "download-url", "home-page", "keywords", "license",
	"license-expression", "maintainer", "maintainer-email", "metadata-version", "name", "requires-python", "summary", "version",
}

func parseMetadata(text string) (md Metadata, err error) {
	if !utf8.ValidString(text) {
		return md, errNotUTF8
	}
	h := parseHeaders(text)
	if name := h.twice(func(name string) bool { return slices.Contains(single, name) }); name != "" {
		return md, fmt.Errorf("it has the field %s twice", name)
	}
	md = Metadata{
		MetadataVersion: h.first("metadata-version"), Name: h.first("name"), Version: h.first("version"), RequiresPython: h.first("requires-python"),
		ProvidesExtra: h.all("provides-extra"), Dynamic: h.all("dynamic"),
	}
	if major, _, ok := majorMinor(md.MetadataVersion); !ok || major != "1" && major != "2" {
		return md, fmt.Errorf("its version of the format is %.100q, and 1.x and 2.x are known", md.MetadataVersion)
	}
	if !project.Valid(md.Name) {
		return md, fmt.Errorf("its name is %.300q", md.Name)
	}
	if _, err := pep440.Parse(md.Version); err != nil {
		return md, err
	}
	if _, err := pep440.ParseSpecifiers(md.RequiresPython); err != nil {
		md.Problems = append(md.Problems, &FieldError{"Requires-Python", md.RequiresPython, err})
	}
	for _, line := range h.all("requires-dist") {
		r, err := pep508.Parse(line)
		if err != nil {
			md.Problems = append(md.Problems, &FieldError{"Requires-Dist", line, err})
			continue
		}
		md.RequiresDist = append(md.RequiresDist, r)
	}
	return md, nil
}

// CheckName says whether the wheel belongs to its file name: the .dist-info folder and METADATA must be of that project and that
// version, as they compare, not as they are spelt. The error wraps ErrName, or is one of Metadata's.
func (a *Archive) CheckName(f Filename) error {
	name, version, err := splitDistInfo(a.distInfo)
	if err != nil {
		return fmt.Errorf("%w: %.300q: %w", ErrName, a.distInfo, err)
	}
	md, _, err := a.Metadata()
	if err != nil {
		return err
	}
	for _, c := range []struct{ where, name, version string }{{a.distInfo, name, version}, {"METADATA", md.Name, md.Version}} {
		if project.Normalize(c.name) != f.Project {
			return fmt.Errorf("%w: %.300q is of the project %.300q, not %s", ErrName, c.where, c.name, f.Project)
		}
		if v, err := pep440.Parse(c.version); err != nil || v.Compare(f.Version) != 0 {
			return fmt.Errorf("%w: %.300q is of version %.300q, not %s", ErrName, c.where, c.version, f.Version)
		}
	}
	return nil
}
