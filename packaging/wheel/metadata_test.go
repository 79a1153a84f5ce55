package wheel

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetadata(t *testing.T) {
	const text = "Metadata-Version: 2.2\nName: Demo.Pkg\nVersion: 1.0\nRequires-Python: >=3.8\nRequires-Dist: one>=1; extra == 'x'\nRequires-Dist: two (>=2\n" +
		"Requires-Dist: three\nProvides-Extra: x\nDynamic: License\n\nText.\n"
	md, raw, err := withFile(t, "METADATA", text).Metadata()
	if err != nil || string(raw) != text {
		t.Fatalf("%q, %v", raw, err)
	}
	if len(md.RequiresDist) != 2 || md.RequiresDist[0].Name != "one" || md.RequiresDist[1].Name != "three" {
		t.Errorf("%+v", md.RequiresDist)
	}
	if len(md.Problems) != 1 || md.Problems[0].Field != "Requires-Dist" || md.Problems[0].Value != "two (>=2" || !strings.Contains(md.Problems[0].Error(), `Requires-Dist: "two (>=2": `) || errors.Unwrap(md.Problems[0]) == nil {
		t.Errorf("%v", md.Problems)
	}
	md.RequiresDist, md.Problems = nil, nil
	want := Metadata{MetadataVersion: "2.2", Name: "Demo.Pkg", Version: "1.0", RequiresPython: ">=3.8", ProvidesExtra: []string{"x"}, Dynamic: []string{"License"}}
	if diff := cmp.Diff(want, md); diff != "" {
		t.Error(diff)
	}
	md, err = ParseMetadata([]byte("Metadata-Version: 1.2\nName: a\nVersion: 1\nRequires-Python: any\n"))
	if err != nil || len(md.Problems) != 1 || md.Problems[0].Field != "Requires-Python" || md.RequiresPython != "any" {
		t.Errorf("%+v, %v", md, err)
	}
}

func TestMetadataErrors(t *testing.T) {
	const head = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
	for text, says := range map[string]string{
		head + "Summary: \xff\n":                      "UTF-8",
		head + "\n\xc3\x28 in the text\n":             "UTF-8",
		head + "Name: demo\n":                         "field name twice",
		head + "Requires-Python: a\nRequires-Python:": "requires-python twice",
		strings.Replace(head, "2.1", "3.0", 1):        `"3.0"`,
		strings.Replace(head, "demo", "../x", 1):      `"../x"`,
		strings.Replace(head, "1.0", "x", 1):          "x",
		"":                                            "version",
	} {
		_, err := ParseMetadata([]byte(text))
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
		_, _, err = withFile(t, "METADATA", text).Metadata()
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), demoInfo+"METADATA") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, field := range single {
		text := head + field + ": x\n" + strings.ToUpper(field) + ": x\n"
		if _, err := ParseMetadata([]byte(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s twice: %v", field, err)
		}
	}
}

func TestNoMetadata(t *testing.T) {
	parts := demo()
	_, _, err := open(t, handmade(append(parts[:2:2], parts[3]), nil)).Metadata()
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestCheckName(t *testing.T) {
	a := open(t, handmade(demo(), nil))
	for name, ok := range map[string]bool{
		"demo_pkg-1.0-py3-none-any.whl":       true,
		"Demo.Pkg-1-2-py3-none-any.whl":       true,
		"demo_pkg-1.0.0-py3-none-any.whl":     true,
		"demo-1.0-py3-none-any.whl":           false,
		"demo_pkg-1.1-py3-none-any.whl":       false,
		"demo_pkg-1.0+local-py3-none-any.whl": false,
		"demo_pkg-1.0.post0-py3-none-any.whl": false,
	} {
		f, err := ParseFilename(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.CheckName(f); (err == nil) != ok || err != nil && !errors.Is(err, ErrName) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f, err := ParseFilename("demo_pkg-1.0-py3-none-any.whl")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Replace(demoMETADATA, "1.0", "1.1", 1), strings.Replace(demoMETADATA, "Demo.Pkg", "other", 1)} {
		if err := withFile(t, "METADATA", text).CheckName(f); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, dir := range []string{"demo_pkg.dist-info", "demo_pkg-1.1.dist-info", "demo_pkg-x.dist-info", "demo-1.0.dist-info", ".dist-info"} {
		a := open(t, handmade([]part{plain(dir+"/METADATA", demoMETADATA)}, nil))
		if err := a.CheckName(f); !errors.Is(err, ErrName) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if err := withFile(t, "METADATA", "").CheckName(f); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}
