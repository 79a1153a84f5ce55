package pep508

// SKELETON

import (
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

type Environment map[string]string

type Requirement struct {
	Name       project.Name
	Spelt      string
	Extras     []string
	URL        string
	Specifiers pep440.Specifiers
	Marker     *Marker // nil: none
}

func Parse(s string) (Requirement, error) { panic("unwritten") }
func (r Requirement) String() string      { panic("unwritten") }

type Marker struct{}

func ParseMarker(s string) (*Marker, error)          { panic("unwritten") }
func (m *Marker) String() string                     { panic("unwritten") }
func (m *Marker) Eval(env Environment) (bool, error) { panic("unwritten") } // nil marker: true
