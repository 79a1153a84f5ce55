package wheel

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var epoch = time.Date(2024, 2, 29, 12, 34, 57, 0, time.UTC)

func normal(t testing.TB, b []byte, build Build) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Normalise(&out, open(t, b), epoch, build); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestNormalise(t *testing.T) {
	parts := []part{
		recordOf(demo()),
		plain(demoInfo+"RECORD.jws", "{}"), plain(demoInfo+"RECORD.p7s", "x"),
		plain("z.py", ""), plain("demo/", ""), plain("demo/é,\"q\".txt", strings.Repeat("é", 100)),
		plain(demoInfo+"licenses/LICENSE", "free"),
		plain("demo/a.so", "x").with(func(p *part) { p.attributes = 0o100777 << 16 }),
		plain("demo/setuid", "x").with(func(p *part) { p.attributes = 0o104711 << 16 }),
		plain("demo/secret", "x").with(func(p *part) { p.attributes = 0o100600 << 16 }),
	}
	b := normal(t, handmade(append(parts, demo()...), nil), Build{Number: 2, Given: true})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, fmt.Sprintf("%s %o", f.Name, f.Mode()))
		if !f.Modified.Equal(epoch.Truncate(2*time.Second)) || f.Flags&flagDescriptor != 0 || f.CreatorVersion>>8 != 3 {
			t.Errorf("%+v", f.FileHeader)
		}
	}
	want := []string{
		"demo/__init__.py 644", "demo/a.so 755", "demo/run 755", "demo/secret 644", "demo/setuid 755", "demo/é,\"q\".txt 644", "z.py 644",
		demoInfo + "METADATA 644", demoInfo + "WHEEL 644", demoInfo + "licenses/LICENSE 644", demoInfo + "RECORD 644",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	a := open(t, b)
	if err := a.CheckRecord(); err != nil {
		t.Error(err)
	}
	raw, _, err := a.readInfo("RECORD")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	if len(lines) != 12 || !strings.HasPrefix(lines[5], `"demo/é,""q"".txt",sha256=`) || lines[6] != "z.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0" || lines[10] != demoInfo+"RECORD,," {
		t.Errorf("%s", raw)
	}
	info, err := a.Info()
	if err != nil || info.Build != (Build{Number: 2, Given: true}) {
		t.Errorf("%+v, %v", info, err)
	}
}

// The bytes themselves: they change when the encoder does, or anything else that the bytes of a wheel depend on. Then wheels that are built again
// no longer have their old hash, though nothing is wrong with them: that is to be known before it happens.
func TestNormaliseGolden(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for range 30_000 {
		fmt.Fprintf(&text, "%d %s\n", r.IntN(1000), strings.Repeat("ab", r.IntN(9)))
	}
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	parts := append(demo(), plain("demo/text", text.String()), plain("demo/noise", string(noise)), plain("demo/zeros", string(make([]byte, 300_000))))
	b := normal(t, handmade(recorded(parts), nil), Build{Number: 1, Given: true})
	const want = "184958 db5cd24eeb7843a863953599b5fe15175562effdd004cbcd1c12d44ecf96ca15"
	if got := fmt.Sprintf("%d %x", len(b), sha256.Sum256(b)); got != want {
		t.Errorf("%s, was %s", got, want)
	}
}

func TestNormaliseTimes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"1970-01-01T00:00:00Z", "1980-01-01T00:00:00Z"},
		{"1980-01-01T00:00:00+01:00", "1980-01-01T00:00:00Z"},
		{"1999-12-31T23:59:59Z", "1999-12-31T23:59:58Z"},
		{"2024-06-01T02:00:00+02:00", "2024-06-01T00:00:00Z"},
		{"2107-12-31T23:59:59Z", "2107-12-31T23:59:58Z"},
		{"2108-01-01T00:00:00Z", "2107-12-31T23:59:58Z"},
		{"9999-01-01T00:00:00Z", "2107-12-31T23:59:58Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.in)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Normalise(&out, open(t, handmade(demo(), nil)), at, Build{}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if got := z.File[0].Modified.UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
}

