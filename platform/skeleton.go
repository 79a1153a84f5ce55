package platform

// SKELETON

import (
	"context"
	"io"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
)

// Facts is what is known of a platform (docs of the format: ../shared/specs/cli.md "Facts of a platform").
type Facts struct {
	Format       int           `json:"format"`
	Platform     string        `json:"platform"`
	OS           OS            `json:"os"`
	Arch         string        `json:"arch"`
	Libc         Libc          `json:"libc"`
	Root         Root          `json:"root,omitzero"`
	Interpreters []Interpreter `json:"interpreters"`
}

type OS struct {
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
	Codename  string `json:"codename,omitempty"`
}

type Libc struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Root describes the root file system by the digest of its list of packages with versions.
type Root struct {
	Kind     string `json:"kind"` // "host"
	Digest   string `json:"digest"`
	Packages int    `json:"packages"`
}

type Interpreter struct {
	Target         string             `json:"target"` // cp311
	Implementation string             `json:"implementation"`
	Version        string             `json:"version"`
	ABI            string             `json:"abi"`
	SOABI          string             `json:"soabi"`
	Path           string             `json:"path,omitempty"`
	Markers        pep508.Environment `json:"markers,omitempty"`
	Tags           []string           `json:"tags,omitempty"`
}

// Target is one interpreter of one platform, ready for decisions.
type Target struct {
	Platform string
	Python   string // cp311
	Version  pep440.Version
	Markers  pep508.Environment
	Tags     tag.Set
	Libc     Libc
	Arch     string
	Path     string    // of the interpreter; empty: not on this machine
	Released time.Time // of Python X.Y; zero: not known
	Here     bool      // builds for it can run on this machine
	Root     string    // digest of the root's packages
}

func (t Target) Name() string { return t.Platform + "/" + t.Python }

func (f Facts) Targets() ([]Target, error) { panic("unwritten") }
func ReadFacts(r io.Reader) (Facts, error) { panic("unwritten") }
func (f Facts) Write(w io.Writer) error    { panic("unwritten") }

type Spec struct {
	Name     string
	Pythons  []string // "3.11", "3.13t", "pypy3.10"
	Packages []string // Debian packages that must be installed
}

// Probe runs the interpreters. Problems that people can mend are *MissingError.
func Probe(ctx context.Context, s Spec) (Facts, error) { panic("unwritten") }

// Load is Probe, remembered in file while the interpreters and the root's packages are the same.
func Load(ctx context.Context, s Spec, file string) (Facts, error) { panic("unwritten") }
