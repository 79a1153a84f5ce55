package wheel

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/packaging/tag"
)

func withFile(t *testing.T, file, content string) *Archive {
	t.Helper()
	var parts []part
	for _, p := range demo() {
		if p.name != demoInfo+file {
			parts = append(parts, p)
		}
	}
	return open(t, handmade(append(parts, plain(demoInfo+file, content)), nil))
}

func TestInfo(t *testing.T) {
	for text, want := range map[string]Info{
		demoWHEEL: {WheelVersion: "1.0", Generator: "demo", RootIsPurelib: true, Tags: []tag.Tag{{Python: "py3", ABI: "none", Platform: "any"}}},
		"wheel-version:  1.9 \r\nROOT-IS-PURELIB: False\r\nBuild: 07b\r\nTag: py2.py3-none-any\r\nTag: py3-none-any\r\nGenerator: a\r\nGenerator: b\r\n": {
			WheelVersion: "1.9", Generator: "a", Build: Build{7, "b", true},
			Tags: []tag.Tag{{Python: "py2", ABI: "none", Platform: "any"}, {Python: "py3", ABI: "none", Platform: "any"}},
		},
		"Wheel-Version: 1.0": {WheelVersion: "1.0"},
		"Wheel-Version: 1.0\nRoot-Is-Purelib: TRUE \n\nTag: in the body\n": {WheelVersion: "1.0", RootIsPurelib: true},
	} {
		got, err := withFile(t, "WHEEL", text).Info()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
	for text, says := range map[string]string{
		"":                     "version",
		"Wheel-Version: 2.0\n": `"2.0"`,
		"Wheel-Version: 1\n":   `"1"`,
		"Wheel-Version: 1.0\nWheel-Version: 1.0\n":     "wheel-version twice",
		"Wheel-Version: 1.0\nBuild: 1\nBuild: 1\n":     "build twice",
		"Wheel-Version: 1.0\nBuild: x\n":               "digit",
		"Wheel-Version: 1.0\nTag: py3-none\n":          "py3-none",
		"Wheel-Version: 1.0\nTag: \n":                  "tag",
		"Wheel-Version: 1.0\nGenerator: \xff\n":        "UTF-8",
		"Wheel-Version: 1.0\n" + manyTags(maxTags/100): "more than",
	} {
		_, err := withFile(t, "WHEEL", text).Info()
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), demoInfo+"WHEEL") {
			t.Errorf("%.100q: %v, want %s", text, err, says)
		}
	}
	if _, err := open(t, handmade(demo()[:3], nil)).Info(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// manyTags are n lines of more than 100 tags each.
func manyTags(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("Tag: ")
		for j := range 101 {
			if j > 0 {
				b.WriteByte('.')
			}
			b.WriteString("py" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + string(rune('a'+j%26)) + string(rune('a'+j/26)))
		}
		b.WriteString("-none-any\n")
	}
	return b.String()
}
