package wheel

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var le = binary.LittleEndian

// Records of a zip file: how they begin, and how long they are without what varies.
const (
	localSignature      = 0x04034b50
	centralSignature    = 0x02014b50
	endSignature        = 0x06054b50
	end64Signature      = 0x06064b50
	locator64Signature  = 0x07064b50
	descriptorSignature = 0x08074b50

	localLen     = 30
	centralLen   = 46
	endLen       = 22
	end64Len     = 56
	locator64Len = 20

	max16 = 0xffff
	max32 = 0xffffffff
	// maxInt keeps the sums of two sizes or offsets below the end of int64.
	maxInt = 1 << 61
)

// Ids of extra fields.
const (
	extraZip64       = 0x0001
	extraUnicodePath = 0x7075
)

func formatErr(f string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(f, args...))
}

func unsafeErr(f string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsafe, fmt.Sprintf(f, args...))
}

// ending says where the central directory is, and how many members are in it.
type ending struct {
	members      uint64
	offset, size int64
}

// readEnd reads the record at the very end; nothing may follow it, not even its comment.
func readEnd(r io.ReaderAt, size int64) (ending, error) {
	if size < endLen {
		return ending{}, formatErr("it is no zip file: %d bytes", size)
	}
	tail := make([]byte, min(size, endLen+locator64Len+end64Len))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return ending{}, err
	}
	b := tail[len(tail)-endLen:]
	if le.Uint32(b) != endSignature {
		return ending{}, noEnd(r, size)
	}
	if le.Uint16(b[20:]) != 0 {
		return ending{}, unsafeErr("its comment goes beyond its end")
	}
	if le.Uint16(b[4:]) != 0 || le.Uint16(b[6:]) != 0 || le.Uint16(b[8:]) != le.Uint16(b[10:]) {
		return ending{}, formatErr("it is one of several parts")
	}
	e := ending{members: uint64(le.Uint16(b[10:])), size: int64(le.Uint32(b[12:])), offset: int64(le.Uint32(b[16:]))}
	at := size - endLen
	if len(tail) >= endLen+locator64Len && le.Uint32(tail[len(tail)-endLen-locator64Len:]) == locator64Signature {
		wide, err := readEnd64(tail, size)
		if err != nil {
			return ending{}, err
		}
		if e.members != wide.members && e.members != max16 || e.size != wide.size && e.size != max32 || e.offset != wide.offset && e.offset != max32 {
			return ending{}, unsafeErr("its two end records disagree")
		}
		e, at = wide, at-locator64Len-end64Len
	}
	if e.offset+e.size != at {
		return ending{}, unsafeErr("something lies before, between or after its members, or its directory isn't where it says")
	}
	return e, nil
}

// readEnd64 reads the zip64 end record and its locator, which lie directly before the end record.
func readEnd64(tail []byte, size int64) (ending, error) {
	if len(tail) < end64Len+locator64Len+endLen {
		return ending{}, formatErr("its zip64 end record is missing")
	}
	b, locator := tail[:end64Len], tail[end64Len:]
	if le.Uint32(b) != end64Signature || le.Uint64(b[4:]) != end64Len-12 || le.Uint64(locator[8:]) != uint64(size-int64(len(tail))) {
		return ending{}, unsafeErr("its zip64 end record isn't where it should be")
	}
	if le.Uint32(locator[4:]) != 0 || le.Uint32(locator[16:]) > 1 || le.Uint32(b[16:]) != 0 || le.Uint32(b[20:]) != 0 || le.Uint64(b[24:]) != le.Uint64(b[32:]) {
		return ending{}, formatErr("it is one of several parts")
	}
	members, length, offset := le.Uint64(b[32:]), le.Uint64(b[40:]), le.Uint64(b[48:])
	if length > maxInt || offset > maxInt {
		return ending{}, formatErr("its directory is beyond its end")
	}
	return ending{members, int64(offset), int64(length)}, nil
}

// noEnd tells a zip file with something after its end from what is none at all.
func noEnd(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, endLen+max16))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return err
	}
	if bytes.Contains(tail, le.AppendUint32(nil, endSignature)) {
		return unsafeErr("something follows its end, or it has a comment")
	}
	return formatErr("it is no zip file, or its end is missing")
}

