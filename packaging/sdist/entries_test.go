package sdist

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ulikunitz/xz"
)

// ordinary is an sdist as there are many.
var ordinary = []member{
	{kind: tar.TypeXGlobalHeader, pax: map[string]string{"comment": "0123abcd"}},
	{name: "demo-1.0/", kind: tar.TypeDir, mode: 0o755},
	{name: "demo-1.0/setup.py", text: "import setuptools\n"},
	{name: "./demo-1.0//./src/run", text: "#!/bin/sh\n", mode: 0o4711},
	{name: "demo-1.0/empty"},
	{name: "demo-1.0/" + strings.Repeat("long/", 40) + "name", text: "long"},
	{name: "demo-1.0/b/link", kind: tar.TypeSymlink, text: "../src/./x/../run"},
	{name: "demo-1.0/folder", kind: tar.TypeSymlink, text: "src/"},
	{name: "demo-1.0/missing", kind: tar.TypeSymlink, text: "nothing"},
	{name: "demo-1.0/b/same", kind: tar.TypeLink, text: "demo-1.0/src/run"},
	{name: "demo-1.0/b/again", kind: tar.TypeLink, text: "./demo-1.0/b/same"},
	{name: "demo-1.0/caf\xe9", text: "latin"},
	{name: "demo-1.0/empty", text: "no more"},
}

var ordinaryRead = []string{
	"d demo-1.0",
	"- demo-1.0/setup.py import setuptools\n",
	"x demo-1.0/src/run #!/bin/sh\n",
	"- demo-1.0/empty ",
	"- demo-1.0/" + strings.Repeat("long/", 40) + "name long",
	"l demo-1.0/b/link -> ../src/run",
	"l demo-1.0/folder -> src",
	"l demo-1.0/missing -> nothing",
	"l demo-1.0/b/same -> ../src/run",
	"l demo-1.0/b/again -> ../src/run",
	"- demo-1.0/caf\xe9 latin",
	"- demo-1.0/empty no more",
}

// ordinaryArchives are ordinary in each format that Go writes, by file name.
func ordinaryArchives(t testing.TB) map[string][]byte {
	plain := tarOf(t, ordinary...)
	half := len(plain) / 2
	return map[string][]byte{
		"demo-1.0.tar":       plain,
		"demo-1.0.tar.gz":    gzipped(t, plain),
		"demo-1.0.TGZ":       append(gzipped(t, plain[:half]), gzipped(t, plain[half:])...),
		"demo-1.0.tar.xz":    xzed(t, plain, xz.WriterConfig{}),
		"demo-1.0.txz":       xzed(t, plain, xz.WriterConfig{BlockSize: 1000, CheckSum: xz.CRC32}),
		"demo-1.0.1.txz":     append(xzed(t, plain[:half], xz.WriterConfig{NoCheckSum: true}), xzed(t, plain[half:], xz.WriterConfig{CheckSum: xz.SHA256})...),
		"demo-1.0.tar.lzma":  lzmaed(t, plain),
		"demo-1.0.post1.tlz": xzed(t, plain, xz.WriterConfig{}),
	}
}

