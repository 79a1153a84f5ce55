package sdist

// SKELETON

import (
	"io"
	"io/fs"
	"iter"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

type Filename struct {
	Project   project.Name
	Version   pep440.Version
	Extension string // ".tar.gz"
}

// IsSdist tells by the ending, with the endings that pip takes.
func IsSdist(name string) bool                                     { panic("unwritten") }
func ParseFilename(name string, of project.Name) (Filename, error) { panic("unwritten") }

type Limits struct {
	Members int
	Bytes   int64 // unpacked
}

// Entry is one safe member: its path is relative, clean, with '/' and stays below the top.
type Entry struct {
	Path string
	Type fs.FileMode // 0 file, fs.ModeDir, fs.ModeSymlink
	Exec bool
	Size int64
	Link string    // of a symlink: relative, and its target stays below the top
	Body io.Reader // of a file
}

// Entries yields the members of the archive; the first error ends it.
func Entries(filename string, r io.ReaderAt, size int64, lim Limits) iter.Seq2[Entry, error] {
	panic("unwritten")
}

type BuildSystem struct {
	Requires    []string
	Backend     string // "setuptools.build_meta:__legacy__" when nothing is said
	BackendPath []string
}

// ParseBuildSystem reads pyproject.toml; nil means that there is none.
func ParseBuildSystem(pyproject []byte) (BuildSystem, error) { panic("unwritten") }
