package pep508

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func mustParse(t testing.TB, s string) Requirement {
	t.Helper()
	r, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return r
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"foo":                                 "foo",
		" \tFoo.Bar_baz\t":                    "Foo.Bar_baz",
		"foo_":                                "foo_",
		"foo[]":                               "foo",
		"foo [ b , A,b ]>=1":                  "foo[A,b]>=1",
		"foo>=1,<2":                           "foo<2,>=1",
		"foo >=1 , <2 ,":                      "foo<2,>=1",
		"foo (>= 1.0)":                        "foo>=1.0",
		"foo()":                               "foo",
		"foo ( )[x]"[:7]:                      "foo",
		"foo==\n1.0":                          "foo==1.0",
		"foo==1.*,!=1.5.*":                    "foo!=1.5.*,==1.*",
		"foo===a.b+c":                         "foo===a.b+c",
		"foo===":                              "foo===",
		"foo===1,>=2":                         "foo===1,>=2",
		"foo@http://a/b":                      "foo @ http://a/b",
		"foo[x] @ http://a/b;c":               "foo[x] @ http://a/b;c",
		"foo @ http://a/b ; os_name=='x' ":    `foo @ http://a/b ; os_name == "x"`,
		"foo @ http://a/b \t":                 "foo @ http://a/b",
		"foo;os_name=='x'":                    `foo; os_name == "x"`,
		"foo>=1;os_name=='x'":                 `foo>=1; os_name == "x"`,
		"foo (>=1) ; extra == 'A_B'":          `foo>=1; extra == "a-b"`,
		"name[quux]<2;(os.name=='a')":         `name[quux]<2; os_name == "a"`,
		"requests[security]~=2.8.1 ; 'a'<'b'": `requests[security]~=2.8.1; "a" < "b"`,
	} {
		r, err := Parse(in)
		if err != nil || r.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, r, err, want)
			continue
		}
		if again := mustParse(t, want); again.String() != want {
			t.Errorf("%q is not its own normal form: %q", want, again)
		}
	}
}

func TestParseParts(t *testing.T) {
	r := mustParse(t, "Foo.Bar[z,A_b]>=1,<2; python_version > '3'")
	if r.Name != "foo-bar" || r.Spelt != "Foo.Bar" || !slices.Equal(r.Extras, []string{"A_b", "z"}) || r.URL != "" ||
		r.Specifiers.String() != "<2,>=1" || r.Marker.String() != `python_version > "3"` {
		t.Errorf("%+v", r)
	}
	r = mustParse(t, "foo @ file:///a b"[:14])
	if r.URL != "file:///" || !r.Specifiers.IsEmpty() || r.Marker != nil || r.Extras != nil {
		t.Errorf("%+v", r)
	}
	if got := (Requirement{Name: "foo", URL: "u"}).String(); got != "foo @ u" {
		t.Errorf("a requirement without a spelling prints as %q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]struct {
		at     int
		reason string
	}{
		"":                       {0, "name of a project"},
		" ":                      {1, "name of a project"},
		"-foo":                   {0, "name of a project"},
		"_foo":                   {0, "name of a project"},
		">=1":                    {0, "name of a project"},
		"é":                      {0, "name of a project"},
		"foo bar":                {4, "a semicolon or the end"},
		"foo.":                   {3, "a semicolon or the end"},
		"foo\n":                  {3, "a semicolon or the end"},
		"foo=1":                  {3, "begins with no operator"},
		"foo==":                  {3, "no version follows"},
		"foo==1 bar==2":          {7, "a semicolon or the end"},
		"foo==1 ==2":             {7, "a semicolon or the end"},
		"foo>=1.*":               {3, ".* can only follow"},
		"foo==1a1.*":             {3, ".* can only follow"},
		"foo>=1+x":               {3, "local version"},
		"foo~=1":                 {3, "two release segments"},
		"foo>=1,=2":              {7, "begins with no operator"},
		"foo===1,2":              {8, "begins with no operator"},
		"foo===2,2,===2":         {8, "begins with no operator"},
		"foo,":                   {3, "a semicolon or the end"},
		"foo(,)":                 {4, "a comma or )"},
		"foo(>=1":                {7, "a comma or )"},
		"foo(>=1;os_name=='x')":  {7, "a comma or )"},
		"foo((>=1))":             {4, "a comma or )"},
		"foo>=1)":                {6, "a semicolon or the end"},
		"foo[":                   {4, "a comma or ]"},
		"foo[a":                  {5, "a comma or ]"},
		"foo[a b]":               {6, "a comma or ]"},
		"foo[a,]":                {6, "name of an extra"},
		"foo[,a]":                {4, "a comma or ]"},
		"foo[a.]":                {5, "a comma or ]"},
		"foo[a][b]":              {6, "a semicolon or the end"},
		"foo>=1[a]":              {6, "a semicolon or the end"},
		"foo @":                  {5, "a URL"},
		"foo @ u v":              {8, "after a URL"},
		"foo @ u >=1":            {8, "after a URL"},
		"foo>=1 @ u":             {7, "a semicolon or the end"},
		"foo;":                   {4, "a variable of markers"},
		"foo;bar=='x'":           {4, "a variable of markers"},
		"foo; os_name=='x' x":    {18, "\"and\", \"or\" or the end"},
		"foo; os_name=='x';":     {17, "\"and\", \"or\" or the end"},
		"foo; os_name=='x' # c":  {18, "\"and\", \"or\" or the end"},
		"foo>=1;(os_name=='x'":   {20, "\"and\", \"or\" or )"},
		"foo;python_version='3'": {18, "one of <="},
	} {
		r, err := Parse(in)
		var invalid *SyntaxError
		if !errors.As(err, &invalid) || invalid.Text != in || invalid.At != want.at || !strings.Contains(invalid.Reason, want.reason) {
			t.Errorf("Parse(%q) = %q, %#v; want %q at %d", in, r, err, want.reason, want.at)
		}
		if r.Name != "" || r.Spelt != "" {
			t.Errorf("Parse(%q) gives %q with its error", in, r)
		}
	}
}

func TestErrorIsShort(t *testing.T) {
	for _, s := range []string{"foo " + strings.Repeat("é", 1<<20), "foo==" + strings.Repeat("é", 1<<20), "foo===," + strings.Repeat("x", 1<<20)} {
		if _, err := Parse(s); err == nil || len(err.Error()) > 500 {
			t.Errorf("%.10q: %.600v", s, err)
		}
	}
	_, err := Parse("foo bar")
	if want := `column 5: a version specifier, a semicolon or the end is expected, found "bar"`; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = Parse("foo(")
	if want := "column 5: a comma or ) is expected in the version specifiers, found the end"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
