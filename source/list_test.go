package source

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func listOf(t testing.TB, text string) Reading {
	t.Helper()
	r, err := ReadList(strings.NewReader(text), at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReadList(t *testing.T) {
	const text = "\ufeff# our own\n" + `
[[package]]
project = "PyYAML"
versions = "==5.4.1"
reason = "the last one with FullLoader"

[[package]]
project = "lxml"
versions = ["==4.8.0", ">=5,<6", "latest 3", "latest", "latest 2 <6"]
targets = ["debian-12-x86_64", "debian-13-riscv64/cp313t"]

[[exclude]]
project = "M2Crypto"
reason = "needs OpenSSL 1.1"
until = 2027-01-01

[[package]]
project = "rpds_py" # as pip would take it

[[exclude]]
project = 'numpy'
versions = ["<1.22", ">=2"]
targets = "debian-13-riscv64"
reason = """takes a day"""
until = 2027-06-01 10:00:00+02:00
`
	const want = `3 pyyaml (PyYAML) ==5.4.1 because the last one with FullLoader
8 lxml (lxml) ==4.8.0 on [debian-12-x86_64 debian-13-riscv64/cp313t]
8 lxml (lxml) <6,>=5 on [debian-12-x86_64 debian-13-riscv64/cp313t]
8 lxml (lxml)  latest 3 on [debian-12-x86_64 debian-13-riscv64/cp313t]
8 lxml (lxml)  latest 1 on [debian-12-x86_64 debian-13-riscv64/cp313t]
8 lxml (lxml) <6 latest 2 on [debian-12-x86_64 debian-13-riscv64/cp313t]
18 rpds-py (rpds_py) ` + `
13 not m2crypto  on [] because needs OpenSSL 1.1 until 2027-01-01 00:00:00 +0000 UTC
21 not numpy <1.22 on [debian-13-riscv64] because takes a day until 2027-06-01 08:00:00 +0000 UTC
21 not numpy >=2 on [debian-13-riscv64] because takes a day until 2027-06-01 08:00:00 +0000 UTC
`
	r := listOf(t, text)
	if diff := cmp.Diff(want, show(r)); diff != "" {
		t.Error(diff)
	}
	if w := r.Wants[0]; w.Origin.Source != at.Source || w.Origin.File != at.File {
		t.Errorf("%+v", w.Origin)
	}
	if got := show(listOf(t, "")); got != "" {
		t.Errorf("an empty list: %s", got)
	}
}

// Each entry is left out and told of; the one behind it is read all the same.
func TestReadListProblems(t *testing.T) {
	for _, test := range []struct {
		entry string
		place string
		want  string
	}{
		{"[[package]]\n", "2:3", `project is missing (add project = "NAME")`},
		{"[[package]]\nproject = 7", "3:1", "project is the number 7 (write it in quotes)"},
		{"[[package]]\nproject = ['a']", "3:1", "project is a list"},
		{"[[package]]\nproject = ''", "3:1", `project: "" is no project name`},
		{"[[package]]\nproject = '-x-'", "3:1", `project: "-x-" is no project name`},
		{"[[package]]\nproject = 'a==1'", "3:1", `project: "a==1" has versions (write versions = "==1")`},
		{"[[package]]\nproject = 'a[b]'", "3:1", `project: "a[b]" is more than a name (write project = "a")`},
		{"[[package]]\nproject = 'a'\n  verisons = '==1'", "4:3", `unknown key "verisons" (did you mean "versions"?)`},
		{"[[package]]\nproject = 'a'\nbindep = ['x']", "4:1", `unknown key "bindep" (known here: project, versions, targets, reason)`},
		{"[[package]]\nproject = 'a'\nuntil = 2027-01-01", "4:1", `unknown key "until"`},
		{"[[package]]\nproject = 'a'\nversions.min = 1", "4:1", `unknown key "versions.min"`},
		{"[[package]]\nproject = 'a'\nversions = 1.2", "4:1", `versions is the number 1.2 (write versions = "==1.2" or a list of such)`},
		{"[[package]]\nproject = 'a'\nversions = 2027-01-01", "4:1", `versions is 2027-01-01 (write`},
		{"[[package]]\nproject = 'a'\nversions = [1]", "4:1", "versions is a list with more than strings in it"},
		{"[[package]]\nproject = 'a'\nversions = {a = 1}", "4:1", "versions is a"},
		{"[[package]]\nproject = 'a'\nversions = []", "4:1", "versions is an empty list (leave it out to mean all)"},
		{"[[package]]\nproject = 'a'\nversions = ''", "4:1", "versions: an empty string"},
		{"[[package]]\nproject = 'a'\nversions = '1.2'", "4:1", `(write "==1.2")`},
		{"[[package]]\nproject = 'a'\nversions = ['==1', '=>1']", "4:1", `versions: "=>1" is no specifier: `},
		{"[[package]]\nproject = 'a'\nversions = 'latest 0'", "4:1", `"latest 0": from 1 to 1000`},
		{"[[package]]\nproject = 'a'\nversions = 'latest 99999999999999999999'", "4:1", "from 1 to 1000"},
		{"[[package]]\nproject = 'a'\nversions = 'latest two'", "4:1", `"latest two" is no specifier`},
		{"[[package]]\nproject = 'a'\nversions = 'newest'", "4:1", `"latest" or "latest 3")`},
		{"[[package]]\nproject = 'a'\ntargets = []", "4:1", "targets is an empty list"},
		{"[[package]]\nproject = 'a'\ntargets = ['debian 12']", "4:1", `targets: "debian 12" names no target`},
		{"[[package]]\nproject = 'a'\ntargets = ['debian-12/cp311/x']", "4:1", "names no target"},
		{"[[package]]\nproject = 'a'\ntargets = true", "4:1", "targets is true"},
		{"[[package]]\nproject = 'a'\nreason = false", "4:1", "reason is false"},
		{"[[exclude]]\nproject = 'a'", "2:3", "an exclude needs a reason"},
		{"[[exclude]]\nproject = 'a'\nreason = ' '", "2:3", "an exclude needs a reason"},
		{"[[exclude]]\nproject = 'a'\nreason = 'x'\nuntil = 'soon'", "5:1", `until: "soon" is no date (write until = 2027-01-01)`},
		{"[[exclude]]\nproject = 'a'\nreason = 'x'\nuntil = ['2027-01-01']", "5:1", "until: a list is no date"},
		{"[[exclude]]\nproject = 'a'\nreason = 'x'\nuntil = 10:00:00", "5:1", "is no date"},
		{"[[exclude]]\nproject = 'a'\nreason = 'x'\nversions = 'latest'", "5:1", `"latest" has no meaning in an exclude`},
	} {
		r := listOf(t, "# x\n"+test.entry+"\n[[package]]\nproject = 'z'\n")
		if len(r.Wants) != 1 || len(r.Excludes) != 0 || len(r.Problems) != 1 {
			t.Errorf("%q: %s", test.entry, show(r))
			continue
		}
		p := r.Problems[0]
		if got := fmt.Sprint(p.Line, ":", p.Column); got != test.place || !strings.Contains(p.Problem, test.want) || p.File != at.File {
			t.Errorf("%q: %s %s, want %s %s", test.entry, got, p.Problem, test.place, test.want)
		}
	}
}

func TestReadListSyntax(t *testing.T) {
	for _, test := range []struct{ text, place, want, hint string }{
		{"[[package]]\nproject = PyYAML\n", "2:", "", `text needs quotes, as in versions = "==1.2"`},
		{"[[package]]\nproject = \"PyYAML\nversions = 1", "2:", "", ""},
		{"[[package]]\nproject = 'a'\nproject = 'b'", "3:", "", ""},
		{"[[package]\n", "1:", "", ""},
		{"\n[package]\nproject = 'a'", "2:2", `"package" is not a list of tables`, "write [[package]] with two brackets"},
		{"[[excludes]]\nproject = 'a'", "1:3", `unknown table "excludes"`, "did you mean [[exclude]]?"},
		{"[[other]]\n", "1:3", `unknown table "other"`, "a list has [[package]] and [[exclude]] tables"},
		{"[[package]]\n[package.x]\ny = 1", "2:2", `unknown table "package.x"`, "a list has"},
		{"project = 'a'\n[[package]]", "1:1", `the key "project" stands outside of a table`, "a list has"},
		{"package = [{project = 'a'}]", "1:1", `"package" is not a list of tables`, "two brackets"},
		{"a = \x00", "1:", "", ""},
		{"a = '\xff'", "1:", "", ""},
		{"a = " + strings.Repeat("[", 20000), "1:", "", ""},
	} {
		r, err := ReadList(strings.NewReader(test.text), at)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40q: %v", test.text, err)
			continue
		}
		place := fmt.Sprint(syntax.Line, ":", syntax.Column)
		if !strings.HasPrefix(place, test.place) || !strings.Contains(syntax.Problem, test.want) || !strings.Contains(syntax.Hint, test.hint) {
			t.Errorf("%.40q: %s %s (%s), want %s %s (%s)", test.text, place, syntax.Problem, syntax.Hint, test.place, test.want, test.hint)
		}
		if !strings.HasPrefix(err.Error(), at.File+":"+place+": ") || syntax.Problem == "" || len(r.Wants) > 0 {
			t.Errorf("%.40q: %v", test.text, err)
		}
	}
}

func FuzzReadList(f *testing.F) {
	f.Add("[[package]]\nproject = 'a'\nversions = ['==1', 'latest 2']\ntargets = 'x/cp311'\n[[exclude]]\nproject = 'b'\nreason = 'r'\nuntil = 2027-01-01")
	f.Add("[[package]]\nproject.x = {a = 1}\n'' = 1\n[[exclude]]")
	f.Add("[package]\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadList(strings.NewReader(text), at)
		var syntax *SyntaxError
		if err != nil && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Column < 1) {
			t.Fatal(err)
		}
		lines := 1 + strings.Count(text, "\n")
		for _, w := range r.Wants {
			if w.Project == "" || w.Origin.Line < 1 || w.Origin.Line > lines || w.Latest < 0 {
				t.Errorf("%+v", w)
			}
		}
		for _, e := range r.Excludes {
			if e.Project == "" || e.Reason == "" || e.Origin.Line < 1 || e.Origin.Line > lines {
				t.Errorf("%+v", e)
			}
		}
		for _, p := range r.Problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Problem == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
