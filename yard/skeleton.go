package yard

// SKELETON: values; the store itself (Open, Lock, Attempt, Admit, Wheels, Attempts, Rebuild) is for the yard's author.

import (
	"context"
	"io"
	"time"

	"wheelyard/packaging/project"
)

// Class is how an attempt ended; it decides about the retry.
type Class string

const (
	Built            Class = "built"
	SourceFault      Class = "source"
	PythonTooNew     Class = "python-too-new"
	Incomplete       Class = "incomplete"
	MissingLibrary   Class = "missing-library"
	BuildRequirement Class = "build-requirement"
	Limits           Class = "limits"
	Infrastructure   Class = "infrastructure"
)

// Key identifies an order: "sha256:…" over sdist, target and build number.
type Key string

type File struct {
	Filename string `json:"filename"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size,omitempty"`
}

// Attempt is one try at an order: what a record of kind attempt says.
type Attempt struct {
	Order       Key          `json:"order"`
	Project     project.Name `json:"project"`
	Version     string       `json:"version"`
	Target      string       `json:"target"`
	BuildNumber int          `json:"build_number"`
	Inputs      string       `json:"inputs"` // digest of all else that the outcome depends on: root, policy, builder's rules
	Class       Class        `json:"class"`
	Reason      string       `json:"reason,omitempty"`
	Advice      string       `json:"advice,omitempty"`
	Sdist       File         `json:"sdist"`
	Wheel       File         `json:"wheel,omitzero"`
	Log         File         `json:"log,omitzero"`
	Environment []File       `json:"environment,omitempty"`
	AsOf        time.Time    `json:"as_of,omitzero"`
	Root        string       `json:"root,omitempty"`
	Started     time.Time    `json:"started"`
	Took        Timings      `json:"took"`
	Number      int          `json:"number"` // how many attempts of this order with these inputs, this one counted
}

// Timings in milliseconds.
type Timings struct {
	Total, Fetch, Environment, Backend, CPU int64
}

// Wheel is one admitted file: what a record of kind admission says.
type Wheel struct {
	Platform       string       `json:"platform"`
	Filename       string       `json:"filename"`
	SHA256         string       `json:"sha256"`
	Size           int64        `json:"size"`
	Project        project.Name `json:"project"`
	Version        string       `json:"version"`
	Target         string       `json:"target"`
	Order          Key          `json:"order"`
	RequiresPython string       `json:"requires_python,omitempty"`
	Metadata       string       `json:"metadata"` // sha256 of METADATA, a blob too
	Admitted       time.Time    `json:"admitted"`
}

type Options struct {
	Now func() time.Time // nil: time.Now
}

type Yard struct{}

func Create(dir string) error                   { panic("unwritten") } // folders, key; repeatable
func Open(dir string, o Options) (*Yard, error) { panic("unwritten") } // for reading; fs.ErrNotExist: no yard there
func (y *Yard) Close() error                    { panic("unwritten") }

// ErrLocked: another process writes.
type LockedError struct {
	PID   int
	Since time.Time
}

func (e *LockedError) Error() string { panic("unwritten") }

// Lock makes this process the one writer, and applies records that the catalog has not seen. *LockedError.
func (y *Yard) Lock(ctx context.Context) (unlock func(), err error) { panic("unwritten") }

// Keep stores a blob and returns its sha256 (hex). Repeatable.
func (y *Yard) Keep(r io.Reader) (sha256 string, size int64, err error) { panic("unwritten") }
func (y *Yard) Blob(sha256 string) (path string, err error)             { panic("unwritten") } // fs.ErrNotExist

// Record stores a finished attempt: its log (and, by Admit before, nothing else); then the signed record, then the catalog.
func (y *Yard) Record(ctx context.Context, a Attempt, log io.Reader) (Attempt, error) {
	panic("unwritten")
}

// Admit verifies the wheel at path against what the order allows, stores it, records it. *RefusedError when the wheel is not acceptable.
func (y *Yard) Admit(ctx context.Context, path string, o Offer) (Wheel, error) { panic("unwritten") }

// Offer is what a builder hands to the yard with a wheel.
type Offer struct {
	Attempt Attempt
	Accepts func(tagSet []string) bool // tags that the target may take: "cp311-cp311-linux_x86_64"
	LibcMax string
}

type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { panic("unwritten") }

func (y *Yard) Wheels(ctx context.Context, platform string) ([]Wheel, error) { panic("unwritten") } // "" all; by project, version, filename
func (y *Yard) Attempts(ctx context.Context) ([]Attempt, error)              { panic("unwritten") } // the last of each order
func (y *Yard) LastAttempt(ctx context.Context, p project.Name, version string) ([]Attempt, error) {
	panic("unwritten")
}
func (y *Yard) Rebuild(ctx context.Context) error { panic("unwritten") }
func (y *Yard) PublicKey() ([]byte, error)        { panic("unwritten") } // PEM
