package wheel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vectors are what testdata/vectors.py writes.
type vectors struct {
	Packaging string
	Filenames []struct {
		Filename string
		Read     *readName // nil: refused
	}
	Metadata []struct {
		Text string
		Read *readMetadata
	}
}

type readName struct {
	Name, Version string
	Build, Tags   []string
}

type readMetadata struct {
	MetadataVersion string `json:"metadata_version"`
	Name            string
	Version         string
	RequiresPython  string   `json:"requires_python"`
	RequiresDist    []string `json:"requires_dist"`
	ProvidesExtra   []string `json:"provides_extra"`
	Dynamic         []string
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if taken, refused := v.check(t); taken < 200 || refused < 100 {
		t.Errorf("only %d are taken and %d refused", taken, refused)
	}
}

func (v vectors) check(t *testing.T) (taken, refused int) {
	count := func(ok bool) {
		if ok {
			taken++
		} else {
			refused++
		}
	}
	for _, c := range v.Filenames {
		count(c.Read != nil)
		if diff := cmp.Diff(c.Read, nameRead(c.Filename)); diff != "" {
			t.Errorf("%q (-packaging +here):\n%s", c.Filename, diff)
		}
	}
	for _, c := range v.Metadata {
		count(c.Read != nil)
		if diff := cmp.Diff(c.Read, metadataRead(t, c.Text)); diff != "" {
			t.Errorf("%q (-packaging +here):\n%s", c.Text, diff)
		}
	}
	return taken, refused
}

func nameRead(s string) *readName {
	f, err := ParseFilename(s)
	if err != nil {
		return nil
	}
	got := &readName{Name: string(f.Project), Version: f.Version.String(), Build: []string{}}
	if f.Build.Given {
		got.Build = append(got.Build, fmt.Sprint(f.Build.Number), f.Build.Suffix)
	}
	for _, t := range f.Tags {
		got.Tags = append(got.Tags, t.String())
	}
	slices.Sort(got.Tags)
	return got
}

// metadataRead compares spellings of requirements, not what they mean: that is pep508's.
func metadataRead(t *testing.T, text string) *readMetadata {
	md, err := ParseMetadata([]byte(text))
	if err != nil {
		return nil
	}
	got := &readMetadata{md.MetadataVersion, md.Name, md.Version, md.RequiresPython, parseHeaders(text).all("requires-dist"), md.ProvidesExtra, md.Dynamic}
	bad := 0
	for _, p := range md.Problems {
		if p.Field == "Requires-Dist" {
			bad++
			if !slices.Contains(got.RequiresDist, p.Value) {
				t.Errorf("%q has no line %q", text, p.Value)
			}
		}
	}
	if len(md.RequiresDist)+bad != len(got.RequiresDist) {
		t.Errorf("%q: a requirement is lost", text)
	}
	for _, list := range []*[]string{&got.RequiresDist, &got.ProvidesExtra, &got.Dynamic} {
		if *list == nil {
			*list = []string{}
		}
	}
	return got
}

// oracle is a Python that has packaging 26.3, pip and wheel.
func oracle(t testing.TB) string {
	t.Helper()
	python := os.Getenv("WHEELYARD_ORACLE_PYTHON")
	if python == "" {
		t.Skip("WHEELYARD_ORACLE_PYTHON names no Python with packaging 26.3, pip 26.3 and wheel")
	}
	return python
}

func ask(t testing.TB, stdin []byte, python string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(python, args...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &stderr
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", args, err, out, &stderr)
	}
	return out
}

// Random names and METADATA files, with packaging's answer at hand.
func TestDifferential(t *testing.T) {
	python := oracle(t)
	r := rand.New(rand.NewPCG(rand.Uint64(), 7))
	var question struct {
		Filenames []string `json:"filenames"`
		Metadata  []string `json:"metadata"`
	}
	for range 5000 {
		question.Filenames = append(question.Filenames, randomName(r))
		question.Metadata = append(question.Metadata, randomMetadata(r))
	}
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(ask(t, in, python, "testdata/vectors.py", "--ask"), &v); err != nil {
		t.Fatal(err)
	}
	taken, refused := v.check(t)
	t.Logf("packaging %s: %d taken, %d refused", v.Packaging, taken, refused)
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func randomName(r *rand.Rand) string {
	name := ""
	for range 1 + r.IntN(3) {
		name += pick(r, "foo", "Bar", "_", ".", "9", "é", "foo", "²", "ß", "́")
	}
	name += "-" + pick(r, "1.0", "1.0", "1", "1.0.post1", "2!1.0a1", "1.0+x.1", "v1", "x", "", "1.0.dev0", "1_0", " 1", "1.0rc1")
	name += pick(r, "", "", "", "-1", "-07b", "-x", "-", "-12.3_z", "-1 ", "-²")
	for _, part := range [][]string{{"py3", "py2.py3", "cp311", "", "py3.", "PY3", "3", "pÿ3", "_"}, {"none", "abi3", "abi3.none", "", "abi3.abi3"}, {"any", "linux_x86_64", "manylinux1_x86_64.linux_x86_64", "", "any.", "l x"}} {
		name += "-" + pick(r, append(part, part[0], part[0])...)
	}
	return name + pick(r, ".whl", ".whl", ".whl", ".whl", ".Whl")
}

func randomMetadata(r *rand.Rand) string {
	lines := []string{"Metadata-Version: 2.1", "Name: demo", "Version: 1.0"}
	for range r.IntN(8) {
		name := pick(r, "Requires-Dist", "Requires-Dist", "requires-dist", "Provides-Extra", "Dynamic", "Requires-Python", "Summary", "License", "X", "From ", "", " ", "Na me", "Classifier", "X\x7f", "Xé", "~!")
		value := pick(r, "a", "b>=1", "", "  x", "y  ", "é", ":", "a:b", "\x0bz", "\u2028", "\x1c", "\x00")
		at := len(lines)
		if r.IntN(4) == 0 {
			at = r.IntN(len(lines) + 1)
		}
		lines = slices.Insert(lines, at, name+pick(r, ":", ":", ": ", ":\t", "")+value)
		if r.IntN(3) == 0 {
			lines = slices.Insert(lines, at+1, pick(r, " ", "\t", "        ")+pick(r, "folded", "", "x: y", ">=2"))
		}
	}
	var b strings.Builder
	end := pick(r, "\n", "\n", "\r\n", "\r")
	for _, line := range lines {
		b.WriteString(line)
		if r.IntN(10) > 0 {
			b.WriteString(end)
		} else {
			b.WriteString(pick(r, "\n", "\r\n", "\r"))
		}
	}
	return b.String()
}
