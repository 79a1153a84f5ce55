package wheel

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"testing"
)

// hostile wheels: each is refused with that error, by Open, or at the latest when its members are read.
var hostile = []struct {
	name  string
	kind  error
	says  string // part of the message
	parts func() []part
	end   func(*closing)
}{
	// where things lie
	{"something before", ErrUnsafe, "before, between or after", nil, func(c *closing) { c.offset-- }},
	{"stub before", ErrUnsafe, "", firstPart(func(p *part) { p.before = []byte("MZ stub") }), nil},
	{"gap between", ErrUnsafe, "something lies between", lastPart(func(p *part) { p.before = []byte{0} }), nil},
	{"gap before the directory", ErrUnsafe, "something lies between", nil, func(c *closing) { c.before = []byte{0}; c.offset++ }},
	{"gap behind the directory", ErrUnsafe, "", nil, func(c *closing) { c.middle = []byte{0} }},
	{"gap in the directory", ErrUnsafe, "something follows the last member", nil, func(c *closing) { c.middle = []byte{0}; c.size++ }},
	{"something after", ErrUnsafe, "follows its end", nil, func(c *closing) { c.after = []byte{0} }},
	{"comment", ErrUnsafe, "comment", nil, func(c *closing) { c.comment = "hello" }},
	{"comment with an end in it", ErrUnsafe, "", nil, func(c *closing) { c.comment = string(handmade(nil, nil)) }},
	{"overlap", ErrUnsafe, "overlaps", lastPart(func(p *part) { p.move = -1 }), nil},
	{"the same contents twice", ErrUnsafe, "overlaps", add(plain("again", "#!/bin/sh\n").with(func(p *part) { p.notLocal, p.move = true, -40 })), nil},
	{"hidden member", ErrUnsafe, "something lies between", add(plain("hidden", "x").with(func(p *part) { p.notCentral = true })), nil},
	{"fewer members than are there", ErrUnsafe, "something follows", nil, func(c *closing) { c.here--; c.members-- }},
	{"more members than are there", ErrFormat, "too early", nil, func(c *closing) { c.here++; c.members++ }},
	{"many more members than are there", ErrFormat, "too small", nil, func(c *closing) { c.here, c.members = 60000, 60000 }},
	{"two parts", ErrFormat, "several parts", nil, func(c *closing) { c.disk = 1 }},
	{"two parts, member", ErrFormat, "another part", lastPart(func(p *part) { p.disk = 1 }), nil},
	{"two numbers of members", ErrFormat, "several parts", nil, func(c *closing) { c.here-- }},
	{"directory beyond the end", ErrUnsafe, "", nil, func(c *closing) { c.offset = 1 << 31 }},
	{"header beyond the end", ErrUnsafe, "", lastPart(func(p *part) { p.move = 1 << 20 }), nil},

	// zip64
	{"zip64 end disagrees", ErrUnsafe, "disagree", nil, func(c *closing) { c.wide = true; c.wideMembers-- }},
	{"zip64 end elsewhere", ErrUnsafe, "isn't where", nil, func(c *closing) { c.wide = true; c.wideAt-- }},
	{"zip64 directory beyond all measure", ErrFormat, "beyond its end", nil, func(c *closing) { c.wide = true; c.wideFrom = 1 << 63 }},
	{"zip64 sizes beyond all measure", ErrFormat, "beyond all measure", lastPart(func(p *part) {
		p.size, p.packed, p.extra = max32, max32, appendExtra(nil, []uint64{1 << 63, 1 << 63})
	}), nil},
	{"zip64 says another size", ErrUnsafe, "more than is needed", add(squeezed("x", "abc", 6).with(func(p *part) { p.extra = appendExtra(nil, []uint64{4, uint64(p.packed)}) })), nil},
	{"zip64 size beyond all measure", ErrFormat, "beyond all measure", add(squeezed("x", "abc", 6).with(func(p *part) { p.size, p.extra = max32, appendExtra(nil, []uint64{1 << 63}) })), nil},
	{"zip64 packed size beyond all measure", ErrFormat, "beyond all measure", add(squeezed("x", "abc", 6).with(func(p *part) { p.packed, p.extra = max32, appendExtra(nil, []uint64{1 << 63}) })), nil},
	{"zip64 offset beyond all measure", ErrFormat, "beyond all measure", add(plain("x", "").with(func(p *part) { p.far, p.extra = true, appendExtra(nil, []uint64{1 << 63}) })), nil},
	{"zip64 length beyond all measure", ErrFormat, "beyond its end", nil, func(c *closing) { c.wide, c.size = true, max32; c.wideSize = 1 << 63 }},
	{"zip64 offset that overflows", ErrUnsafe, "", nil, func(c *closing) { c.wide, c.offset = true, max32; c.wideFrom = maxInt }},
	{"zip64 locator without record", ErrUnsafe, "", nil, func(c *closing) {
		c.middle = append(le.AppendUint32(nil, locator64Signature), make([]byte, locator64Len-4)...)
	}},
	{"zip64 locator in a comment", ErrUnsafe, "", lastPart(func(p *part) {
		p.comment = string(append(le.AppendUint32(nil, locator64Signature), make([]byte, locator64Len-4)...))
	}), nil},
	{"zip64 field missing", ErrFormat, "missing", lastPart(func(p *part) { p.size, p.packed = max32, max32 }), nil},
	{"zip64 field too short", ErrFormat, "too short", lastPart(func(p *part) {
		p.size, p.packed, p.extra = max32, max32, appendExtra(nil, []uint64{1})
	}), nil},
	{"zip64 field that nobody needs", ErrUnsafe, "more than is needed", lastPart(func(p *part) { p.extra = appendExtra(nil, []uint64{1, 2}) }), nil},
	{"two zip64 fields", ErrUnsafe, "two zip64", lastPart(func(p *part) {
		p.extra = append(appendExtra(nil, []uint64{uint64(p.size)}), appendExtra(nil, []uint64{1})...)
		p.size = max32
	}), nil},
	{"zip64 sizes disagree", ErrUnsafe, "other sizes", lastPart(func(p *part) {
		p.localSize, p.localPacked, p.localExtra = max32, max32, appendExtra(nil, []uint64{1, 1})
	}), nil},
	{"damaged extra field", ErrFormat, "extra", lastPart(func(p *part) { p.extra = []byte{1, 2, 3} }), nil},
	{"extra field beyond its end", ErrFormat, "extra", lastPart(func(p *part) { p.localExtra = []byte{1, 2, 9, 0} }), nil},

	// the two headers
	{"another name", ErrUnsafe, "another name", lastPart(func(p *part) { p.localName = strings.ToLower(p.name) }), nil},
	{"a longer name", ErrUnsafe, "another name", lastPart(func(p *part) { p.localName += "x" }), nil},
	{"other flags", ErrUnsafe, "other flags", lastPart(func(p *part) { p.localFlags = flagUTF8 }), nil},
	{"another method", ErrUnsafe, "another compression", lastPart(func(p *part) { p.localMethod = deflated }), nil},
	{"another checksum", ErrUnsafe, "another checksum", lastPart(func(p *part) { p.localCRC++ }), nil},
	{"another size", ErrUnsafe, "other sizes", lastPart(func(p *part) { p.localSize++ }), nil},
	{"another packed size", ErrUnsafe, "other sizes", lastPart(func(p *part) { p.localPacked++ }), nil},
	{"no sizes, and no descriptor", ErrUnsafe, "other sizes", lastPart(func(p *part) { p.localPacked, p.localSize, p.localCRC = 0, 0, 0 }), nil},
	{"no local header", ErrFormat, "local header", lastPart(func(p *part) { p.notLocal, p.before, p.move = true, make([]byte, 200), -200 }), nil},
	{"descriptor missing", ErrFormat, "cut off", add(squeezed("d", "streamed", 6).streamed().with(func(p *part) { p.descriptor = nil })), nil},
	{"descriptor without signature", ErrUnsafe, "what follows it disagrees", add(squeezed("d", "streamed", 6).streamed().with(func(p *part) { p.descriptor = p.descriptor[4:] }), plain("e", "")), nil},
	{"descriptor disagrees", ErrUnsafe, "what follows it disagrees", add(squeezed("d", "streamed", 6).streamed().with(func(p *part) { p.descriptor[12]++ })), nil},
	{"descriptor after what isn't compressed", ErrUnsafe, "isn't compressed", add(plain("d", "streamed").streamed()), nil},
	{"two sizes of what isn't compressed", ErrUnsafe, "two sizes", lastPart(func(p *part) { p.size++; p.localSize++ }), nil},

	// kinds of members
	{"encrypted", ErrFormat, "encrypted", lastPart(func(p *part) { p.flags |= 1; p.localFlags |= 1 }), nil},
	{"strongly encrypted", ErrFormat, "flags", lastPart(func(p *part) { p.flags |= 1 << 6; p.localFlags |= 1 << 6 }), nil},
	{"masked", ErrFormat, "flags", lastPart(func(p *part) { p.flags |= 1 << 13; p.localFlags |= 1 << 13 }), nil},
	{"bzip2", ErrFormat, "method is 12", lastPart(func(p *part) { p.method, p.localMethod = 12, 12 }), nil},
	{"newer zip", ErrFormat, "newer zip", lastPart(func(p *part) { p.need = 64 }), nil},
	{"symbolic link", ErrUnsafe, "link", add(plain("link", "/etc/passwd").with(func(p *part) { p.attributes = 0o120777 << 16 })), nil},
	{"symbolic link, made on DOS", ErrUnsafe, "link", add(plain("link", "..").with(func(p *part) { p.attributes, p.made = 0o120777<<16, 20 })), nil},
	{"device", ErrUnsafe, "device", add(plain("null", "").with(func(p *part) { p.attributes = 0o020666 << 16 })), nil},
	{"pipe", ErrUnsafe, "device", add(plain("pipe", "").with(func(p *part) { p.attributes = 0o010666 << 16 })), nil},
	{"folder with contents", ErrUnsafe, "folder with contents", add(plain("d/", "x")), nil},
	{"folder named as a file", ErrUnsafe, "whether it is a folder", add(plain("d", "").with(func(p *part) { p.attributes = 0o040755 << 16 })), nil},
	{"folder named as a file, DOS", ErrUnsafe, "whether it is a folder", add(plain("d", "").with(func(p *part) { p.attributes |= dosDir })), nil},
	{"file named as a folder", ErrUnsafe, "whether it is a folder", add(plain("d/", "").with(func(p *part) { p.attributes = 0o100644 << 16 })), nil},

	// names
	{"no name", ErrUnsafe, "no name", add(plain("", "")), nil},
	{"absolute", ErrUnsafe, "absolute", add(plain("/etc/passwd", "")), nil},
	{"up", ErrUnsafe, `".."`, add(plain("../x", "")), nil},
	{"up in the middle", ErrUnsafe, `".."`, add(plain("a/../../x", "")), nil},
	{"up at the end", ErrUnsafe, `".."`, add(plain("a/..", "")), nil},
	{"dot", ErrUnsafe, `"."`, add(plain("./x", "")), nil},
	{"empty part", ErrUnsafe, `""`, add(plain("a//x", "")), nil},
	{"only a slash", ErrUnsafe, "absolute", add(plain("/", "")), nil},
	{"two slashes at the end", ErrUnsafe, `""`, add(plain("a//", "")), nil},
	{"backslash", ErrUnsafe, "backslash", add(plain(`..\x`, "")), nil},
	{"drive", ErrUnsafe, "drive", add(plain("C:/x", "")), nil},
	{"drive without separator", ErrUnsafe, "drive", add(plain("c:x", "")), nil},
	{"NUL", ErrUnsafe, "control", add(plain("x.py\x00.txt", "")), nil},
	{"line end", ErrUnsafe, "control", add(plain("x\ny", "")), nil},
	{"control character above ASCII", ErrUnsafe, "control", add(plain("x\u0085y", "")), nil},
	{"not in UTF-8", ErrUnsafe, "UTF-8", add(plain("x\xff", "")), nil},
	{"encoding not said", ErrUnsafe, "encoding", add(plain("é", "").with(func(p *part) { p.flags, p.localFlags = 0, 0 })), nil},
	{"too long", ErrUnsafe, "too long", add(plain(strings.Repeat("x", maxName+1), "")), nil},
	{"second name", ErrUnsafe, "second name", add(plain("x", "").with(func(p *part) {
		p.extra = append(le.AppendUint16(le.AppendUint16(nil, extraUnicodePath), 6), 1, 0x83, 0x16, 0xdc, 0x8c, 'y')
	})), nil},
	{"second name, locally", ErrUnsafe, "second name", add(plain("x", "").with(func(p *part) {
		p.localExtra = append(le.AppendUint16(le.AppendUint16(nil, extraUnicodePath), 6), 1, 0x83, 0x16, 0xdc, 0x8c, 'y')
	})), nil},

	// the tree
	{"twice", ErrUnsafe, "twice", add(plain("demo/run", "other")), nil},
	{"folder twice", ErrUnsafe, "twice", add(plain("d/", ""), plain("d/", "")), nil},
	{"file and folder", ErrUnsafe, "twice", add(plain("d", ""), plain("d/", "")), nil},
	{"file in a file", ErrUnsafe, "lie in a folder of that name", add(plain("demo/run-x", ""), plain("demo/run/x", "")), nil},
	{"METADATA and metadata", ErrUnsafe, "the same file", add(plain(demoInfo+"metadata", "")), nil},

	{"record for RECORD", ErrUnsafe, "where RECORD belongs", add(plain(demoInfo+"record", "")), nil},
	{"RECORD is a folder", ErrUnsafe, "where RECORD belongs", add(plain(demoInfo+"RECORD/x", "")), nil},

	// .dist-info
	{".dist-info with a long name", ErrFormat, "too long", func() []part { return []part{plain(strings.Repeat("x", 250)+".dist-info/METADATA", "")} }, nil},
	{"two .dist-info", ErrFormat, "two folders", add(plain("demo-2.0.dist-info/METADATA", "")), nil},
	{"two .dist-info, one of them empty", ErrFormat, "two folders", add(plain("demo-2.0.dist-info/", "")), nil},
	{"two .dist-info, in another case", ErrFormat, "two folders", add(plain("Demo_pkg-1.0.dist-INFO/METADATA", "")), nil},
	{"no .dist-info", ErrFormat, "no .dist-info", func() []part { return []part{plain("x", "")} }, nil},
	{".dist-info in another case", ErrFormat, "spelt", func() []part { return []part{plain("x-1.Dist-info/METADATA", "")} }, nil},
	{".dist-info is a file", ErrFormat, "should be a folder", func() []part { return []part{plain("x-1.dist-info", "")} }, nil},
	{"no member at all", ErrFormat, "no .dist-info", func() []part { return nil }, nil},

	// contents
	{"checksum", ErrFormat, "checksum", add(plain("x", "abc").with(func(p *part) { p.data = []byte("abd") })), nil},
	{"checksum, compressed", ErrFormat, "checksum", add(squeezed("x", "abc", 6).with(func(p *part) { p.crc++; p.localCRC++ })), nil},
	{"bomb", ErrFormat, "more than 5 bytes", add(squeezed("x", strings.Repeat("0", 1<<20), 6).with(func(p *part) { p.size, p.localSize = 5, 5 })), nil},
	{"one byte too many", ErrFormat, "more than 2 bytes", add(squeezed("x", "abc", 6).with(func(p *part) { p.size, p.localSize = 2, 2 })), nil},
	{"less than it says", ErrFormat, "less than", add(squeezed("x", "abc", 6).with(func(p *part) { p.size, p.localSize = 4, 4 })), nil},
	{"nothing at all", ErrFormat, "cut off", add(squeezed("x", "abc", 6).with(func(p *part) { p.data = nil; p.packed, p.localPacked = 0, 0 })), nil},
	{"cut off", ErrFormat, "cut off", add(squeezed("x", "abc", 6).with(func(p *part) {
		p.data = p.data[:len(p.data)-1]
		p.packed--
		p.localPacked--
	})), nil},
	{"something after the compressed contents", ErrUnsafe, "follows its compressed", add(squeezed("x", "abc", 6).with(func(p *part) {
		p.data = append(p.data, 0)
		p.packed++
		p.localPacked++
	})), nil},
	{"second stream after the first", ErrUnsafe, "follows its compressed", add(squeezed("x", "abc", 6).with(func(p *part) {
		p.data = append(p.data, p.data...)
		p.packed *= 2
		p.localPacked *= 2
	})), nil},
	{"no deflate", ErrFormat, "damaged", add(squeezed("x", "abc", 6).with(func(p *part) { p.data[0] = 0xff })), nil},
}

