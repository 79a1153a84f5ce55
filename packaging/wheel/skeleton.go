package wheel

// SKELETON

import (
	"io"
	"time"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
)

// Limits bound what is read from a wheel; zero fields mean the defaults.
type Limits struct {
	Members  int
	Bytes    int64 // unpacked, all members
	MetaFile int64 // one file of .dist-info
}

type Archive struct{}

func Open(r io.ReaderAt, size int64, lim Limits) (*Archive, error) { panic("unwritten") }

type Member struct {
	Name string
	Size int64
	Mode uint32
}

func (a *Archive) Members() []Member                              { panic("unwritten") }
func (a *Archive) OpenMember(name string) (io.ReadCloser, error)  { panic("unwritten") } // fs.ErrNotExist
func (a *Archive) DistInfo() string                               { panic("unwritten") } // "name-1.0.dist-info"
func (a *Archive) Info() (Info, error)                            { panic("unwritten") } // WHEEL
func (a *Archive) Metadata() (md Metadata, raw []byte, err error) { panic("unwritten") }
func (a *Archive) CheckRecord() error                             { panic("unwritten") }

// Info is the file WHEEL.
type Info struct {
	WheelVersion  string
	Generator     string
	RootIsPurelib bool
	Tags          []tag.Tag
	Build         Build
}

type Metadata struct {
	MetadataVersion string
	Name            string
	Version         string
	RequiresPython  string
	RequiresDist    []pep508.Requirement
}

func ParseMetadata(raw []byte) (Metadata, error) { panic("unwritten") }

// Normalise writes the wheel again, bit for bit the same for the same contents.
// RECORD is written anew; with build.Given, the WHEEL file's Build line is set.
func Normalise(dst io.Writer, a *Archive, epoch time.Time, build Build) error { panic("unwritten") }
