// Package sdist holds source distributions: their file names, their members, and what their pyproject.toml asks for.
//
// The oracle is pip 26.3: names are read as its finder reads them, pyproject.toml as its builder does. An sdist is hostile until
// shown otherwise: [Entries] yields only members that stay below the folder they are unpacked to, whatever the order in which they
// are unpacked, and needs time and memory linear in what is in the archive, bounded by [Limits]. It is stricter than pip, whose
// refusals it shares; differences_test.go lists where the two differ.
package sdist

import (
	"errors"
	"fmt"
)

// What can be wrong with an sdist, for errors.Is.
var (
	// ErrFilename: a name that is no sdist's of that project.
	ErrFilename = errors.New("not an sdist's file name")
	// ErrFormat: the archive is damaged, cut off, or of a kind that isn't read.
	ErrFormat = errors.New("not a sound sdist")
	// ErrUnsafe: a member leads out of the folder that it is unpacked to, is no file at all, or is read in different ways by different readers.
	ErrUnsafe = errors.New("unsafe sdist")
	// ErrLimit: there is more in it than Limits allow.
	ErrLimit = errors.New("sdist over the limit")
	// ErrBuildSystem: pyproject.toml is no TOML, or its table build-system is wrong.
	ErrBuildSystem = errors.New("wrong build-system")
)

// MemberError is an error of one member.
type MemberError struct {
	Member  string // its name as spelt in the archive: not to be used as a path
	Problem string
	Err     error // one of the sentinels, or something that wraps one
}

func (e *MemberError) Error() string {
	return fmt.Sprintf("%v: member %s: %s", e.Err, clip(e.Member), e.Problem)
}

func (e *MemberError) Unwrap() error { return e.Err }

// clip quotes a text that may be long and hostile.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:most], len(s))
}
