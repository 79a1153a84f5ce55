package source

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var at = Origin{Source: "openstack", Series: "stable/xena", File: "upper-constraints.txt"}

// show writes a reading in one line each, to be compared.
func show(r Reading) string {
	var b strings.Builder
	for _, w := range r.Wants {
		fmt.Fprintf(&b, "%d %s (%s) %s", w.Origin.Line, w.Project, w.Spelt, w.Versions)
		if w.Latest > 0 {
			fmt.Fprintf(&b, " latest %d", w.Latest)
		}
		if w.Marker != nil {
			fmt.Fprintf(&b, "; %s", w.Marker)
		}
		if len(w.Targets) > 0 {
			fmt.Fprintf(&b, " on %v", w.Targets)
		}
		if w.Origin.Reason != "" {
			fmt.Fprintf(&b, " because %s", w.Origin.Reason)
		}
		b.WriteByte('\n')
	}
	for _, e := range r.Excludes {
		fmt.Fprintf(&b, "%d not %s %s on %v because %s until %v\n", e.Origin.Line, e.Project, e.Versions, e.Targets, e.Reason, e.Until)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%d:%d problem: %s\n", p.Line, p.Column, p.Problem)
	}
	return b.String()
}

func constraintsOf(t testing.TB, text string) Reading {
	t.Helper()
	r, err := ReadConstraints(strings.NewReader(text), at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReadConstraints(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"pin", "PyYAML===5.4.1\n", "1 pyyaml (PyYAML) ===5.4.1\n"},
		{"no line end", "PyYAML===5.4.1", "1 pyyaml (PyYAML) ===5.4.1\n"},
		{"spelling", "oslo.config===8.7\nruamel_yaml===1\nXStatic-jQuery==3.5.1.1",
			"1 oslo-config (oslo.config) ===8.7\n2 ruamel-yaml (ruamel_yaml) ===1\n3 xstatic-jquery (XStatic-jQuery) ==3.5.1.1\n"},
		{"marker", "a===1;python_version=='2.7'\nb===2 ; python_version >= \"3.6\"",
			"1 a (a) ===1; python_version == \"2.7\"\n2 b (b) ===2; python_version >= \"3.6\"\n"},
		{"versions", "salt===3004\nx===2.0.1.dev3\ny===1.2.3.4.5.post1\nz===1.0rc1",
			"1 salt (salt) ===3004\n2 x (x) ===2.0.1.dev3\n3 y (y) ===1.2.3.4.5.post1\n4 z (z) ===1.0rc1\n"},
		{"ranges", "a>=1,<2\nb!=1.5", "1 a (a) <2,>=1\n2 b (b) !=1.5\n"},
		{"comments", "# all\n\n  # indented\na===1 # why\nb===2\t#c\n", "4 a (a) ===1\n5 b (b) ===2\n"},
		{"line ends", "\ufeffa===1\r\nb===2\rc===3\n\r\nd===4", "1 a (a) ===1\n2 b (b) ===2\n3 c (c) ===3\n5 d (d) ===4\n"},
		{"white space", " \t a === 1 \t\n", "1 a (a) ===1\n"},
		{"continued", "a\\\n===1\nb===2;\\\r\n  python_version=='3.6'\nc===3\\\n# comment\nd===4\\",
			"1 a (a) ===1\n3 b (b) ===2; python_version == \"3.6\"\n5 c (c) ===3\n7 d (d) ===4\n"},
		{"comment that ends in a backslash", "# a\\\nb===2", "2 b (b) ===2\n"},
		{"several of one name", "a===1;python_version=='2.7'\nA===2;python_version=='3.6'\na===3;python_version>='3.7'",
			"1 a (a) ===1; python_version == \"2.7\"\n2 a (A) ===2; python_version == \"3.6\"\n3 a (a) ===3; python_version >= \"3.7\"\n"},
		{"twice the same", "a===1\na===1", "1 a (a) ===1\n2 a (a) ===1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := constraintsOf(t, test.text)
			if diff := cmp.Diff(test.want, show(r)); diff != "" {
				t.Error(diff)
			}
			for _, w := range r.Wants {
				origin := at
				origin.Line = w.Origin.Line
				if w.Origin != origin || w.Targets != nil || w.Latest != 0 {
					t.Errorf("%+v", w)
				}
			}
		})
	}
}

// One problem each, and the lines around it are read all the same.
func TestReadConstraintsProblems(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"-c other.txt", "other files are not followed"},
		{"-rother.txt", "other files are not followed"},
		{"--requirement=other.txt", "other files are not followed"},
		{"-e git+https://git.example/x#egg=x", "an editable project is no version"},
		{"--index-url https://index.example/simple/", "options of pip have no meaning here"},
		{"--no-binary=:all:", "options of pip have no meaning here"},
		{"b===1 --hash=sha256:00", "hashes and options"},
		{"b===1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11", "hashes and options"},
		{"b===${VERSION}", "environment variables are not replaced"},
		{"b @ https://files.example/b-1.tar.gz", "a URL is no version"},
		{"https://files.example/b-1.tar.gz", "a file or URL is no version"},
		{"git+ssh://git.example/b.git", "a file or URL is no version"},
		{"./b", "a file or URL is no version"},
		{"../b", "a file or URL is no version"},
		{"/srv/b", "a file or URL is no version"},
		{"dist/b-1.0.tar.gz", "a file or URL is no version"},
		{"b-1.0-py3-none-any.whl", "a file or URL is no version"},
		{"b[extra]===1", "constraints take no extras: write b"},
		{"b", "names no version: write b===VERSION"},
		{"b; python_version=='3.6'", "names no version"},
		{"b=1", `"b=1" is no requirement: `},
		{"b==", "is no requirement: "},
		{"===1", "is no requirement: "},
		{"b===1;python_version='3.6'", "is no requirement: "},
		{"b===1;python='3.6'", "is no requirement: "},
		{"b===1 c===2", "is no requirement: "},
		{"<<<<<<< HEAD", "is no requirement: "},
		{"b===1\x00", `a NUL byte in "b===1\x00"`},
		{"b\xff===1", `not UTF-8: "b\xff===1"`},
		{strings.Repeat("b", maxLine+1), "the line has 65537 bytes"},
		{"b" + strings.Repeat("é", 1000), "…"},
	} {
		r := constraintsOf(t, "a===1\n"+test.line+"\nz===26\n")
		if len(r.Wants) != 2 || len(r.Problems) != 1 {
			t.Errorf("%.60q: %s", test.line, show(r))
			continue
		}
		p := r.Problems[0]
		origin := at
		origin.Line = 2
		if p.Origin != origin || !strings.Contains(p.Problem, test.want) || len(p.Problem) > 400 {
			t.Errorf("%.60q: %+v, want %q", test.line, p, test.want)
		}
		if !strings.Contains(r.Wants[1].Spelt, "z") {
			t.Errorf("%.60q: the line behind it: %s", test.line, show(r))
		}
	}
}

