package pystr

import (
	"testing"
	"unicode"
)

// What Python 3.11 answers.
func TestLower(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "",
		"Foo.BAR_9":        "foo.bar_9",
		"ÉCOLE":            "école",
		"İx":               "i\u0307x",
		"ΑΣ":               "ας",
		"ΑΣΑ":              "ασα",
		"Σ":                "σ",
		"ΑΣ'":              "ας'",
		"ΑΣ.Α":             "ασ.α",
		"Α.Σ ":             "α.ς ",
		"ΣΣ":               "σς",
		"Α\u0301Σ\u0301 b": "α\u0301ς\u0301 b",
		"A\xffB":           "a\xffb",
		"\u212a":           "k",
		"ǅ":                "ǆ",
	} {
		if got := Lower(in); got != want {
			t.Errorf("Lower(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsSpace(t *testing.T) {
	want := []rune{9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199,
		8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288} // all of Python's
	var got []rune
	for r := range rune(unicode.MaxRune) {
		if IsSpace(r) {
			got = append(got, r)
		}
	}
	if string(got) != string(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTrim(t *testing.T) {
	for in, want := range map[string]string{"": "", "\x1f \t\u00a0\u3000a b\x1c\n": "a b", "\ufeffa": "\ufeffa"} {
		if got := Trim(in); got != want {
			t.Errorf("Trim(%q) = %q, want %q", in, got, want)
		}
	}
	if got := TrimLeft(" \x1da "); got != "a " {
		t.Errorf("TrimLeft gave %q", got)
	}
}