func TestTars(t *testing.T) {
	for name, b := range ordinaryArchives(t) {
		got, err := read(name, b, Limits{})
		if diff := cmp.Diff(ordinaryRead, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestZip(t *testing.T) {
	got, err := read("demo-1.0.zip", zipOf(t,
		member{name: "demo-1.0/", mode: int64(fs.ModeDir | 0o755)},
		member{name: "demo-1.0/setup.py", text: "import setuptools\n"},
		member{name: "./demo-1.0//run", text: "#!/bin/sh\n", mode: 0o711},
		member{name: "demo-1.0/link", text: "setup.py", kind: tar.TypeSymlink},
		member{name: "demo-1.0/empty"},
	), Limits{})
	want := []string{"d demo-1.0", "- demo-1.0/setup.py import setuptools\n", "x demo-1.0/run #!/bin/sh\n", "- demo-1.0/link setup.py", "- demo-1.0/empty "}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestPythonsArchives reads what testdata/archives.py wrote.
func TestPythonsArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/archives/*")
	if err != nil || len(files) < 11 {
		t.Fatalf("%q, %v", files, err)
	}
	want := []string{
		"d demo-1.0", "- demo-1.0/setup.py " + strings.Repeat("import setuptools\n", 500), "x demo-1.0/configure #!/bin/sh\n",
		"- demo-1.0/" + strings.Repeat("long/", 30) + strings.Repeat("name", 20) + " long", "- demo-1.0/café.txt accent", "l demo-1.0/link -> setup.py", "l demo-1.0/long/same -> ../configure",
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(file, b, Limits{})
		if strings.Contains(file, "filtered") {
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "filter") {
				t.Errorf("%s: %v", file, err)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", file, err, diff)
		}
	}
}

// TestRefused: what must not be in an sdist, each with the kind of error and a word of what it says.
func TestRefused(t *testing.T) {
	link := func(name, to string) member { return member{name: name, kind: tar.TypeSymlink, text: to} }
	hard := func(name, to string) member { return member{name: name, kind: tar.TypeLink, text: to} }
	deep := strings.Repeat("d/", 128)
	for _, c := range []struct {
		name    string
		members []member
		kind    error
		says    string
	}{
		{"upwards", []member{{name: "../x"}}, ErrUnsafe, "upwards"},
		{"upwards within", []member{{name: "a/../../x"}}, ErrUnsafe, "upwards"},
		{"upwards, and back", []member{{name: "a/../x"}}, ErrUnsafe, "upwards"},
		{"upwards at the end", []member{{name: "a/.."}}, ErrUnsafe, "upwards"},
		{"absolute", []member{{name: "/etc/passwd"}}, ErrUnsafe, "absolute"},
		{"absolute twice", []member{{name: "//etc/passwd"}}, ErrUnsafe, "absolute"},
		{"backslash", []member{{name: `a\..\..\x`}}, ErrUnsafe, "backslash"},
		{"a file in place of the top", []member{{name: "."}}, ErrUnsafe, "folder"},
		{"a link in place of the top", []member{link("./.", "x")}, ErrUnsafe, "top"},
		{"too long a part", []member{{name: strings.Repeat("x", 256)}}, ErrLimit, "long"},
		{"too long", []member{{name: strings.Repeat("abcdefgh/", 500) + "x"}}, ErrLimit, "long"},
		{"too deep", []member{{name: deep + "x"}}, ErrLimit, "deep"},
		{"link that is absolute", []member{link("a/x", "/etc/passwd")}, ErrUnsafe, "absolute"},
		{"link that leads out", []member{link("a/x", "../../etc")}, ErrUnsafe, "leads out"},
		{"link that leads out of the first folder", []member{link("a/x", "../b/y")}, ErrUnsafe, "leads out"},
		{"link to the folder of the first folder", []member{link("a/x", "..")}, ErrUnsafe, "leads out"},
		{"link that leads out and back", []member{link("a/b/x", "../../../a/y")}, ErrUnsafe, "leads out"},
		{"link that leads out, at the top", []member{link("x", "../y")}, ErrUnsafe, "leads out"},
		{"link that leads out by a name", []member{link("a/x", "b/../../../y")}, ErrUnsafe, "leads out"},
		{"link with a backslash", []member{link("a/x", `..\..\y`)}, ErrUnsafe, "backslash"},
		{"link that is long", []member{link("a/x", strings.Repeat("y/", 3000))}, ErrUnsafe, "long"},
		{"through a link", []member{link("a/x", "b"), {name: "a/x/y"}}, ErrUnsafe, "below a link"},
		{"folder through a link", []member{link("a/x", "b"), {name: "a/x/y/", kind: tar.TypeDir}}, ErrUnsafe, "below a link"},
		{"link through a link", []member{link("a/b/c/x", "../.."), link("a/b/c/x/y", "../../z")}, ErrUnsafe, "below a link"},
		{"folder in place of a link", []member{link("a/x", "b"), {name: "a/x", kind: tar.TypeDir}}, ErrUnsafe, "where a link was"},
		{"through a hard link", []member{{name: "a/f"}, hard("a/x", "a/f"), {name: "a/x/y"}}, ErrUnsafe, "below a link"},
		{"hard link to nothing", []member{hard("a/x", "a/f")}, ErrUnsafe, "no earlier file"},
		{"hard link to what comes later", []member{hard("a/x", "a/f"), {name: "a/f"}}, ErrUnsafe, "no earlier file"},
		{"hard link to a folder", []member{{name: "a/f/", kind: tar.TypeDir}, hard("a/x", "a/f")}, ErrUnsafe, "no earlier file"},
		{"hard link to a link", []member{link("a/f", "g"), hard("a/x", "a/f")}, ErrUnsafe, "no earlier file"},
		{"hard link to the top", []member{hard("a/x", ".")}, ErrUnsafe, "no earlier file"},
		{"hard link that leads out", []member{hard("a/x", "../f")}, ErrUnsafe, "upwards"},
		{"hard link that is absolute", []member{hard("a/x", "/etc/passwd")}, ErrUnsafe, "absolute"},
		{"hard link to another first folder", []member{{name: "b/f"}, hard("a/x", "b/f")}, ErrUnsafe, "leads out"},
		{"device", []member{{name: "a/x", kind: tar.TypeBlock}}, ErrUnsafe, "device"},
		{"terminal", []member{{name: "a/x", kind: tar.TypeChar}}, ErrUnsafe, "device"},
		{"pipe", []member{{name: "a/x", kind: tar.TypeFifo}}, ErrUnsafe, "pipe"},
		{"global path", []member{{kind: tar.TypeXGlobalHeader, pax: map[string]string{"path": "x"}}}, ErrUnsafe, "one path to all"},
		{"global size", []member{{kind: tar.TypeXGlobalHeader, pax: map[string]string{"size": "7"}}}, ErrUnsafe, "one size to all"},
		{"no member", nil, ErrFormat, "no member"},
	} {
		lines, err := read("demo-1.0.tar", tarOf(t, c.members...), Limits{})
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", c.name, lines, err)
		}
		if len(c.members) > 0 {
			if m := (*MemberError)(nil); !errors.As(err, &m) {
				t.Errorf("%s: it isn't said of which member: %v", c.name, err)
			}
		}
	}
	for _, c := range []struct {
		name    string
		members []member
		kind    error
		says    string
	}{
		{"upwards", []member{{name: "a/../../x"}}, ErrUnsafe, "upwards"},
		{"upwards, a folder", []member{{name: "../"}}, ErrUnsafe, "upwards"},
		{"absolute", []member{{name: "/x"}}, ErrUnsafe, "absolute"},
		{"backslash", []member{{name: `..\x`}}, ErrUnsafe, "backslash"},
		{"a NUL", []member{{name: "a\x00b"}}, ErrUnsafe, "NUL"},
		{"no name", []member{{name: ""}}, ErrFormat, "no name"},
		{"a file in place of the top", []member{{name: "."}}, ErrUnsafe, "folder"},
		{"too deep", []member{{name: deep + "x"}}, ErrLimit, "deep"},
		{"no member", nil, ErrFormat, "no member"},
	} {
		lines, err := read("demo-1.0.zip", zipOf(t, c.members...), Limits{})
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("zip, %s: %q, %v", c.name, lines, err)
		}
	}
}

// TestUnusual: what looks odd, and does no harm.
func TestUnusual(t *testing.T) {
	for _, c := range []struct {
		name    string
		members []member
		want    []string
	}{
		{"the top itself", []member{{name: "./", kind: tar.TypeDir}, {name: "a"}}, []string{"- a "}},
		{"dots in names", []member{{name: "..a/...b/c..", text: "x"}}, []string{"- ..a/...b/c.. x"}},
		{"a link up to the first folder", []member{{name: "a/b/x", kind: tar.TypeSymlink, text: ".."}}, []string{"l a/b/x -> .."}},
		{"a link to its own folder", []member{{name: "a/x", kind: tar.TypeSymlink, text: "."}}, []string{"l a/x -> ."}},
		{"a link by the name of the first folder", []member{{name: "a/x", kind: tar.TypeSymlink, text: "../a/b"}}, []string{"l a/x -> b"}},
		{"a link by the name of its folder", []member{{name: "a/b/c/x", kind: tar.TypeSymlink, text: "../../b/d/y"}}, []string{"l a/b/c/x -> ../d/y"}},
		{"a link at the top", []member{{name: "x", kind: tar.TypeSymlink, text: "a/y"}}, []string{"l x -> a/y"}},
		{"a link to itself", []member{{name: "a/x", kind: tar.TypeSymlink, text: "x"}}, []string{"l a/x -> x"}},
		{"a file for a link", []member{{name: "a/x", kind: tar.TypeSymlink, text: "y"}, {name: "a/x", text: "t"}}, []string{"l a/x -> y", "- a/x t"}},
		{"a hard link to itself", []member{{name: "a/x", text: "t"}, {name: "a/x", kind: tar.TypeLink, text: "a/x"}}, []string{"- a/x t"}},
		{"a contiguous file", []member{{name: "a/x", kind: tar.TypeCont}}, []string{"- a/x "}},
	} {
		got, err := read("demo-1.0.tar", tarOf(t, c.members...), Limits{})
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

// TestSparse: the kinds of sparse files that GNU tar writes.
func TestSparse(t *testing.T) {
	old := tarOf(t, member{name: "a/x", text: "123"})
	old[156] = tar.TypeGNUSparse
	copy(old[257:], "ustar  \x00")
	clear(old[345:500])
	sum(old)
	for name, b := range map[string][]byte{"old": old, "pax": paxSparse(t)} {
		lines, err := read("demo-1.0.tar", b, Limits{})
		if !errors.Is(err, ErrUnsafe) || !strings.Contains(err.Error(), "sparse") {
			t.Errorf("%s: %q, %v", name, lines, err)
		}
	}
}

// sum writes the checksum of the first header anew.
func sum(b []byte) {
	copy(b[148:156], "        ")
	n := 0
	for _, c := range b[:512] {
		n += int(c)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", n))
}

// paxSparse is a file of the format 0.1 with nothing in it but a hole. The library writes no such records, so others stand for them first.
func paxSparse(t *testing.T) []byte {
	b := tarOf(t, member{name: "a/x", pax: map[string]string{"XXX.sparse.map": "1000000,0", "XXX.sparse.size": "1000000", "XXX.sparse.numblocks": "1"}})
	return bytes.ReplaceAll(b, []byte("XXX.sparse."), []byte("GNU.sparse."))
}

// TestDamaged: an archive that is cut off anywhere, or in which a byte is another, is an error, or gives just what is in it.
func TestDamaged(t *testing.T) {
	archives := ordinaryArchives(t)
	archives["demo-1.0.zip"] = zipOf(t, member{name: "a/x", text: strings.Repeat("text", 100)}, member{name: "a/y", text: "y"})
	for _, name := range []string{"gnu.tar.bz2", "two-streams.tbz", "two-streams.tar.xz", "alone.tlz", "sha256.txz"} {
		b, err := os.ReadFile("testdata/archives/" + name)
		if err != nil {
			t.Fatal(err)
		}
		archives[name] = b
	}
	for name, b := range archives {
		whole, err := read(name, b, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		step := len(b)/100 + 1
		for n := 0; n < len(b); n += step {
			got, err := read(name, b[:n], Limits{})
			// The end of a tar may be missing, as for pip: of a first stream that is whole, what is in it is taken.
			mayEnd := strings.HasSuffix(name, ".tar") || strings.Contains(name, "two-streams")
			if err == nil && !slices.Equal(got, whole) && !(mayEnd && slices.Equal(got, whole[:len(got)])) {
				t.Errorf("%s, its first %d bytes of %d: %q", name, n, len(b), got)
			}
			if err != nil && !errors.Is(err, ErrFormat) {
				t.Errorf("%s, its first %d bytes: %v", name, n, err)
			}
		}
		for n := 0; n < len(b); n += step {
			other := bytes.Clone(b)
			other[n] ^= 0x20
			if _, err := read(name, other, Limits{}); err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsafe) && !errors.Is(err, ErrLimit) {
				t.Errorf("%s, byte %d changed: %v", name, n, err)
			}
		}
	}
	for _, name := range []string{"x.tar", "x.tar.gz", "x.zip", "x.tar.bz2", "x.tar.xz", "x.tar.lzma", "x.whl", "x", ""} {
		for _, text := range []string{"", "<html>", strings.Repeat("<html>", 1000), strings.Repeat("\x00", 100), strings.Repeat("\x00", 10240)} {
			if lines, err := read(name, []byte(text), Limits{}); !errors.Is(err, ErrFormat) {
				t.Errorf("%q of %.10q: %q, %v", name, text, lines, err)
			}
		}
	}
	if _, err := read("x.tar.lz", []byte("LZIP\x01\x0c and more"), Limits{}); err == nil || !strings.Contains(err.Error(), "lzip") {
		t.Errorf("lzip: %v", err)
	}
}

// TestGarbageAfterTheEnd isn't read, as pip doesn't.
func TestGarbageAfterTheEnd(t *testing.T) {
	plain := tarOf(t, ordinary...)
	for name, b := range map[string][]byte{
		"x.tar":    append(bytes.Clone(plain), "garbage"...),
		"x.tar.gz": append(gzipped(t, append(bytes.Clone(plain), make([]byte, 1<<20)...)), "garbage"...),
		"x.tgz":    append(gzipped(t, plain), gzipped(t, []byte("garbage"))...),
	} {
		got, err := read(name, b, Limits{Bytes: int64(len(plain))})
		if diff := cmp.Diff(ordinaryRead, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// failing fails from an offset on.
type failing struct {
	io.ReaderAt
	from int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestReadingFails: what reading said is told.
func TestReadingFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	archives := ordinaryArchives(t)
	archives["x.zip"] = zipOf(t, member{name: "a/x"})
	for name, b := range archives {
		for _, from := range []int64{0, int64(len(b)) / 3} {
			var last error
			for _, err := range Entries(name, failing{bytes.NewReader(b), from, broken}, int64(len(b)), Limits{}) {
				last = err
			}
			if !errors.Is(last, broken) {
				t.Errorf("%s from %d: %v", name, from, last)
			}
		}
	}
}

// TestLimits are exact for tars, whatever they are packed with.
func TestLimits(t *testing.T) {
	plain := tarOf(t, member{name: "a/b/x", text: strings.Repeat("x", 1000)}, member{name: "a/b/y"}) // 512+1024 and 512 and the end
	for name, b := range map[string][]byte{"x.tar": plain, "x.tar.gz": gzipped(t, plain), "x.tar.xz": xzed(t, plain, xz.WriterConfig{}), "x.zip": zipOf(t, member{name: "a/b/x", text: strings.Repeat("x", 1000)}, member{name: "a/b/y"})} {
		size := int64(512 + 1024 + 512 + 1024)
		if name == "x.zip" {
			size = 1000
		}
		if _, err := read(name, b, Limits{Members: 4, Bytes: size}); err != nil { // a, a/b, and the two
			t.Errorf("%s: %v", name, err)
		}
		if _, err := read(name, b, Limits{Members: 3, Bytes: size}); !errors.Is(err, ErrLimit) {
			t.Errorf("%s, one member too many: %v", name, err)
		}
		if _, err := read(name, b, Limits{Members: 4, Bytes: size - 1}); !errors.Is(err, ErrLimit) {
			t.Errorf("%s, one byte too many: %v", name, err)
		}
	}
	// folders count that are not members
	if _, err := read("x.tar", tarOf(t, member{name: strings.Repeat("d/", 100) + "x"}), Limits{Members: 100}); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

// bomb is a tar with a huge file of zeros, and without an end.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "a/x", Size: 64 << 20, Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	b.Write(make([]byte, 64<<20))
	return b.Bytes()
}

// TestBombs: what unpacks to much takes no more time and memory than is allowed.
func TestBombs(t *testing.T) {
	plain := bomb(t)
	large := tarOf(t, member{name: "a/x", text: "small"})
	var headers []byte
	one := tarOf(t, member{name: "a/x", pax: map[string]string{"comment": strings.Repeat("x", 900<<10)}})
	for range 30 {
		headers = append(headers, one[:len(one)-512-1024]...)
	}
	zip := zipOf(t, member{name: "a/x", text: string(make([]byte, 64<<20))})
	packed := map[string][]byte{"gzip.tar.gz": gzipped(t, plain), "xz.tar.xz": xzed(t, plain, xz.WriterConfig{}), "alone.tar.lzma": lzmaed(t, plain), "headers.tar.gz": gzipped(t, headers), "zip.zip": zip}
	for name, b := range packed {
		allocated := allocates(func() {
			if _, err := read(name, b, Limits{Bytes: 4 << 20}); !errors.Is(err, ErrLimit) {
				t.Errorf("%s: %v", name, err)
			}
		})
		if allocated > 40<<20 {
			t.Errorf("%s: %d MiB were allocated", name, allocated>>20)
		}
	}
	// a dictionary of 4 GiB, of which nothing is needed
	b := xzed(t, large, xz.WriterConfig{})
	setDictionary(t, b, 40)
	if allocated := allocates(func() {
		if got, err := read("x.tar.xz", b, Limits{}); err != nil || len(got) != 1 {
			t.Errorf("%q, %v", got, err)
		}
	}); allocated > 4<<20 {
		t.Errorf("%d MiB were allocated", allocated>>20)
	}
	b = lzmaed(t, large)
	copy(b[1:5], "\xff\xff\xff\xff")
	if _, err := read("x.tar.lzma", b, Limits{}); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "memory") {
		t.Errorf("%v", err)
	}
}

// setDictionary changes the header of an xz's first block.
func setDictionary(t *testing.T, b []byte, bits byte) {
	t.Helper()
	h := b[12 : 12+int(b[12])*4+4]
	i := bytes.Index(h, []byte{lzma2Filter, 1})
	if i < 0 {
		t.Fatalf("%x", h)
	}
	h[i+2] = bits
	binary.LittleEndian.PutUint32(h[len(h)-4:], crc32.ChecksumIEEE(h[:len(h)-4]))
}

func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestStop: whoever stops gets no more, and who doesn't read a file misses nothing else.
func TestStop(t *testing.T) {
	for name, b := range map[string][]byte{"x.tar": tarOf(t, ordinary...), "x.zip": zipOf(t, member{name: "a"}, member{name: "b"})} {
		n := 0
		for range Entries(name, bytes.NewReader(b), int64(len(b)), Limits{}) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%s: %d", name, n)
		}
	}
	b := gzipped(t, tarOf(t, ordinary...))
	n := 0
	for _, err := range Entries("x.tgz", bytes.NewReader(b), int64(len(b)), Limits{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != len(ordinaryRead) {
		t.Errorf("%d entries", n)
	}
}

// TestManyMembers of a zip, whose end declares few.
func TestManyMembers(t *testing.T) {
	members := make([]member, 65536+1)
	for i := range members {
		members[i].name = fmt.Sprintf("a/%d", i)
	}
	b := zipOf(t, members...)
	if _, err := read("x.zip", b, Limits{Members: 1000}); !errors.Is(err, ErrLimit) {
		t.Errorf("%v", err)
	}
	if allocated := allocates(func() { read("x.zip", b, Limits{Members: 1000}) }); allocated > 10<<20 {
		t.Errorf("%d MiB were allocated", allocated>>20)
	}
}
