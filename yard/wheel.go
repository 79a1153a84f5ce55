package yard

import (
	"time"

	"wheelyard/packaging/project"
)

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
	Record         int64        `json:"record,omitzero"` // its record's number: of two wheels, the lower one was admitted first
}

// Offer is what a builder hands to the yard with a wheel.
type Offer struct {
	Attempt Attempt
	Accepts func(tagSet []string) bool // tags that the target may take: "cp311-cp311-linux_x86_64"
	LibcMax string                     // the target's libc; "": the versions of symbols are not looked at
}

// RefusedError: the wheel isn't acceptable, and why, for people.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "the wheel is refused: " + e.Reason }
