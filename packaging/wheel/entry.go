package wheel

import (
	"fmt"
	"strings"
)

// What APPNOTE.TXT (the zip format, 6.3.10) calls things.
const (
	stored   = 0
	deflated = 8

	flagLevel      = 1<<1 | 1<<2 // says how deflate was set; means nothing
	flagDescriptor = 1 << 3      // checksum and sizes follow the contents
	flagUTF8       = 1 << 11

	modeType = 0o170000
	modeFile = 0o100000
	modeDir  = 0o040000

	dosDir = 0x10
)

// entry is a member, as the central directory has it.
type entry struct {
	name         string
	flags        uint16
	method       uint16
	crc          uint32
	packed, size int64
	attributes   uint32
	header       int64 // where its local header is
	data         int64 // where its contents are
}

func (e *entry) isDir() bool { return strings.HasSuffix(e.name, "/") }

func (e *entry) member() Member {
	return Member{Name: e.name, Size: e.size, Mode: e.attributes >> 16 & 0o777}
}

func (e *entry) fault(kind error, format string, args ...any) error {
	return &MemberError{Member: e.name, Problem: fmt.Sprintf(format, args...), Err: kind}
}

// check looks at everything that can be told from the entry alone.
func (e *entry) check() error {
	switch {
	case e.flags&1 != 0:
		return e.fault(ErrFormat, "it is encrypted")
	case e.flags&^(flagLevel|flagDescriptor|flagUTF8) != 0:
		return e.fault(ErrFormat, "it has flags that have no place in a wheel: %#x", e.flags)
	case e.method != stored && e.method != deflated:
		return e.fault(ErrFormat, "its compression method is %d", e.method)
	case e.method == stored && e.packed != e.size:
		return e.fault(ErrUnsafe, "it isn't compressed, but has two sizes")
	case e.isDir() && e.size != 0:
		return e.fault(ErrUnsafe, "it is a folder with contents")
	}
	if problem := badName(e.name); problem != "" {
		return e.fault(ErrUnsafe, "%s", problem)
	}
	if e.flags&flagUTF8 == 0 && !isASCII(e.name) {
		return e.fault(ErrUnsafe, "the encoding of its name isn't said")
	}
	return e.checkType()
}

// checkType looks at the mode, whatever system the archive claims to be from: so do pip and uv.
func (e *entry) checkType() error {
	kind := e.attributes >> 16 & modeType
	switch {
	case kind != 0 && kind != modeFile && kind != modeDir:
		return e.fault(ErrUnsafe, "it is a link, a device, or something else that is no file (mode %o)", e.attributes>>16)
	case kind == modeFile && e.isDir(), kind == modeDir && !e.isDir(), e.attributes&dosDir != 0 && !e.isDir():
		return e.fault(ErrUnsafe, "its name and its mode disagree on whether it is a folder")
	}
	return nil
}
