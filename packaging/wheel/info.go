package wheel

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wheelyard/internal/pystr"
	"wheelyard/packaging/tag"
)

// Info is the file WHEEL (binary distribution format, "File contents", ".dist-info/WHEEL").
type Info struct {
	WheelVersion  string // "1.0"; a later 1.x is read as far as it is known
	Generator     string // "": not said; the first, when later tools added themselves
	RootIsPurelib bool
	Tags          []tag.Tag // expanded, none twice; nil: none are said
	Build         Build
}

// maxTags bounds how many tags a WHEEL file stands for; real ones have up to some hundred.
const maxTags = 10_000

// Info reads the file WHEEL. The error is fs.ErrNotExist when there is none, ErrFormat when it can't be understood, or when it was made for
// a version of the format that isn't known (2.0), or ErrLimit.
func (a *Archive) Info() (Info, error) {
	raw, name, err := a.readInfo("WHEEL")
	if err != nil {
		return Info{}, err
	}
	info, err := parseInfo(string(raw))
	if err != nil {
		return Info{}, &MemberError{name, err.Error(), ErrFormat}
	}
	return info, nil
}

func parseInfo(text string) (info Info, err error) {
	if !utf8.ValidString(text) {
		return info, errNotUTF8
	}
	h := parseHeaders(text)
	if name := h.twice(func(name string) bool {
		return slices.Contains([]string{"wheel-version", "root-is-purelib", "build"}, name)
	}); name != "" {
		return info, fmt.Errorf("it has the field %s twice", name)
	}
	info.WheelVersion = pystr.Trim(h.first("wheel-version"))
	if major, _, ok := majorMinor(info.WheelVersion); !ok || major != "1" {
		return info, fmt.Errorf("its version of the format is %.100q, and 1.0 is known", info.WheelVersion)
	}
	info.Generator = h.first("generator")
	info.RootIsPurelib = strings.EqualFold(pystr.Trim(h.first("root-is-purelib")), "true")
	if info.Build, err = ParseBuild(pystr.Trim(h.first("build"))); err != nil {
		return info, err
	}
	seen := map[tag.Tag]bool{}
	for _, set := range h.all("tag") {
		tags, err := tag.ParseSet(pystr.Trim(set))
		if err != nil {
			return info, fmt.Errorf("its tag %.300q: %w", set, err)
		}
		for _, t := range tags {
			if !seen[t] {
				seen[t] = true
				info.Tags = append(info.Tags, t)
			}
		}
		if len(info.Tags) > maxTags {
			return info, fmt.Errorf("it has more than %d tags", maxTags)
		}
	}
	return info, nil
}

// majorMinor reads "1.0".
func majorMinor(s string) (major, minor string, ok bool) {
	major, minor, ok = strings.Cut(s, ".")
	return major, minor, ok && isNumber(major) && isNumber(minor)
}

func isNumber(s string) bool {
	return s != "" && len(s) < 10 && strings.Trim(s, "0123456789") == ""
}
