// Package platform describes what wheels are built for: a system, its interpreters, and what each of them takes.
//
// The host is probed by running its interpreters. What is found is a value, Facts, that can be written and read
// (docs: "Facts of a platform"), so that one machine can plan for platforms that only others have.
//
//   - Nothing is assumed of an interpreter that it can say itself; tags are computed from its answers by packaging/tag.
//   - Planning needs Targets alone, and those come from Facts without running anything.
//   - An interpreter that an ordinary user cannot reach is not used, since builds never run as root.
//   - The only thing stored is the file that Load is given; it may be deleted at any time.
package platform

import (
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
)

// Format is the number of the format of Facts as JSON. Fields are added to a format, never changed.
const Format = 1

// Facts is what is known of a platform.
type Facts struct {
	Format       int           `json:"format"`
	Platform     string        `json:"platform"` // debian-12-x86_64
	OS           OS            `json:"os"`
	Arch         string        `json:"arch"` // of the interpreters, as `uname -m` would print it there
	Libc         Libc          `json:"libc"`
	Root         Root          `json:"root,omitzero"`
	Interpreters []Interpreter `json:"interpreters"`

	here bool // probed on this machine
}

// OS is the distribution, in the words of os-release(5).
type OS struct {
	ID        string `json:"id"`
	VersionID string `json:"version_id"` // empty on distributions without releases
	Codename  string `json:"codename,omitempty"`
}

// Libc is the C library that the interpreters are linked with.
type Libc struct {
	Name    string `json:"name"`    // "glibc" or "musl"
	Version string `json:"version"` // "2.36"
}

// Root describes the root file system by the digest of its packages with their versions.
type Root struct {
	Kind     string `json:"kind"`     // "host"
	Digest   string `json:"digest"`   // "dpkg:sha256:…"; what stands before the first colon names what was digested
	Packages int    `json:"packages"` // installed ones; 0: not counted
}

// Interpreter is one Python of a platform.
type Interpreter struct {
	Target         string             `json:"target"`         // cp311, cp313t, pp310
	Implementation string             `json:"implementation"` // platform.python_implementation(): CPython, PyPy
	Version        string             `json:"version"`        // of the language: 3.11.2
	ABI            string             `json:"abi"`            // the tag of its own extension modules: cp311, cp313t, pypy310_pp73
	SOABI          string             `json:"soabi"`
	Path           string             `json:"path,omitempty"`    // of the executable itself, no link or shim
	Markers        pep508.Environment `json:"markers,omitempty"` // missing ones are computed by Targets
	Tags           []string           `json:"tags,omitempty"`    // most preferred first; none: computed by Targets
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
	Root     string    // digest of the root's packages; empty: not known
}

// Name is how people and records name the target: debian-12-x86_64/cp311.
func (t Target) Name() string { return t.Platform + "/" + t.Python }

// Spec is what the configuration says of the host.
type Spec struct {
	Name     string
	Pythons  []string // "3.11", "3.13t", "pypy3.10", or the absolute path of an interpreter
	Packages []string // Debian packages that must be installed
}
