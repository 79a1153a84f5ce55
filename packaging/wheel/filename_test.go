package wheel

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Where ParseFilename knowingly refuses what packaging takes.
func TestDifferencesFromPackaging(t *testing.T) {
	digits := make([]string, 11)
	for i := range digits {
		digits[i] = "py" + string(rune('a'+i))
	}
	many := strings.Join(digits, ".")
	for why, name := range map[string]string{
		"a separator":              "foo-1.0-1/x-py3-none-any.whl",
		"another separator":        `foo-1.0-1\x-py3-none-any.whl`,
		"a control character":      "foo-1.0-1\x01-py3-none-any.whl",
		"bytes that aren't UTF-8":  "foo-1.0-1\xff-py3-none-any.whl",
		"a number beyond int":      "foo-1.0-99999999999999999999-py3-none-any.whl",
		"more than 1024 tags":      "foo-1.0-" + many + "-" + many + "-" + many + ".whl",
		"an error that isn't long": strings.Repeat("x", 100_000),
	} {
		if _, err := ParseFilename(name); !errors.Is(err, ErrFilename) || len(err.Error()) > 2000 {
			t.Errorf("%s: %.200v", why, err)
		}
	}
}

func TestFilenameString(t *testing.T) {
	for in, want := range map[string]string{
		"Foo.Bar-1.0-py2.py3-none-any.whl":         "Foo.Bar-1.0-py2.py3-none-any.whl",
		"foo-v1.0.0-007a-cp311-cp311-linux_x.whl":  "foo-v1.0.0-7a-cp311-cp311-linux_x.whl",
		"foo-1.0+a.1-0-py3-none-any.whl":           "foo-1.0+a.1-0-py3-none-any.whl",
		"foo-1.0-12-CP39-ABI3-manylinux2014_x.whl": "foo-1.0-12-CP39-ABI3-manylinux2014_x.whl",
	} {
		f, err := ParseFilename(in)
		if err != nil || f.String() != want {
			t.Errorf("%s: %s, %v", in, f, err)
		}
	}
	f, err := ParseFilename("foo-1.0-1-py3-none-any.whl")
	if err != nil {
		t.Fatal(err)
	}
	f.Build = Build{}
	if f.String() != "foo-1.0-py3-none-any.whl" {
		t.Error(f)
	}
	f.Build = Build{Number: 2, Given: true}
	if f.String() != "foo-1.0-2-py3-none-any.whl" {
		t.Error(f)
	}
}

func TestBuildCompare(t *testing.T) {
	var builds []Build
	for _, s := range []string{"", "0", "1", "1a", "1b", "2", "10", "10_1"} {
		b, err := ParseBuild(s)
		if err != nil || b.String() != s {
			t.Fatalf("%q: %+v, %v", s, b, err)
		}
		builds = append(builds, b)
	}
	shuffled := slices.Clone(builds)
	slices.Reverse(shuffled)
	slices.SortFunc(shuffled, Build.Compare)
	if !slices.Equal(shuffled, builds) {
		t.Error(shuffled)
	}
	for _, s := range []string{"x", "-1", "+1", " 1", "٣"} {
		if _, err := ParseBuild(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
