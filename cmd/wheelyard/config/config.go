// Package config reads wheelyard.toml: which platforms, sources and limits a yard has.
//
// Whatever is wrong in the file is one Error with file, line, column and a hint, found before any work starts.
// Nothing else than the file is read here: whether an interpreter or a list is really there is for its own room to say.
package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Config is one wheelyard.toml. Paths in it are absolute, made so from the file's folder.
type Config struct {
	File string `toml:"-"` // absolute

	Yard      string     `toml:"yard"`
	Upstream  Upstream   `toml:"upstream"`
	Platforms []Platform `toml:"platform"`
	Sources   []Source   `toml:"source"`
	Policy    Policy     `toml:"policy"`
	Limits    Limits     `toml:"limits"`
}

// Upstream says where PyPI, or what stands for it, is.
type Upstream struct {
	Index string `toml:"index"` // "" means the index that pip on this machine uses
}

// Platform is one [[platform]]: this machine (Root is "host"), or one that only another machine can build for (Facts).
type Platform struct {
	Name     string   `toml:"name"`
	Root     string   `toml:"root"`
	Pythons  []string `toml:"pythons"`  // "3.11", "3.13t", "pypy3.10"
	Packages []string `toml:"packages"` // system packages that every build needs
	Facts    string   `toml:"facts"`    // file that `wheelyard platform show --format json` printed elsewhere
}

// Source is one [[source]]: a hand-kept list (Packages), a constraints file (Constraints), or those of the branches of a git repository (Git).
type Source struct {
	Name        string              `toml:"name"`
	Packages    string              `toml:"packages"`
	Git         string              `toml:"git"`         // URL or path of a repository or bundle
	Constraints string              `toml:"constraints"` // with Git: a path in the repository
	Deny        []string            `toml:"deny"`        // with Git: names of lists of what the constraints leave out
	SeriesValue any                 `toml:"series"`      // a name, or with Git a list of names; see Series
	Renamed     map[string][]string `toml:"renamed"`     // with Git: other names of a series' branch, in the course of its life
	Targets     []string            `toml:"targets"`     // platforms or targets; nil means all
}

// Series are the names of its series, oldest first; nil: it has none.
func (s Source) Series() []string {
	names, _ := s.series()
	return names
}

// series is false when it is neither a name nor a list of names.
func (s Source) series() (names []string, ok bool) {
	switch v := s.SeriesValue.(type) {
	case nil:
		return nil, true
	case string:
		return []string{v}, v != ""
	case []any:
		for _, e := range v {
			name, text := e.(string)
			if !text || name == "" {
				return nil, false
			}
			names = append(names, name)
		}
		return names, true
	}
	return nil, false
}

// Key is the one of the keys that names the source's file or repository.
func (s Source) Key() string {
	switch {
	case s.Packages != "":
		return "packages"
	case s.Git != "":
		return "git"
	}
	return "constraints"
}

// Policy is what people decided.
type Policy struct {
	Pure string `toml:"pure"` // "build" (default) or "skip"
}

// Limits bound each build; zero means the builder's default.
type Limits struct {
	Time      Duration `toml:"time"`
	CPU       Duration `toml:"cpu"`
	Memory    Size     `toml:"memory"`
	Disk      Size     `toml:"disk"`
	Log       Size     `toml:"log"`
	Processes int      `toml:"processes"`
}

// Load reads and checks the file. Errors are *Error, or that the file can't be read.
func Load(file string) (Config, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return Config{}, err
	}
	text, err := os.ReadFile(abs)
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	return parse(abs, text)
}

// Find returns the configuration to use: wheelyard.toml in dir or the nearest folder above it, else fallback
// (the value of $WHEELYARD_CONFIG). Errors wrap fs.ErrNotExist when there is none.
func Find(dir, fallback string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, Name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if fallback != "" {
		return fallback, nil
	}
	return "", noneError{fmt.Sprintf("no %s in %s or above it: `wheelyard init` writes one", Name, dir)}
}

// noneError tells that there is no configuration.
type noneError struct{ text string }

func (e noneError) Error() string        { return e.text }
func (e noneError) Is(target error) bool { return target == fs.ErrNotExist }

// Name is the file that commands look for.
const Name = "wheelyard.toml"

// Duration is a time span such as "90s" or "2h".
type Duration time.Duration

// UnmarshalText takes what time.ParseDuration takes; it must be positive.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is no duration such as \"90s\" or \"2h\"", text)
	}
	*d = Duration(v)
	return nil
}
