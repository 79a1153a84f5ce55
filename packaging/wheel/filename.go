// Package wheel holds wheels: their file names, the files of their .dist-info, reading them safely and writing them so that
// the same contents give the same bytes.
//
// A wheel is hostile until shown otherwise. Open takes only a zip file that every reader understands in the same way:
// nothing before, between or after its members, none of them twice, both of its directories in agreement, and no name that
// leads out. What is read is bounded by Limits, by what is really there as well as by what is declared. Errors that
// belong to one member are a *MemberError with its name.
//
// The reference for names is packaging.utils.parse_wheel_filename (packaging 26.3), which is also what pip 26.3 takes; for
// files the binary distribution format and the core metadata specifications, up to metadata 2.5.
package wheel

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
)

// ErrFilename is wrapped by the errors of ParseFilename.
var ErrFilename = errors.New("not a wheel's file name")

// Build is a build tag: it decides between wheels of one version and one tag.
type Build struct {
	Number int
	Suffix string
	Given  bool // false: the name has no build tag; it then sorts before every other
}

// Compare orders builds by number, then by suffix; the later one is preferred by installers.
func (b Build) Compare(c Build) int {
	if b.Given != c.Given {
		if b.Given {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(b.Number, c.Number), strings.Compare(b.Suffix, c.Suffix))
}

// String is the build tag as it stands in a name, without leading zeros; "" when there is none.
func (b Build) String() string {
	if !b.Given {
		return ""
	}
	return strconv.Itoa(b.Number) + b.Suffix
}

// ParseBuild reads a build tag: digits, then anything. The empty string is none at all.
func ParseBuild(s string) (Build, error) {
	if s == "" {
		return Build{}, nil
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 {
		return Build{}, fmt.Errorf("build tag %q begins with no digit", s)
	}
	number, err := strconv.Atoi(s[:digits])
	if err != nil {
		return Build{}, errors.New("the number of the build tag is too large")
	}
	return Build{Number: number, Suffix: s[digits:], Given: true}, nil
}

// Filename is the name of a wheel (binary distribution format, "File name convention").
type Filename struct {
	Project      project.Name
	Spelt        string
	Version      pep440.Version
	VersionSpelt string
	Build        Build
	Tags         []tag.Tag // expanded
	TagSet       string    // compressed, as spelt: "cp311-cp311-manylinux1_x86_64.manylinux2014_x86_64"
}

// ParseFilename reads what packaging 26.3 reads, and so pip, with these exceptions: a name that holds a path separator, a control
// character or bytes that are no UTF-8, that stands for more than a thousand tags, or whose build number doesn't fit an int.
func ParseFilename(s string) (Filename, error) {
	f, err := parseFilename(s)
	if err != nil {
		if len(s) > 300 {
			s = s[:300] + "…"
		}
		return Filename{}, fmt.Errorf("%w: %q: %w", ErrFilename, s, err)
	}
	return f, nil
}

func parseFilename(s string) (f Filename, err error) {
	stem, ok := strings.CutSuffix(s, ".whl")
	dashes := strings.Count(stem, "-")
	switch {
	case !ok:
		return f, errors.New("it doesn't end in .whl")
	case dashes != 4 && dashes != 5:
		return f, errors.New("five or six parts are needed")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) }):
		return f, errors.New("it holds characters that no file name should")
	}
	var rest, build string
	f.Spelt, rest, _ = strings.Cut(stem, "-")
	f.VersionSpelt, f.TagSet, _ = strings.Cut(rest, "-")
	if dashes == 5 {
		build, f.TagSet, _ = strings.Cut(f.TagSet, "-")
		if build == "" {
			return f, errors.New("the build tag is empty")
		}
	}
	if !isEscapedName(f.Spelt) {
		return f, fmt.Errorf("%q is no project's name", f.Spelt)
	}
	f.Project = project.Normalize(f.Spelt)
	if f.Version, err = pep440.Parse(f.VersionSpelt); err != nil {
		return f, err
	}
	if f.Build, err = ParseBuild(build); err != nil {
		return f, err
	}
	f.Tags, err = tag.ParseSet(f.TagSet)
	return f, err
}

// isEscapedName is packaging's rule for the first part: letters, digits, dots and single underscores.
func isEscapedName(s string) bool {
	if s == "" || strings.Contains(s, "__") {
		return false
	}
	for _, r := range s {
		if r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return true
}

// String is the file name, with the build tag as Build says it now. It gives back what was parsed but for leading zeros
// of a build number.
func (f Filename) String() string {
	build := ""
	if f.Build.Given {
		build = "-" + f.Build.String()
	}
	return f.Spelt + "-" + f.VersionSpelt + build + "-" + f.TagSet + ".whl"
}
