// Package tag holds compatibility tags: what a wheel says it runs on, and what an interpreter on a platform takes, best first.
//
// A Tag's parts are in lower case, and none of them is empty or holds a '-' or a '.'. Order is data: it is computed once
// by Supported, kept in a Set, and asked by rank; tags themselves have none. Nothing here looks at the machine that it runs on.
//
// The reference is packaging.tags as pip uses it (packaging 26.3, pip 26.3): since that version a plain linux platform
// comes before manylinux and musllinux.
package tag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Tag is one combination of Python, ABI and platform, as in PEP 425. The zero value names none.
type Tag struct{ Python, ABI, Platform string }

// String is "cp311-abi3-linux_x86_64".
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// ErrSyntax is wrapped by the errors of ParseSet.
var ErrSyntax = errors.New("not a tag set")

// maxTags bounds what one compressed set may stand for: the largest one in use names about fifty.
const maxTags = 1024

// ParseSet reads a compressed tag set such as "py2.py3-none-any" (PEP 425, "Compressed Tag Sets"): every combination of
// its parts, in the order in which it spells them and none twice. A set of more than 1024 tags is refused.
func ParseSet(s string) ([]Tag, error) {
	python, rest, _ := strings.Cut(s, "-")
	abi, platform, ok := strings.Cut(rest, "-")
	if !ok || strings.Contains(platform, "-") {
		return nil, fmt.Errorf("%w: %q: three parts are needed", ErrSyntax, s)
	}
	if (1+strings.Count(python, "."))*(1+strings.Count(abi, "."))*(1+strings.Count(platform, ".")) > maxTags {
		return nil, fmt.Errorf("%w: it stands for more than %d tags", ErrSyntax, maxTags)
	}
	pythons, abis, platforms := parts(python), parts(abi), parts(platform)
	if pythons == nil || abis == nil || platforms == nil {
		return nil, fmt.Errorf("%w: %q has an empty part", ErrSyntax, s)
	}
	if i := slices.IndexFunc(pythons, func(p string) bool { return !isIdentifier(p) }); i >= 0 {
		return nil, fmt.Errorf("%w: %q: %q is no interpreter", ErrSyntax, s, pythons[i])
	}
	tags := make([]Tag, 0, len(pythons)*len(abis)*len(platforms))
	for _, python := range pythons {
		for _, abi := range abis {
			for _, platform := range platforms {
				tags = append(tags, Tag{python, abi, platform})
			}
		}
	}
	return tags, nil
}

// parts splits at the dots and drops what was already there; nil if one is empty.
func parts(s string) []string {
	s = strings.ToLower(s)
	if s != "" && !strings.Contains(s, ".") {
		return []string{s}
	}
	var distinct []string
	for p := range strings.SplitSeq(s, ".") {
		if p == "" {
			return nil
		}
		if !slices.Contains(distinct, p) {
			distinct = append(distinct, p)
		}
	}
	return distinct
}

// Pure says whether all tags are for any platform, as those of a wheel without anything compiled are. Of no tags it is false.
func Pure(tags []Tag) bool {
	return len(tags) > 0 && !slices.ContainsFunc(tags, func(t Tag) bool { return t.Platform != "any" })
}

// isIdentifier is Python's str.isidentifier.
func isIdentifier(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		case unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start):
		case i > 0 && unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue):
		default:
			return false
		}
	}
	return s != ""
}
