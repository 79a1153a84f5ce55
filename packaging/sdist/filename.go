package sdist

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"wheelyard/internal/pystr"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

// Filename is the name of an sdist.
type Filename struct {
	Project   project.Name
	Version   pep440.Version
	Extension string // ".tar.gz"
}

// format is the way in which an archive is packed.
type format int

const (
	unknown format = iota
	plainTar
	gzipTar
	bzip2Tar
	lzmaTar // xz or LZMA: the archive itself says which
	zipArchive
)

// formatOf is the format that an ending stands for (pip: _internal.utils.filetypes, without ".whl").
func formatOf(ext string) format {
	switch ext {
	case ".tar.gz", ".tgz":
		return gzipTar
	case ".zip":
		return zipArchive
	case ".tar.bz2", ".tbz":
		return bzip2Tar
	case ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma":
		return lzmaTar
	case ".tar":
		return plainTar
	}
	return unknown
}

// IsSdist tells by the ending, with the endings that pip takes. They must be spelt in lower case.
func IsSdist(name string) bool {
	_, ext := splitExtension(name)
	return formatOf(ext) != unknown
}

// ParseFilename reads the name of a file of the project: pip's own way, which differs from packaging's
// (pip: _extract_version_from_fragment). The version is all that follows the first dash before which stands the
// project's name in any spelling, so that "cffi-1.0.2-2.tar.gz" is version 1.0.2.post2 of cffi. Errors wrap ErrFilename.
//
// A suffix that binds an old sdist to one Python ("-py2.7") is no part of a version: whoever wants such files cuts it off before.
func ParseFilename(name string, of project.Name) (Filename, error) {
	stem, ext := splitExtension(name)
	if formatOf(ext) == unknown {
		return Filename{}, fmt.Errorf("%w: %s has none of the endings of an sdist", ErrFilename, clip(name))
	}
	i := versionDash(stem, string(of))
	if i < 0 {
		return Filename{}, fmt.Errorf("%w: %s is not of the project %s", ErrFilename, clip(name), clip(string(of)))
	}
	v, err := pep440.Parse(stem[i+1:])
	if err != nil {
		return Filename{}, fmt.Errorf("%w: %s: %w", ErrFilename, clip(name), err)
	}
	return Filename{Project: of, Version: v, Extension: ext}, nil
}

// splitExtension is pip's splitext: the ending from the last dot, ".tar" before it included. Dots at the beginning begin no ending.
func splitExtension(name string) (stem, ext string) {
	stem = name
	if i := strings.LastIndexByte(name, '.'); i >= 0 && strings.Trim(name[:i], ".") != "" {
		stem, ext = name[:i], name[i:]
	}
	if n := len(stem) - len(".tar"); n >= 0 && strings.EqualFold(stem[n:], ".tar") {
		stem, ext = name[:n], name[n:]
	}
	return stem, ext
}

// versionDash is the offset of the first dash in stem before which stands the project's name, once normalised; -1 when there is none.
// The name is normalised along the way, so that a stem of dashes takes no longer than any other.
func versionDash(stem, of string) int {
	matched, separated := 0, false // so many bytes of the name; the last one is a '-'
	for i := 0; i < len(stem); {
		c := stem[i]
		if c == '-' && matched == len(of) {
			return i
		}
		size := 1
		normal := "-"
		switch {
		case c == '-' || c == '_' || c == '.':
			if separated {
				normal = ""
			}
			separated = true
		case c < utf8.RuneSelf:
			normal, separated = pystr.Lower(stem[i:i+1]), false
		default:
			_, size = utf8.DecodeRuneInString(stem[i:])
			normal, separated = pystr.Lower(stem[i:i+size]), false
		}
		if !strings.HasPrefix(of[matched:], normal) {
			return -1
		}
		matched += len(normal)
		i += size
	}
	return -1
}