func firstPart(edit func(*part)) func() []part {
	return func() []part {
		parts := demo()
		edit(&parts[0])
		return parts
	}
}

func lastPart(edit func(*part)) func() []part {
	return func() []part {
		parts := demo()
		edit(&parts[len(parts)-1])
		return parts
	}
}

func add(more ...part) func() []part { return func() []part { return append(demo(), more...) } }

// readAll reads everything, as those do who unpack a wheel.
func readAll(a *Archive) error {
	for _, m := range a.Members() {
		r, err := a.OpenMember(m.Name)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, r)
		r.Close()
		if err != nil {
			return err
		}
		if n != m.Size {
			return errors.New("another size than it says")
		}
	}
	return nil
}

func TestHostile(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range hostile {
		if seen[c.name] {
			t.Errorf("two are called %s", c.name)
		}
		seen[c.name] = true
		parts := c.parts
		if parts == nil {
			parts = demo
		}
		b := handmade(parts(), c.end)
		a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{})
		if err == nil {
			err = readAll(a)
		}
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v: %s", c.name, err, c.kind, c.says)
		}
		if a == nil {
			continue
		}
		if err := Normalise(io.Discard, a, epoch, Build{}); !errors.Is(err, c.kind) {
			t.Errorf("%s: Normalise: %v", c.name, err)
		}
	}
}