// However a wheel came to be: other order, levels, folders, times, RECORD, zip64, data descriptors.
func TestNormaliseIsTheSameForTheSameContents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.MapOfN(
			rapid.StringMatching(`[a-e]{1,2}/[a-e]{1,2}(\.py|\.so|é,")?`),
			rapid.OneOf(rapid.String(), rapid.Map(rapid.IntRange(0, 200_000), func(n int) string { return strings.Repeat("wheel", n/5) })),
			0, 8).Draw(t, "files")
		exec := map[string]bool{}
		names := []string{demoInfo + "METADATA", demoInfo + "WHEEL"}
		contents := map[string]string{names[0]: demoMETADATA, names[1]: demoWHEEL}
		for name, content := range files {
			contents[name] = content
			exec[name] = len(content)%2 == 0
		}
		names = names[:0]
		for name := range contents {
			names = append(names, name)
		}
		build := Build{Number: rapid.IntRange(0, 99).Draw(t, "build"), Given: rapid.Bool().Draw(t, "given")}
		write := func(label string) []byte {
			var parts []part
			for i, name := range rapid.Permutation(names).Draw(t, label) {
				parts = append(parts, anyhow(t, name, contents[name], exec[name], fmt.Sprint(label, i)))
			}
			if rapid.Bool().Draw(t, label+" folders") {
				parts = append(parts, plain("empty/", ""))
			}
			if rapid.Bool().Draw(t, label+" record") {
				parts = append([]part{recordOf(parts)}, parts...)
			}
			return handmade(parts, nil)
		}
		first := normalOf(t, write("first"), build)
		if second := normalOf(t, write("second"), build); !bytes.Equal(first, second) {
			t.Fatal("two forms")
		}
		if again := normalOf(t, first, build); !bytes.Equal(first, again) {
			t.Fatal("the normal form isn't its own")
		}
		a, err := Open(bytes.NewReader(first), int64(len(first)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.CheckRecord(); err != nil {
			t.Fatal(err)
		}
		for name, content := range files {
			r, err := a.OpenMember(name)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != content {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, m := range a.Members() {
			if m.Executable() != exec[m.Name] {
				t.Fatalf("%+v", m)
			}
		}
	})
}

func normalOf(t *rapid.T, b []byte, build Build) []byte {
	a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Normalise(&out, a, epoch, build); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// anyhow is a member with these contents, in one of the ways in which it may be written.
func anyhow(t *rapid.T, name, content string, exec bool, label string) part {
	level := rapid.IntRange(-1, 9).Draw(t, label+" level")
	p := plain(name, content)
	if level >= 0 {
		p = squeezed(name, content, level)
		if rapid.Bool().Draw(t, label+" streamed") {
			p = p.streamed()
		}
	}
	mode := rapid.SampledFrom([]uint32{0o644, 0o600, 0o664, 0}).Draw(t, label+" mode")
	if exec {
		mode = rapid.SampledFrom([]uint32{0o755, 0o700, 0o777, 0o711, 0o001}).Draw(t, label+" mode")
	}
	p.attributes = (modeFile | mode) << 16
	return p
}

// A member that is too large for the spool is compressed twice, to the same bytes.
func TestNormaliseLargeMember(t *testing.T) {
	if testing.Short() {
		t.Skip("it compresses some 50 MB")
	}
	r := rand.New(rand.NewPCG(3, 4))
	letters, noise := make([]byte, 32<<20), make([]byte, spoolSize+1)
	for i := range letters {
		letters[i] = byte(r.IntN(24))
	}
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	b := normal(t, handmade(append(demo(), plain("letters", string(letters)), plain("noise", string(noise))), nil), Build{})
	a := open(t, b)
	methods := map[string]uint16{}
	for _, e := range a.entries {
		methods[e.name] = e.method
	}
	if methods["letters"] != deflated || methods["noise"] != stored || a.entries[a.index["letters"]].packed <= spoolSize {
		t.Errorf("%v", methods)
	}
	if err := a.CheckRecord(); err != nil {
		t.Error(err)
	}
}

func TestNormaliseErrors(t *testing.T) {
	a := open(t, handmade(demo(), nil))
	boom := errors.New("boom")
	for n := range 20 {
		if err := Normalise(&full{n * 100, boom}, a, epoch, Build{}); (err == nil) != (n*100 >= len(normal(t, handmade(demo(), nil), Build{}))) || err != nil && !errors.Is(err, boom) {
			t.Errorf("%d: %v", n, err)
		}
	}
	if err := Normalise(io.Discard, open(t, handmade(demo()[:3], nil)), epoch, Build{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	for _, b := range []Build{{Number: -1, Given: true}, {Suffix: "\nTag: x", Given: true}, {Suffix: "a-b", Given: true}, {Suffix: "/x", Given: true}} {
		if err := Normalise(io.Discard, a, epoch, b); err == nil {
			t.Errorf("%+v was taken", b)
		}
	}
}

// full is a disk with room for that many bytes.
type full struct {
	room int
	err  error
}

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, f.err
	}
	return len(b), nil
}

func TestSetBuild(t *testing.T) {
	two := Build{Number: 2, Given: true}
	for _, c := range []struct {
		in    string
		build Build
		want  string
	}{
		{demoWHEEL, Build{}, demoWHEEL},
		{demoWHEEL, two, "Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nBuild: 2\nTag: py3-none-any\n"},
		{"A: 1\r\nTag: x\r\nTag: y\r\n\r\n", two, "A: 1\r\nBuild: 2\r\nTag: x\r\nTag: y\r\n\r\n"},
		{"A: 1\nTag: x\nBuild: 1\n\nbody\nBuild: 1\n", two, "A: 1\nBuild: 2\nTag: x\n\nbody\nBuild: 1\n"},
		{"BUILD: 1\n folded\nA: 1\nbuild: 3\n", Build{}, "A: 1\n"},
		{"A: 1", two, "A: 1\nBuild: 2\n"},
		{"A: 1\r", two, "A: 1\rBuild: 2\n"},
		{"", two, "Build: 2\n"},
		{"Build: 1\r\nA: 1\nTag:", two, "A: 1\nBuild: 2\nTag:"},
		{"A: 1\n\nTag: x\n", Build{Number: 3, Suffix: "b", Given: true}, "A: 1\nBuild: 3b\n\nTag: x\n"},
	} {
		got := string(setBuild([]byte(c.in), c.build))
		if got != c.want {
			t.Errorf("%q with %v: %q, want %q", c.in, c.build, got, c.want)
		}
		if again := string(setBuild([]byte(got), c.build)); again != got {
			t.Errorf("%q, then %q", got, again)
		}
	}
}
