package simple

// SKELETON

import (
	"io"
	"time"

	"wheelyard/packaging/project"
)

type Project struct {
	APIVersion   string
	Name         project.Name
	Versions     []string
	Files        []File
	Status       string // "" means active
	StatusReason string
}

type File struct {
	Filename           string
	URL                string // absolute or relative to the page
	Hashes             map[string]string
	Size               int64     // -1: not said
	UploadTime         time.Time // zero: not said
	RequiresPython     string
	Yanked             bool
	YankedReason       string
	CoreMetadata       bool
	CoreMetadataHashes map[string]string
	GPGSig             *bool
	Provenance         string
}

type Root struct {
	APIVersion string
	Projects   []string // as spelt
}

func ReadProjectJSON(b []byte) (Project, error)                  { panic("unwritten") }
func ReadProjectHTML(b []byte, of project.Name) (Project, error) { panic("unwritten") }
func ReadRootJSON(b []byte) (Root, error)                        { panic("unwritten") }
func ReadRootHTML(b []byte) (Root, error)                        { panic("unwritten") }
func WriteProjectJSON(w io.Writer, p Project) error              { panic("unwritten") }
func WriteProjectHTML(w io.Writer, p Project) error              { panic("unwritten") }
func WriteRootJSON(w io.Writer, r Root) error                    { panic("unwritten") }
func WriteRootHTML(w io.Writer, r Root) error                    { panic("unwritten") }

const (
	TypeJSON = "application/vnd.pypi.simple.v1+json"
	TypeHTML = "application/vnd.pypi.simple.v1+html"
	TypeText = "text/html"
)
