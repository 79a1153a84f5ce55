package bindep

import (
	"slices"
	"strings"
	"testing"
)

func mustParse(t testing.TB, line string) Rule {
	t.Helper()
	rules, problems := Parse(line)
	if len(rules) != 1 || len(problems) != 0 {
		t.Fatalf("%q: %v, %v", line, rules, problems)
	}
	return rules[0]
}

func TestProblems(t *testing.T) {
	for line, want := range map[string]string{
		" foo":                "1: expected the name of a package, found \" foo\"",
		"\tfoo":               "1: expected the name of a package, found \"\\tfoo\"",
		"[a]":                 "1: expected the name of a package, found \"[a]\"",
		"\ufefffoo":           "1: expected the name of a package, found \"\\ufefffoo\"",
		"foo ":                "4: expected no spaces before the end of the line, found \" \"",
		"foo [a]  ":           "8: expected no spaces before the end of the line, found \"  \"",
		"foo bar":             "5: expected selectors in brackets, a version, a comment, or the end of the line, found \"bar\"",
		"foo\t[a]":            "4: expected selectors in brackets, a version, a comment, or the end of the line, found \"\\t[a]\"",
		"foo[a]":              "4: expected a space before the selectors, found \"[a]\"",
		"foo>=1":              "4: expected a space before the version, found \">=1\"",
		"foo [a]>=1":          "8: expected a space before the version, found \">=1\"",
		"foo [a] [b]":         "9: expected a version, a comment, or the end of the line, found \"[b]\"",
		"foo [a":              "7: expected a profile or ], found the end of the line",
		"foo [a # b]":         "8: expected a profile or ], found \"# b]\"",
		"foo [a,b]":           "7: expected a profile or ], found \",b]\"",
		"foo [platform:RHEL]": "15: expected a profile or ], found \"RHEL]\"",
		"foo [a (b]":          "10: expected a profile or ), found \"]\"",
		"foo [(a (b))]":       "9: expected a profile or ), found \"(b))]\"",
		"foo [! a]":           "7: expected a profile after the !, found \" a]\"",
		"foo [(!)]":           "8: expected a profile after the !, found \")]\"",
		"foo =1":              "5: expected <=, <, !=, ==, >= or >, found \"=1\"",
		"foo >= 1":            "7: expected a version, which begins with a digit, found \" 1\"",
		"foo >=":              "7: expected a version, which begins with a digit, found the end of the line",
		"foo >=1:a":           "9: expected a version, which begins with a digit, found \"a\"",
		"foo >=1:":            "9: expected a version, which begins with a digit, found the end of the line",
		"foo >=1-":            "9: expected a revision after the hyphen, found the end of the line",
		"foo >=1-,<2":         "9: expected a revision after the hyphen, found \",<2\"",
		"foo >=0:1-2:3":       "12: expected no colon in the revision, found \":3\"",
		"foo >=1,":            "9: expected <=, <, !=, ==, >= or >, found the end of the line",
		"foo >=1, <2":         "9: expected <=, <, !=, ==, >= or >, found \" <2\"",
		"foo >=1_2":           "8: expected a comma and a version, a comment, or the end of the line, found \"_2\"",
		"foo " + strings.Repeat("\u00e9", 99): "5: expected selectors in brackets, a version, a comment, or the end of the line, found \"" +
			strings.Repeat("\u00e9", 20) + "\"…",
	} {
		rules, problems := Parse("# a comment\r\n" + line + "\nbar")
		if len(problems) != 1 || problems[0].String() != "line 2, column "+want {
			t.Errorf("%q: %v, want %s", line, problems, want)
		}
		if len(rules) != 1 || rules[0].Name != "bar" || rules[0].Line != 3 {
			t.Errorf("%q: the line after it is %v", line, rules)
		}
	}
}

func TestString(t *testing.T) {
	for line, want := range map[string]string{
		"foo":                          "foo",
		"foo []":                       "foo",
		"foo#a":                        "foo",
		"foo  [ a!b(c  !d)()]":         "foo [a !b (c !d) ()]",
		"foo   >=1:2-3,<2~ # why":      "foo >=1:2-3,<2~",
		"/bin/sh [platform:apk]   !=1": "/bin/sh [platform:apk] !=1",
	} {
		if got := mustParse(t, line).String(); got != want {
			t.Errorf("%q prints as %q, want %q", line, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	rules, problems := Parse("aa\r\nbb\rcc\n\ndd\r\r\n\n\ree")
	var lines []int
	for _, r := range rules {
		lines = append(lines, r.Line)
	}
	if !slices.Equal(lines, []int{1, 2, 3, 5, 9}) || len(problems) > 0 {
		t.Errorf("%v, %v", lines, problems)
	}
}

// Each kind of selector on two systems, with nothing asked for, with what the CI role asks for, and with other profiles.
func TestActive(t *testing.T) {
	rules, _ := Parse("aa\nbb [test]\ncc [platform:dpkg]\ndd [platform:debian-bookworm !platform:dpkg]\nee [!test]\nff [platform:rpm compile]\ngg [default]\nhh [(test compile)]\nii [platform:debian-12 (platform:dpkg !python)]\n")
	debian := OS{ID: "debian", VersionID: "12", Codename: "bookworm"}.Atoms()
	rocky := OS{ID: "rocky", VersionID: "9.3"}.Atoms()
	for _, c := range []struct {
		atoms    []string
		profiles []string
		want     string
	}{
		{debian, nil, "aa cc ee gg ii"},
		{debian, []string{DefaultProfile}, "aa cc ee gg ii"},
		{debian, CIProfiles(), "aa bb cc hh ii"},
		{debian, []string{"python"}, "aa cc ee"},
		{rocky, CIProfiles(), "aa bb ff hh"},
		{nil, nil, "aa ee gg"},
		{nil, []string{"platform:rpm", "compile"}, "aa ee ff"},
	} {
		if got := strings.Join(rules.Active(c.atoms, c.profiles...).Names(), " "); got != c.want {
			t.Errorf("%v with %v: %s, want %s", c.atoms, c.profiles, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	rules, _ := Parse("foo\nbar >=1,<2\nfoo <1\nbar ==1.0\nbaz\nqux <1\n")
	got := rules.Check(map[string]string{"bar": "2.0", "qux": "0.9", "baz": ""})
	want := []Wrong{{"bar", Relation{"<", "2"}, "2.0"}, {"bar", Relation{"==", "1.0"}, "2.0"}}
	if !slices.Equal(got.Missing, []string{"baz", "foo"}) || !slices.Equal(got.Wrong, want) || got.Nothing() {
		t.Errorf("%+v", got)
	}
	if got := rules.Check(map[string]string{"foo": "0.1", "bar": "1.0", "baz": "0", "qux": "0"}); !got.Nothing() {
		t.Errorf("%+v", got)
	}
	if (Unmet{Wrong: want}).Nothing() || (Unmet{Missing: []string{"foo"}}).Nothing() {
		t.Error("something is nothing")
	}
}
