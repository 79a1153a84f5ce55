package pep508

import (
	"strings"
	"testing"
)

// Where this package knowingly does something else than packaging 26.3, and why. (What both do is in the vectors.)

// packaging prints the text of a marker without escapes: a backslash, a line end or both kinds of quotes in it come out as
// another marker, as none, or as a ValueError. Here what is printed always reads as the same again.
func TestPrintedTextsReadTheSame(t *testing.T) {
	for in, want := range map[string]string{
		`os_name == 'a\\n'`:    `os_name == "a\\n"`,
		`os_name == 'a\n'`:     `os_name == "a\x0a"`,
		`os_name == '\x27\"'`:  `os_name == '\x27\x22'`,
		`os_name == 'a\\'`:     `os_name == "a\\"`,
		`os_name == '\0'`:      `os_name == "\x00"`,
		`os_name == 'C:\dir'`:  `os_name == "C:\dir"`, // that is no escape, and printed as packaging does
		`os_name == 'C:\\new'`: `os_name == "C:\\new"`,
	} {
		m := mustParseMarker(t, in)
		if m.String() != want {
			t.Errorf("%q prints as %q, want %q", in, m, want)
		}
		if again := mustParseMarker(t, want); again.String() != want || again.comparisons[0].right != m.comparisons[0].right {
			t.Errorf("%q reads as %q", want, again)
		}
	}
}

// The names of characters need a table as large as all the rest; no marker of a project has one. Half a surrogate pair
// is a character to Python, and nothing that an environment could hold.
func TestEscapesThatAreRefused(t *testing.T) {
	for in, reason := range map[string]string{`\N{BULLET}`: "not supported", `\ud800`: "no character", `\U0000dfff`: "no character"} {
		if m, err := ParseMarker("os_name == '" + in + "'"); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: %v, %v", in, m, err)
		}
	}
}

// packaging follows parentheses by recursion, and fails with a RecursionError at some hundreds of them: how many depends on
// its caller. Here any depth is read (TestAnyDepth).
func TestDepth(t *testing.T) {
	mustParseMarker(t, strings.Repeat("(", 5000)+"os_name == 'a'"+strings.Repeat(")", 5000))
}

// These are pep440's differences: letters that only look like those of ~= make a Requirement in packaging that crashes when
// it is used, and long numbers crash at once.
func TestVersionsDiffer(t *testing.T) {
	if r, err := Parse("foo~=1.0po\u017ft1"); err == nil {
		t.Errorf("%q", r)
	}
	m := mustParseMarker(t, "python_version < '"+strings.Repeat("9", 4301)+"'")
	if holds, err := m.Eval(debian); err != nil || !holds {
		t.Errorf("%v, %v", holds, err)
	}
	m = mustParseMarker(t, "python_version ~= '1.0po\u017ft1'") // an AssertionError there
	if holds, err := m.Eval(debian); err == nil {
		t.Errorf("%v", holds)
	}
}

// packaging fills the environment from the Python that runs it; here a missing name is an error, also
// python_full_version, which packaging needs even for markers that don't ask for it.
func TestNothingIsFilledIn(t *testing.T) {
	if holds, err := mustParseMarker(t, "os_name == 'a'").Eval(Environment{"os_name": "a"}); err != nil || !holds {
		t.Errorf("%v, %v", holds, err)
	}
	if _, err := mustParseMarker(t, "python_full_version == '3'").Eval(Environment{"os_name": "a"}); err == nil {
		t.Error("no error")
	}
}

// Bytes that are no UTF-8 can't be in Python's texts: in quotes they are refused, elsewhere they are what they are.
func TestBytesThatAreNoUTF8(t *testing.T) {
	if m, err := ParseMarker("os_name == '\xff'"); err == nil {
		t.Errorf("%q", m)
	}
	if r := mustParse(t, "foo @ \xff"); r.URL != "\xff" {
		t.Errorf("%q", r)
	}
}
