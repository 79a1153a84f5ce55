package wheel

import (
	"errors"
	"fmt"
)

// What can be wrong with a wheel, for errors.Is. Absence of a file is fs.ErrNotExist.
var (
	// ErrFormat: it is damaged, or not what a wheel must be.
	ErrFormat = errors.New("not a sound wheel")
	// ErrUnsafe: readers may differ about what it holds, or a member leads out of the folder that it is unpacked to.
	ErrUnsafe = errors.New("unsafe wheel")
	// ErrLimit: it is larger than Limits allow.
	ErrLimit = errors.New("wheel over the limit")
	// ErrRecord: RECORD and the members disagree.
	ErrRecord = errors.New("wheel's RECORD is wrong")
	// ErrName: what is inside belongs to another project or version than the file name says.
	ErrName = errors.New("wheel's contents and file name disagree")
)

// MemberError is an error of one member.
type MemberError struct {
	Member  string // its name, as spelt in the archive: not to be used as a path
	Problem string
	Err     error // one of the sentinels, or what reading said
}

func (e *MemberError) Error() string {
	if len(e.Member) > 300 {
		return fmt.Sprintf("%v: member %.300q…: %s", e.Err, e.Member, e.Problem)
	}
	return fmt.Sprintf("%v: member %q: %s", e.Err, e.Member, e.Problem)
}

func (e *MemberError) Unwrap() error { return e.Err }
