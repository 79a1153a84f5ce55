package wheel

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestOpen(t *testing.T) {
	parts := append(demo(), plain("demo/", ""), plain("demo/é,\"x\".txt", "é"), squeezed("demo/streamed", "streamed", 9).streamed())
	b := handmade(recorded(parts), nil)
	if err := stdlib(b); err != nil {
		t.Fatal(err)
	}
	a := open(t, b)
	if a.DistInfo() != "demo_pkg-1.0.dist-info" {
		t.Error(a.DistInfo())
	}
	want := []Member{
		{"demo/__init__.py", 240, 0o644}, {"demo/run", 10, 0o755}, {demoInfo + "METADATA", int64(len(demoMETADATA)), 0o644}, {demoInfo + "WHEEL", int64(len(demoWHEEL)), 0o644},
		{"demo/", 0, 0o755}, {"demo/é,\"x\".txt", 2, 0o644}, {"demo/streamed", 8, 0o644}, {demoInfo + "RECORD", a.Members()[7].Size, 0o644},
	}
	if diff := cmp.Diff(want, a.Members()); diff != "" {
		t.Error(diff)
	}
	for i, p := range parts {
		r, err := a.OpenMember(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, p.contents()); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		if m := a.Members()[i]; m.IsDir() != (p.name == "demo/") || m.Executable() != (p.name == "demo/run") {
			t.Errorf("%+v", m)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
	for _, name := range []string{"", "demo", "other", "../x"} {
		if _, err := a.OpenMember(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := a.CheckRecord(); err != nil {
		t.Error(err)
	}
}

// Open reads a few bytes of each member, and no contents.
func TestOpenIsLazy(t *testing.T) {
	b := handmade(recorded(append(demo(), plain("big", string(make([]byte, 1<<20))))), nil)
	r := &countingReader{r: bytes.NewReader(b)}
	if _, err := Open(r, int64(len(b)), Limits{}); err != nil || r.n > 4096 {
		t.Errorf("%d bytes, %v", r.n, err)
	}
}

type countingReader struct {
	r io.ReaderAt
	n int
}

func (c *countingReader) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(b, off)
	c.n += n
	return n, err
}

// An error of the reader is passed on, wherever it comes.
func TestReaderFails(t *testing.T) {
	b := handmade(recorded(demo()), nil)
	boom := errors.New("boom")
	passed := false
	for calls := range 200 {
		r := &failing{bytes.NewReader(b), calls, boom}
		a, err := Open(r, int64(len(b)), Limits{})
		if err == nil {
			err = a.CheckRecord()
		}
		if err == nil {
			err = Normalise(io.Discard, a, epoch, Build{})
		}
		if err == nil {
			passed = true
			break
		}
		if !errors.Is(err, boom) || errors.Is(err, ErrFormat) {
			t.Errorf("after %d calls: %v", calls, err)
		}
	}
	if !passed {
		t.Error("it never ended")
	}
}

type failing struct {
	r     io.ReaderAt
	calls int
	err   error
}

func (f *failing) ReadAt(b []byte, off int64) (int, error) {
	if f.calls--; f.calls < 0 {
		return 0, f.err
	}
	return f.r.ReadAt(b, off)
}

// A file that shrinks while it is read is cut off, not endless.
func TestShrinks(t *testing.T) {
	b := handmade(recorded(demo()), nil)
	for n := range b {
		a, err := Open(bytes.NewReader(b[:n]), int64(len(b)), Limits{})
		if err == nil {
			err = a.CheckRecord()
		}
		if !errors.Is(err, ErrFormat) {
			t.Fatalf("%d: %v", n, err)
		}
		if _, err := Open(bytes.NewReader(b[:n]), int64(n), Limits{}); !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsafe) {
			t.Fatalf("%d: %v", n, err)
		}
	}
}

func TestLimits(t *testing.T) {
	b := handmade(recorded(demo()), nil)
	total := int64(0)
	for _, m := range open(t, b).Members() {
		total += m.Size
	}
	for _, c := range []struct {
		lim Limits
		ok  bool
	}{
		{Limits{Members: 5}, true}, {Limits{Members: 4}, false},
		{Limits{Bytes: total}, true}, {Limits{Bytes: total - 1}, false},
	} {
		if _, err := Open(bytes.NewReader(b), int64(len(b)), c.lim); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("%+v: %v", c.lim, err)
		}
	}
	a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{MetaFile: int64(len(demoWHEEL))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Info(); err != nil {
		t.Error(err)
	}
	if _, _, err := a.Metadata(); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	if err := a.CheckRecord(); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

// The number of members is only believed as far as there is room for them.
func TestMembersAllocateNothingInVain(t *testing.T) {
	b := handmade(nil, func(c *closing) { c.wide, c.members, c.here, c.wideMembers = true, max16, max16, 1<<40 })
	for _, lim := range []Limits{{}, {Members: 1 << 41}} {
		if _, err := Open(bytes.NewReader(b), int64(len(b)), lim); !errors.Is(err, ErrLimit) && !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
	}
}

// Zip64 as it is written by Python's zipfile for a member of unknown size, and with end records that nobody needed.
func TestZip64(t *testing.T) {
	wide := func(local, central bool) func(*part) {
		return func(p *part) {
			field := appendExtra(nil, []uint64{uint64(p.size), uint64(p.packed)})
			if local {
				p.localSize, p.localPacked, p.localExtra = max32, max32, field
			}
			if central {
				p.size, p.packed, p.extra = max32, max32, field
			}
		}
	}
	streamed := squeezed("c", "streamed", 6).streamed().with(func(p *part) {
		p.localSize, p.localPacked, p.localExtra = max32, max32, appendExtra(nil, []uint64{0, 0})
		d := le.AppendUint32(le.AppendUint32(nil, descriptorSignature), p.crc)
		p.descriptor = le.AppendUint64(le.AppendUint64(d, uint64(p.packed)), uint64(p.size))
	})
	parts := append(demo(), plain("a", "abc").with(wide(true, false)), plain("b", "abc").with(wide(true, true)), streamed)
	for name, edit := range map[string]func(*closing){
		"none":   nil,
		"unused": func(c *closing) { c.wide = true },
		"used":   func(c *closing) { c.wide, c.members, c.here, c.size, c.offset = true, max16, max16, max32, max32 },
	} {
		a, err := Open(bytes.NewReader(handmade(parts, edit)), int64(len(handmade(parts, edit))), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, m := range a.Members() {
			r, _ := a.OpenMember(m.Name)
			if b, err := io.ReadAll(r); err != nil || int64(len(b)) != m.Size {
				t.Errorf("%s: %+v: %v", name, m, err)
			}
		}
	}
}

// sparse is a file of many zeros.
type sparse struct {
	pieces map[int64][]byte
	size   int64
}

func (s *sparse) ReadAt(b []byte, off int64) (int, error) {
	clear(b)
	for at, piece := range s.pieces {
		if at < off+int64(len(b)) && off < at+int64(len(piece)) {
			copy(b[max(0, at-off):], piece[max(0, off-at):])
		}
	}
	return int(min(int64(len(b)), s.size-off)), nil
}

// What the writer writes for sizes and offsets beyond 4 GiB is what Open takes.
func TestLarge(t *testing.T) {
	var out bytes.Buffer
	w := newZipWriter(&out, epoch)
	s := &sparse{pieces: map[int64][]byte{}}
	flush := func(at int64) {
		w.dst.Flush()
		s.pieces[at] = bytes.Clone(out.Bytes())
		out.Reset()
	}
	sizes := []int64{max32 - 1, max32, max32 + 1, 5}
	for i, size := range sizes {
		at := w.at
		e := &entry{name: "x.dist-info/" + string(rune('a'+i)), size: size, packed: size, header: at, attributes: modeFile << 16}
		if err := w.header(e); err != nil {
			t.Fatal(err)
		}
		flush(at)
		w.at += size
	}
	at := w.at
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	flush(at)
	s.size = w.at
	a, err := Open(s, s.size, Limits{Bytes: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range a.Members() {
		if m.Size != sizes[i] {
			t.Errorf("%+v", m)
		}
	}
	if _, err := Open(s, s.size, Limits{}); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
}

// 65,535 members and more need zip64.
func TestManyMembers(t *testing.T) {
	for _, n := range []int{max16 - 1, max16, max16 + 1} {
		var out bytes.Buffer
		w := newZipWriter(&out, epoch)
		for i := range n {
			name := "x.dist-info/" + string([]byte{byte('a' + i>>12), byte('a' + i>>8&15), byte('a' + i>>4&15), byte('a' + i&15)})
			if err := w.header(&entry{name: name, header: w.at}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		if err := stdlib(out.Bytes()); err != nil {
			t.Error(n, err)
		}
		if got := len(open(t, out.Bytes()).Members()); got != n {
			t.Errorf("%d of %d", got, n)
		}
	}
}

func TestMembersIsACopy(t *testing.T) {
	a := open(t, handmade(recorded(demo()), nil))
	m := a.Members()
	slices.Reverse(m)
	if slices.Equal(m, a.Members()) {
		t.Error("it isn't")
	}
}

// Several goroutines may read at once, and one of them several members.
func TestReadersAtOnce(t *testing.T) {
	parts := recorded(append(demo(), squeezed("x", strings.Repeat("abc", 50_000), 6), squeezed("y", strings.Repeat("abd", 50_000), 6)))
	a := open(t, handmade(parts, nil))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := a.CheckRecord(); err != nil {
				t.Error(err)
			}
		})
	}
	x, _ := a.OpenMember("x")
	y, _ := a.OpenMember("y")
	got := [2]bytes.Buffer{}
	for range 150_000 / 100 {
		io.CopyN(&got[0], x, 100)
		io.CopyN(&got[1], y, 100)
	}
	if got[0].String() != strings.Repeat("abc", 50_000) || got[1].String() != strings.Repeat("abd", 50_000) {
		t.Error("readers disturb each other")
	}
	x.Close()
	x.Close()
	y.Close()
	wg.Wait()
}
