package wheel

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
)

// part is a member of a zip file that is put together by hand, field by field.
type part struct {
	before               []byte // what lies in front of it
	name, localName      string
	flags, localFlags    uint16
	method, localMethod  uint16
	crc, localCRC        uint32
	packed, localPacked  uint32
	size, localSize      uint32
	extra, localExtra    []byte
	comment              string
	made, need, disk     uint16
	attributes           uint32
	move                 int // added to the offset of its header
	data, descriptor     []byte
	notLocal, notCentral bool // left out of there
	far                  bool // the offset of its header is in the zip64 field
}

// plain is a member that is all right.
func plain(name string, content string) part {
	crc, n := crc32.ChecksumIEEE([]byte(content)), uint32(len(content))
	p := part{name: name, localName: name, crc: crc, localCRC: crc, packed: n, localPacked: n, size: n, localSize: n, made: 3<<8 | 20, need: 20, attributes: (modeFile | 0o644) << 16, data: []byte(content)}
	if !isASCII(name) {
		p.flags, p.localFlags = flagUTF8, flagUTF8
	}
	if strings.HasSuffix(name, "/") {
		p.attributes = (modeDir|0o755)<<16 | dosDir
	}
	return p
}

// squeezed is a member that is all right, and compressed.
func squeezed(name string, content string, level int) part {
	p := plain(name, content)
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	z.Write([]byte(content))
	z.Close()
	return p.with(func(p *part) {
		p.method, p.localMethod, p.data = deflated, deflated, b.Bytes()
		p.packed, p.localPacked = uint32(b.Len()), uint32(b.Len())
	})
}

// streamed says sizes and checksum after the contents.
func (p part) streamed() part {
	d := le.AppendUint32(nil, descriptorSignature)
	for _, n := range []uint32{p.crc, p.packed, p.size} {
		d = le.AppendUint32(d, n)
	}
	p.flags |= flagDescriptor
	p.localFlags |= flagDescriptor
	p.localCRC, p.localPacked, p.localSize, p.descriptor = 0, 0, 0, d
	return p
}

func (p part) with(edit func(*part)) part {
	edit(&p)
	return p
}

// closing is what follows the members.
type closing struct {
	before, middle, after           []byte // in front of the central directory, behind it, behind the end
	disk, startDisk, here, members  uint16
	size, offset                    uint32
	comment                         string
	wide                            bool // with zip64 records
	wideMembers, wideSize, wideFrom uint64
	wideAt                          uint64
}

func handmade(parts []part, edit func(*closing)) []byte {
	var b, c []byte
	members := uint16(0)
	for _, p := range parts {
		b = append(b, p.before...)
		at := uint32(len(b) + p.move)
		if p.far {
			at = max32
		}
		if !p.notLocal {
			b = le.AppendUint32(b, localSignature)
			for _, n := range []uint16{p.need, p.localFlags, p.localMethod, 0, 33} {
				b = le.AppendUint16(b, n)
			}
			for _, n := range []uint32{p.localCRC, p.localPacked, p.localSize} {
				b = le.AppendUint32(b, n)
			}
			b = le.AppendUint16(le.AppendUint16(b, uint16(len(p.localName))), uint16(len(p.localExtra)))
			b = append(append(append(append(b, p.localName...), p.localExtra...), p.data...), p.descriptor...)
		}
		if p.notCentral {
			continue
		}
		members++
		c = le.AppendUint32(c, centralSignature)
		for _, n := range []uint16{p.made, p.need, p.flags, p.method, 0, 33} {
			c = le.AppendUint16(c, n)
		}
		for _, n := range []uint32{p.crc, p.packed, p.size} {
			c = le.AppendUint32(c, n)
		}
		for _, n := range []int{len(p.name), len(p.extra), len(p.comment), int(p.disk), 0} {
			c = le.AppendUint16(c, uint16(n))
		}
		c = le.AppendUint32(le.AppendUint32(c, p.attributes), at)
		c = append(append(append(c, p.name...), p.extra...), p.comment...)
	}
	e := closing{here: members, members: members, size: uint32(len(c)), wideMembers: uint64(members), wideSize: uint64(len(c))}
	e.offset, e.wideFrom, e.wideAt = uint32(len(b)), uint64(len(b)), uint64(len(b)+len(c))
	if edit != nil {
		edit(&e)
	}
	b = append(append(append(b, e.before...), c...), e.middle...)
	if e.wide {
		b = appendEnd64(b, int64(e.wideAt), e.wideMembers, e.wideSize, e.wideFrom)
	}
	b = le.AppendUint32(b, endSignature)
	for _, n := range []uint16{e.disk, e.startDisk, e.here, e.members} {
		b = le.AppendUint16(b, n)
	}
	b = le.AppendUint32(le.AppendUint32(b, e.size), e.offset)
	b = append(le.AppendUint16(b, uint16(len(e.comment))), e.comment...)
	return append(b, e.after...)
}

const (
	demoWHEEL    = "Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
	demoMETADATA = "Metadata-Version: 2.1\nName: Demo.Pkg\nVersion: 1.0\nRequires-Python: >=3.8\n\nText.\n"
	demoInfo     = "demo_pkg-1.0.dist-info/"
)

// demo are the members of a small wheel but RECORD.
func demo() []part {
	return []part{
		squeezed("demo/__init__.py", strings.Repeat("answer = 42\n", 20), 6),
		plain("demo/run", "#!/bin/sh\n").with(func(p *part) { p.attributes = (modeFile | 0o755) << 16 }),
		squeezed(demoInfo+"METADATA", demoMETADATA, 6),
		plain(demoInfo+"WHEEL", demoWHEEL),
	}
}

// recordOf is the RECORD of these members, which aren't looked at but for name, contents and size.
func recordOf(parts []part) part {
	var rows [][]string
	for _, p := range parts {
		if strings.HasSuffix(p.name, "/") {
			continue
		}
		sum := sha256.Sum256(p.contents())
		rows = append(rows, []string{p.name, "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), fmt.Sprint(p.size)})
	}
	return plain(demoInfo+"RECORD", string(writeRecord(append(rows, []string{demoInfo + "RECORD", "", ""}))))
}

func (p part) contents() []byte {
	if p.method != deflated {
		return p.data
	}
	var b bytes.Buffer
	b.ReadFrom(flate.NewReader(bytes.NewReader(p.data)))
	return b.Bytes()
}

func recorded(parts []part) []part { return append(parts, recordOf(parts)) }

func open(t testing.TB, b []byte) *Archive {
	t.Helper()
	a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// stdlib says whether archive/zip reads it: what a test refuses should be something that others take.
func stdlib(b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if _, err := new(bytes.Buffer).ReadFrom(r); err != nil {
			return err
		}
	}
	return nil
}