func TestNoZip(t *testing.T) {
	for _, s := range []string{"", "PK", strings.Repeat("x", 21), strings.Repeat("x", 200), "PK\x05\x06"} {
		if _, err := Open(strings.NewReader(s), int64(len(s)), Limits{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// What is unusual, and still understood by everybody in the same way.
func TestTaken(t *testing.T) {
	for name, more := range map[string][]part{
		"names that differ in case": {plain("x/a", "1"), plain("x/A", "2"), plain("X/a", "3")},
		"no mode":                   {plain("x", "").with(func(p *part) { p.attributes, p.made = 0, 20 })},
		"comment of a member":       {plain("x", "").with(func(p *part) { p.comment = "hello" })},
		"time in an extra field":    {plain("x", "").with(func(p *part) { p.extra, p.localExtra = []byte{'U', 'T', 1, 0, 3}, []byte{'U', 'T', 2, 0, 3, 3} })},
		"level said":                {squeezed("x", "abc", 9).with(func(p *part) { p.flags, p.localFlags = 2, 2 })},
		"dots in names":             {plain("...", ""), plain("a/.b", ""), plain("..a", ""), plain("a/b..", "")},
		"colon":                     {plain("ab:c", ""), plain("x/C:", "")},
		"two folders of data":       {plain("demo_pkg-1.0.data/scripts/x", ""), plain("other-1.data/scripts/x", "")},
		"a folder called .dist-info further down": {plain("x/a-1.dist-info/METADATA", "")},
		"streamed, with nothing in it":            {plain("x", "").streamed()},
		"streamed, and said before too": {squeezed("x", "abc", 6).streamed().with(func(p *part) {
			p.localCRC, p.localSize, p.localPacked = p.crc, p.size, p.packed
		})},
	} {
		b := handmade(recorded(append(demo(), more...)), nil)
		a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{})
		if err == nil {
			err = a.CheckRecord()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What lies in a folder follows it at once, whatever other names there are.
func TestCompareTree(t *testing.T) {
	sorted := []string{"a", "a/", "a/b", "a/b/c", "a/b!", "a/c", "a ", "a-", "a.", "a0", "b"}
	for i, x := range sorted {
		for j, y := range sorted {
			if got := compareTree(x, y); got != cmp.Compare(i, j) {
				t.Errorf("%q, %q: %d", x, y, got)
			}
		}
	}
}