// readCentral reads the central directory. Nothing is allocated for members before the limit and the directory's size were asked.
func readCentral(r io.ReaderAt, end ending, lim Limits) ([]entry, error) {
	switch {
	case end.members > uint64(lim.Members):
		return nil, fmt.Errorf("%w: it has %d members, more than %d", ErrLimit, end.members, lim.Members)
	case end.members > uint64(end.size/centralLen):
		return nil, formatErr("its directory is too small for %d members", end.members)
	}
	br := bufio.NewReaderSize(io.NewSectionReader(r, end.offset, end.size), 64<<10)
	entries := make([]entry, 0, end.members)
	var buf []byte
	total := int64(0)
	for range end.members {
		var e entry
		var err error
		if e, buf, err = readEntry(br, buf); err != nil {
			return nil, err
		}
		if err := e.check(); err != nil {
			return nil, err
		}
		if e.size > lim.Bytes-total {
			return nil, fmt.Errorf("%w: it unpacks to more than %d bytes", ErrLimit, lim.Bytes)
		}
		total += e.size
		entries = append(entries, e)
	}
	if _, err := br.ReadByte(); err != io.EOF {
		if err != nil {
			return nil, err
		}
		return nil, unsafeErr("something follows the last member in its directory")
	}
	return entries, nil
}

// readEntry reads one header of the central directory. buf is for reuse.
func readEntry(r io.Reader, buf []byte) (entry, []byte, error) {
	var b [centralLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return entry{}, buf, truncated(err)
	}
	if le.Uint32(b[:]) != centralSignature {
		return entry{}, buf, formatErr("its directory is damaged")
	}
	nameLen, extraLen, commentLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	if n := nameLen + extraLen + commentLen; cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:nameLen+extraLen+commentLen]
	if _, err := io.ReadFull(r, buf); err != nil {
		return entry{}, buf, truncated(err)
	}
	e := entry{
		name: string(buf[:nameLen]), flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), crc: le.Uint32(b[16:]), attributes: le.Uint32(b[38:]),
	}
	if b[6] > 63 {
		return e, buf, e.fault(ErrFormat, "it needs a newer zip")
	}
	if le.Uint16(b[34:]) != 0 {
		return e, buf, e.fault(ErrFormat, "it lies in another part")
	}
	packed, size, header := uint64(le.Uint32(b[20:])), uint64(le.Uint32(b[24:])), uint64(le.Uint32(b[42:]))
	if _, err := e.widen(buf[nameLen:nameLen+extraLen], &size, &packed, &header); err != nil {
		return e, buf, err
	}
	if packed > maxInt || size > maxInt || header > maxInt {
		return e, buf, e.fault(ErrFormat, "its sizes are beyond all measure")
	}
	e.packed, e.size, e.header = int64(packed), int64(size), int64(header)
	return e, buf, nil
}

// widen puts the values of the zip64 extra field in place of those that don't fit their 32 bits; found says whether there is that field.
// Other fields are passed over, but for the one that would give the member another name in some readers.
func (e *entry) widen(extra []byte, fields ...*uint64) (found bool, err error) {
	for len(extra) > 0 {
		if len(extra) < 4 || len(extra)-4 < int(le.Uint16(extra[2:])) {
			return found, e.fault(ErrFormat, "its extra fields are damaged")
		}
		id, value := le.Uint16(extra), extra[4:4+int(le.Uint16(extra[2:]))]
		extra = extra[4+len(value):]
		switch {
		case id == extraUnicodePath:
			return found, e.fault(ErrUnsafe, "it has a second name")
		case id != extraZip64:
			continue
		case found:
			return found, e.fault(ErrUnsafe, "it has two zip64 fields")
		}
		found = true
		if repeats(value, fields) {
			continue
		}
		for _, f := range fields {
			if *f == max32 && len(value) >= 8 {
				*f, value = le.Uint64(value), value[8:]
			} else if *f == max32 {
				return found, e.fault(ErrFormat, "its zip64 field is too short")
			}
		}
		if len(value) > 0 {
			return found, e.fault(ErrUnsafe, "its zip64 field holds more than is needed")
		}
	}
	for _, f := range fields {
		if *f == max32 && !found {
			return found, e.fault(ErrFormat, "its zip64 field is missing")
		}
	}
	return found, nil
}

// repeats says whether a zip64 field only says again what all fields hold, none of which needs it: Python up to 3.11.3 writes such ones.
func repeats(value []byte, fields []*uint64) bool {
	if len(value) != 8*len(fields) {
		return false
	}
	for i, f := range fields {
		if *f == max32 || le.Uint64(value[8*i:]) != *f {
			return false
		}
	}
	return true
}

// readAt fills b.
func readAt(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	return truncated(err)
}

// truncated tells an end that comes too early from other errors of reading.
func truncated(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return formatErr("it ends too early")
	}
	return fmt.Errorf("reading the wheel: %w", err)
}
