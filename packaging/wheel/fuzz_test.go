package wheel

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"
)

// fuzzLimits keep one input from taking long.
var fuzzLimits = Limits{Members: 1000, Bytes: 4 << 20, MetaFile: 1 << 20}

// FuzzOpen: whatever is taken holds what it promises, is read by archive/zip in the same way, and has one normal form.
func FuzzOpen(f *testing.F) {
	f.Add(handmade(recorded(demo()), nil))
	f.Add(normal(f, handmade(recorded(demo()), nil), Build{Number: 1, Given: true}))
	f.Add(handmade(append(demo(), plain("é/", ""), squeezed("x", "abc", 6).streamed()), func(c *closing) { c.wide = true }))
	for _, c := range hostile {
		if c.parts != nil {
			f.Add(handmade(c.parts(), c.end))
		} else {
			f.Add(handmade(demo(), c.end))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Open(bytes.NewReader(b), int64(len(b)), fuzzLimits)
		if err != nil {
			return
		}
		for _, m := range a.Members() {
			if problem := badName(m.Name); problem != "" {
				t.Fatal(problem)
			}
		}
		a.Metadata()
		a.Info()
		recorded := a.CheckRecord()
		sound := readAll(a)
		if recorded == nil && sound != nil {
			t.Fatal("CheckRecord took a member that can't be read:", sound)
		}
		if sound == nil {
			sameAsStdlib(t, a, b)
		}
		var once, twice bytes.Buffer
		if err := Normalise(&once, a, epoch, Build{}); err != nil {
			return
		}
		if sound != nil {
			t.Log("unsound, in what a normal form leaves out:", sound)
		}
		n, err := Open(bytes.NewReader(once.Bytes()), int64(once.Len()), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.CheckRecord(); err != nil {
			t.Fatal(err)
		}
		if err := Normalise(&twice, n, epoch, Build{}); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatal("the normal form isn't its own", err)
		}
	})
}

func sameAsStdlib(t *testing.T, a *Archive, b []byte) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	members := a.Members()
	if len(z.File) != len(members) {
		t.Fatalf("%d members, and %d", len(members), len(z.File))
	}
	for i, f := range z.File {
		if f.Name != members[i].Name || int64(f.UncompressedSize64) != members[i].Size {
			t.Fatalf("%+v: %+v", members[i], f.FileHeader)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		ours, _ := a.OpenMember(f.Name)
		if got, err := io.ReadAll(ours); err != nil || !bytes.Equal(got, theirs) {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
}

// FuzzContents: the files of .dist-info, in a wheel that is all right otherwise.
func FuzzContents(f *testing.F) {
	f.Add(demoWHEEL, demoMETADATA, string(recordOf(demo()).data), 1, "")
	f.Add("A: 1\r\nBuild: 2\nTag: x", "From x\n:\n y\n", "\"a\n\"\"b\",sha512=,1\r\n", 2, "b")
	f.Fuzz(func(t *testing.T, info, metadata, record string, number int, suffix string) {
		parts := demo()[:2]
		a := open(t, handmade(append(parts, plain(demoInfo+"WHEEL", info), plain(demoInfo+"METADATA", metadata), plain(demoInfo+"RECORD", record)), nil))
		a.Info()
		a.Metadata()
		a.CheckRecord()
		var once, twice bytes.Buffer
		build := Build{number, suffix, true}
		if err := Normalise(&once, a, epoch, build); err != nil {
			return
		}
		n := open(t, once.Bytes())
		if err := n.CheckRecord(); err != nil {
			t.Fatal(err)
		}
		if i, err := n.Info(); err == nil && i.Build != build {
			t.Fatalf("%+v, want %+v", i.Build, build)
		}
		if err := Normalise(&twice, n, epoch, build); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatal("the normal form isn't its own", err)
		}
	})
}

func FuzzParseFilename(f *testing.F) {
	for _, v := range seeds(f).Filenames {
		f.Add(v.Filename)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := ParseFilename(s)
		if err != nil {
			return
		}
		again, err := ParseFilename(name.String())
		if err != nil || again.Project != name.Project || again.Build != name.Build || again.Version.Compare(name.Version) != 0 || again.TagSet != name.TagSet || again.String() != name.String() {
			t.Fatalf("%q: %+v, then %+v, %v", s, name, again, err)
		}
	})
}

func FuzzParseMetadata(f *testing.F) {
	for _, v := range seeds(f).Metadata {
		f.Add([]byte(v.Text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		md, err := ParseMetadata(b)
		if err == nil && (md.Name == "" || md.Version == "" || md.MetadataVersion == "") {
			t.Fatalf("%+v", md)
		}
		h := parseHeaders(string(b))
		at := 0
		for _, f := range h.fields {
			if f.start < at || f.end <= f.start || f.end > h.end || h.end > len(b) {
				t.Fatalf("%+v", h)
			}
			at = f.end
		}
	})
}

func seeds(f *testing.F) (v vectors) {
	f.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		f.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		f.Fatal(err)
	}
	return v
}
