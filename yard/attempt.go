package yard

import (
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

// File is one that was used or made, by its contents.
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
	Total       int64 `json:"total"`
	Fetch       int64 `json:"fetch"`
	Environment int64 `json:"environment"`
	Backend     int64 `json:"backend"`
	CPU         int64 `json:"cpu"` // of all that ran in sandboxes
}
