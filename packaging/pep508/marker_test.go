package pep508

import (
	"errors"
	"strings"
	"testing"
)

func mustParseMarker(t testing.TB, s string) *Marker {
	t.Helper()
	m, err := ParseMarker(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return m
}

var debian = Environment{
	"implementation_name": "cpython", "implementation_version": "3.11.2", "os_name": "posix", "platform_machine": "x86_64",
	"platform_python_implementation": "CPython", "platform_release": "", "platform_system": "Linux", "platform_version": "",
	"python_full_version": "3.11.2", "python_version": "3.11", "sys_platform": "linux",
}

func TestMarkerString(t *testing.T) {
	for in, want := range map[string]string{
		" os.name=='a' ":                                    `os_name == "a"`,
		"python_implementation=='CPython'":                  `platform_python_implementation == "CPython"`,
		"'a'not\tin os_name":                                `"a" not in os_name`,
		`os_name == 'it"s'`:                                 `os_name == 'it"s'`,
		"extra == 'A.B'":                                    `extra == "a-b"`,
		"'A.B' in extras":                                   `"a-b" in extras`,
		"extras == 'A.B'":                                   `extras == "A.B"`,
		"((os_name=='a'))":                                  `os_name == "a"`,
		"(os_name=='a') and (os_name=='b')":                 `os_name == "a" and os_name == "b"`,
		"((os_name=='a' or os_name=='b'))":                  `os_name == "a" or os_name == "b"`,
		"os_name=='a' and ((os_name=='b' or(os_name<'c')))": `os_name == "a" and (os_name == "b" or os_name < "c")`,
		"(os_name=='a' or os_name=='b') and os_name=='c'":   `(os_name == "a" or os_name == "b") and os_name == "c"`,
	} {
		m := mustParseMarker(t, in)
		if m.String() != want {
			t.Errorf("%q prints as %q, want %q", in, m, want)
		}
	}
	if got := (*Marker)(nil).String(); got != "" {
		t.Errorf("no marker prints as %q", got)
	}
}

func TestEval(t *testing.T) {
	for in, want := range map[string]bool{
		"python_version >= '3.9'":                                        true, // as text it would not be
		"python_version < '3.9'":                                         false,
		"python_version == '3.11.*' and python_full_version<'3.11.3'":    true,
		"python_version ~= '3.9'":                                        true,
		"python_version in '3.10,3.11'":                                  true, // as text
		"'3.9' <= python_version":                                        true, // whether 3.9 is <=3.11
		"'3.12' <= python_version":                                       false,
		"python_version === '3.11'":                                      true,
		"sys_platform == 'linux' or os_name == 'a' and os_name == 'b'":   true,
		"(sys_platform == 'linux' or os_name == 'a') and os_name == 'b'": false,
		"os_name == 'b' and os_name == 'a' or sys_platform == 'linux'":   true,
		"'lin' in sys_platform and 'win' not in sys_platform":            true,
		"platform_machine <= 'x86_64' and platform_machine >= 'x86_64'":  true,
		"platform_machine < 'z' or platform_machine > 'a'":               false,
		"os_name == sys_platform":                                        false,
		"'posix' == 'os_name'":                                           true,
	} {
		got, err := mustParseMarker(t, in).Eval(debian)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	if holds, err := (*Marker)(nil).Eval(nil); err != nil || !holds {
		t.Errorf("no marker holds: %v, %v", holds, err)
	}
}

func TestEvalOfPythonBetweenTags(t *testing.T) {
	env := Environment{"python_full_version": "3.14.0a1+"}
	for in, want := range map[string]bool{"python_full_version >= '3.14.0a1'": true, "python_full_version == '3.14.0a1+local'": true, "python_full_version>'3.14.0a1'": false} {
		if got, err := mustParseMarker(t, in).Eval(env); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestEvalExtra(t *testing.T) {
	for in, want := range map[string]string{"extra == 'foo_bar'": "Foo.Bar", "'FOO.bar' == extra": "foo-bar", "extra == ''": ""} {
		if got, err := mustParseMarker(t, in).Eval(Environment{"extra": want}); err != nil || !got {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestEvalLocked(t *testing.T) {
	for in, want := range map[string]bool{
		"'foo.bar' in extras": true, "'foo' in extras": false, "'foo' not in extras": true,
		"'TEST' in dependency_groups and 'test' not in extras": true, "'Foo_Bar' == extras": false, "'Foo_Bar' != extras": true,
	} {
		m := mustParseMarker(t, in)
		if got, err := m.EvalLocked(debian, []string{"a", "Foo_Bar"}, []string{"test"}); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
		if strings.Contains(in, "' in") {
			if got, err := m.EvalLocked(nil, nil, nil); err != nil || got {
				t.Errorf("%q of nothing: %v, %v", in, got, err)
			}
		}
	}
}

func TestEvalErrors(t *testing.T) {
	for in, want := range map[string]string{
		"extra == 'a'":                               "the environment has no \"extra\"",
		"'a' in extras":                              "the environment has no \"extras\"",
		"'a' == 'b'":                                 "the environment has no \"b\"",
		"os_name == 'posix' or extra == 'a'":         "the environment has no \"extra\"", // though it decides nothing
		"os_name ~= 'posix'":                         `no meaning is defined for "os_name ~= \"posix\""`,
		"os_name === 'posix' and extra=='a'":         `no meaning is defined for "os_name === \"posix\""`,
		"python_version ~= 'x'":                      `no meaning is defined for "python_version ~= \"x\""`,
		"sys_platform == 'linux' and 'x' ~= os_name": `no meaning is defined for "\"x\" ~= os_name"`,
	} {
		got, err := mustParseMarker(t, in).Eval(debian)
		if err == nil || err.Error() != want || got {
			t.Errorf("%q: %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"extras == 'a'", "'a' ~= extras", "'a' === dependency_groups"} {
		var undefined *UndefinedComparisonError
		if got, err := mustParseMarker(t, in).EvalLocked(debian, nil, nil); !errors.As(err, &undefined) {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

func TestParseMarkerRefuses(t *testing.T) {
	for in, want := range map[string]struct {
		at     int
		reason string
	}{
		"":                          {0, "a variable of markers"},
		"()":                        {1, "a variable of markers"},
		"os_name":                   {7, "one of <="},
		"os_name = 'a'":             {8, "one of <="},
		"os_name == a":              {11, "a variable of markers"},
		"os_names == 'a'":           {0, "a variable of markers"},
		"os.names == 'a'":           {0, "a variable of markers"},
		"os_name == 'a":             {11, "never closed"},
		"os_name not 'a'":           {12, `"in" is expected`},
		"os_name notin 'a'":         {8, "one of <="},
		"os_name == 'a' and":        {18, "a variable of markers"},
		"os_name == 'a' andos.name": {15, `"and", "or" or the end`},
		"(os_name == 'a'":           {15, `"and", "or" or )`},
		"os_name == 'a')":           {14, `"and", "or" or the end`},
		"os_name == 'a'\n":          {14, `"and", "or" or the end`},
		`os_name == 'a\'`:           {11, "a backslash"},
		`os_name == '\x4g'`:         {11, `\x needs 2`},
		`os_name == '\u+123'`:       {11, `\u needs 4`},
		`os_name == '\U12345678'`:   {11, "is no character"},
		"os_name == 'a\nb'":         {11, `it has a '\n'`},
		"os_name == 'a\x00b'":       {11, `it has a '\x00'`},
	} {
		m, err := ParseMarker(in)
		var invalid *SyntaxError
		if !errors.As(err, &invalid) || invalid.Text != in || invalid.At != want.at || !strings.Contains(invalid.Reason, want.reason) || m != nil {
			t.Errorf("ParseMarker(%q) = %v, %#v; want %q at %d", in, m, err, want.reason, want.at)
		}
	}
}

func TestEscapes(t *testing.T) {
	for in, want := range map[string]string{
		`a\\b`: `a\b`, `\x41\u00e9\U0001f600`: "Aé😀", `\7\08\101\377\777\1011`: "\a\x008Aÿǿ" + "A1", `\a\b\f\n\r\t\v`: "\a\b\f\n\r\t\v",
		"a\\\nb\\\r\nc\\\rd": "abcd", `\d\8\X\é`: `\d\8\X\é`, `it\"s`: `it"s`,
	} {
		m := mustParseMarker(t, "os_name == '"+in+"'")
		if holds, err := m.Eval(Environment{"os_name": want}); err != nil || !holds {
			t.Errorf("%q is not %q: %v", in, want, err)
		}
		again := mustParseMarker(t, m.String())
		if holds, err := again.Eval(Environment{"os_name": want}); err != nil || !holds {
			t.Errorf("%q prints as %s", in, m)
		}
	}
}

// Depth costs no stack.
func TestAnyDepth(t *testing.T) {
	const depth = 1 << 17
	m := mustParseMarker(t, strings.Repeat("(", depth)+"os_name == 'posix'"+strings.Repeat(")", depth))
	if got := m.String(); got != `os_name == "posix"` {
		t.Errorf("%.100s", got)
	}
	deep := strings.Repeat("os_name=='a' or(", depth) + "os_name=='posix'" + strings.Repeat(")", depth)
	m = mustParseMarker(t, deep)
	if holds, err := m.Eval(debian); err != nil || !holds {
		t.Errorf("%v, %v", holds, err)
	}
	if got := m.String(); strings.Count(got, "(") != depth-1 || strings.Count(got, ")") != depth-1 {
		t.Errorf("%d parentheses", strings.Count(got, "("))
	}
	for _, s := range []string{strings.Repeat("(", depth), deep[:len(deep)-1], deep + ")", strings.Repeat("((", depth) + ")"} {
		if _, err := Parse("foo;" + s); err == nil || len(err.Error()) > 500 {
			t.Errorf("%.600v", err)
		}
	}
}
