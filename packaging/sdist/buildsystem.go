package sdist

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"wheelyard/packaging/pep508"
)

// BuildSystem is the table build-system of a pyproject.toml (PEP 517, PEP 518).
type BuildSystem struct {
	Requires    []string // requirements, as spelt (PEP 508)
	Backend     string   // LegacyBackend when nothing is said
	BackendPath []string // where the backend is imported from: relative, clean, within the source; nil: it is installed
}

// LegacyBackend is what builds a source that names no backend.
const LegacyBackend = "setuptools.build_meta:__legacy__"

// ParseBuildSystem reads pyproject.toml as pip does; nil means that there is none. Errors wrap ErrBuildSystem.
//
// Without a table build-system, the legacy backend with setuptools>=40.8.0 is asked for. With a table that names no backend it is the
// legacy backend too, but only what the table requires is installed. A table must have requires. Keys that aren't known are passed over.
//
// The time needed is linear in the number of keys up to a bound, beyond which the file is refused; the caller bounds its size.
func ParseBuildSystem(pyproject []byte) (BuildSystem, error) {
	b, err := parseBuildSystem(pyproject)
	if err != nil {
		return BuildSystem{}, fmt.Errorf("%w: %w", ErrBuildSystem, err)
	}
	return b, nil
}

// maxKeys is a bound for what the library needs quadratic time for: twenty times what the largest files have.
const maxKeys = 20_000

func parseBuildSystem(text []byte) (BuildSystem, error) {
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return BuildSystem{}, errors.New("it begins with a byte order mark, which readers of TOML refuse")
	}
	if bytes.Count(text, []byte("="))+bytes.Count(text, []byte("[")) > maxKeys {
		return BuildSystem{}, errors.New("it has too many keys")
	}
	// pip opens the file as text, and so takes the line ends of any system.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	var all map[string]any
	if err := toml.Unmarshal(text, &all); err != nil {
		return BuildSystem{}, syntaxError(err)
	}
	said, ok := all["build-system"]
	if !ok {
		return BuildSystem{Requires: []string{"setuptools>=40.8.0"}, Backend: LegacyBackend}, nil
	}
	table, ok := said.(map[string]any)
	if !ok {
		return BuildSystem{}, errors.New("build-system is no table")
	}
	return readTable(table)
}

func syntaxError(err error) error {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		return fmt.Errorf("line %d, column %d: %w", row, column, err)
	}
	return err
}

func readTable(table map[string]any) (b BuildSystem, err error) {
	requires, ok := table["requires"]
	if !ok {
		return b, errors.New("build-system doesn't say what it requires")
	}
	if b.Requires, ok = texts(requires); !ok {
		return b, errors.New("build-system.requires is no list of strings")
	}
	for _, r := range b.Requires {
		if _, err := pep508.Parse(r); err != nil {
			return b, fmt.Errorf("build-system.requires: %s: %w", clip(r), err)
		}
	}
	b.Backend = LegacyBackend
	if backend, said := table["build-backend"]; said {
		if b.Backend, ok = backend.(string); !ok || b.Backend == "" {
			return b, errors.New("build-system.build-backend is no name of a backend")
		}
	}
	if paths, said := table["backend-path"]; said {
		if b.BackendPath, ok = texts(paths); !ok {
			return b, errors.New("build-system.backend-path is no list of strings")
		}
	}
	for i, p := range b.BackendPath {
		if b.BackendPath[i], err = within(p); err != nil {
			return b, err
		}
	}
	return b, nil
}

func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	all := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, false
		}
		all = append(all, s)
	}
	return slices.Clip(all), true
}

// within is pip's norm_and_check, made clean.
func within(p string) (string, error) {
	clean := path.Clean(p)
	switch {
	case path.IsAbs(p):
		return "", fmt.Errorf("build-system.backend-path: %s is absolute", clip(p))
	case clean == ".." || strings.HasPrefix(clean, "../"):
		return "", fmt.Errorf("build-system.backend-path: %s is outside of the source", clip(p))
	case strings.IndexByte(p, 0) >= 0:
		return "", fmt.Errorf("build-system.backend-path: %s holds a NUL", clip(p))
	}
	return clean, nil
}