func TestReadConstraintsContradiction(t *testing.T) {
	r := constraintsOf(t, "Foo===1\nbar===1;python_version=='3.6'\nbar===2;python_version == \"3.6\"\nfoo===2\nfoo===1;python_version=='3.6'\nfoo>3\n")
	var got []string
	for _, p := range r.Problems {
		got = append(got, fmt.Sprint(p.Line, " ", p.Problem))
	}
	want := []string{"3 bar===2 contradicts line 2, which has ===1", "4 foo===2 contradicts line 1, which has ===1"}
	if !slices.Equal(got, want) || len(r.Wants) != 6 {
		t.Errorf("%q and %d wants", got, len(r.Wants))
	}
}

func TestReadConstraintsEncoding(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00=\x00":       "the file is UTF-16: save it as UTF-8",
		"\xfe\xff\x00a":            "the file is UTF-16: save it as UTF-8",
		"\xff\xfe\x00\x00a\x00":    "the file is UTF-32: save it as UTF-8",
		"\x00\x00\xfe\xff\x00\x00": "the file is UTF-32: save it as UTF-8",
	} {
		if got := show(constraintsOf(t, text)); got != "1:0 problem: "+want+"\n" {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for name, read := range map[string]func(io.Reader, Origin) (Reading, error){"constraints": ReadConstraints, "list": ReadList} {
		broken := io.MultiReader(strings.NewReader("a===1\n"), iotest.ErrReader(os.ErrClosed))
		if r, err := read(broken, at); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), at.File) || len(r.Wants) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := read(io.LimitReader(spaces{}, maxSource+1), at); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("%s: endless: %v", name, err)
		}
	}
}

type spaces struct{}

var blank = bytes.Repeat([]byte(" "), 1<<16)

func (spaces) Read(p []byte) (int, error) { return copy(p, blank), nil }

func fixture(t testing.TB, series string) string {
	t.Helper()
	f, err := os.Open("testdata/constraints/" + series + ".txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// counts are the figures of a file that can be known without parsing it.
type counts struct{ entries, names, pairs, marked, respelt int }

func count(t testing.TB, r Reading) counts {
	t.Helper()
	c := counts{entries: len(r.Wants)}
	names, pairs := map[string]bool{}, map[string]bool{}
	for _, w := range r.Wants {
		if _, ok := w.Versions.Pin(); !ok {
			t.Errorf("line %d: %s%s is no pin", w.Origin.Line, w.Project, w.Versions)
		}
		names[string(w.Project)] = true
		pairs[string(w.Project)+w.Versions.String()] = true
		if w.Marker != nil {
			c.marked++
		}
		if string(w.Project) != w.Spelt {
			c.respelt++
		}
	}
	c.names, c.pairs = len(names), len(pairs)
	return c
}

func TestRealConstraints(t *testing.T) {
	for series, want := range map[string]counts{
		"liberty": {342, 342, 342, 20, 82},
		"ussuri":  {1005, 612, 734, 554, 198},
		"2026.1":  {554, 554, 554, 1, 113},
	} {
		r := constraintsOf(t, fixture(t, series))
		if got := count(t, r); got != want || len(r.Problems) > 0 {
			t.Errorf("%s: %+v, want %+v; problems %v", series, got, want, r.Problems)
		}
	}
	r := constraintsOf(t, fixture(t, "2026.1"))
	if first := r.Wants[0]; first.Origin.Line != 8 || first.Spelt != "voluptuous" {
		t.Errorf("first want %+v", first)
	}
}

func FuzzReadConstraints(f *testing.F) {
	f.Add("# c\nPyYAML===5.4.1\r\na===1;python_version=='2.7' # x\n")
	f.Add("a\\\n===1\\\n#\nb===2\\")
	f.Add("-c x\nb[e]==1\n./x\nb @ https://x.example/\n\xff\x00\n")
	f.Add("\ufeffa==1 --hash=sha256:0\rb<2")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadConstraints(strings.NewReader(text), at)
		if err != nil {
			t.Fatal(err)
		}
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		for _, w := range r.Wants {
			if w.Project == "" || w.Versions.IsEmpty() || w.Origin.Line < 1 || w.Origin.Line > lines {
				t.Errorf("%+v", w)
			}
		}
		for _, p := range r.Problems {
			if p.Line < 1 || p.Line > lines || !utf8.ValidString(p.Problem) || strings.ContainsAny(p.Problem, "\n\x00") {
				t.Errorf("%+v", p)
			}
		}
	})
}
