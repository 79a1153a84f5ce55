package sdist

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/packaging/project"
)

type vectors struct {
	Endings []struct {
		Name  string
		Sdist bool
	}
	Names []struct {
		Name    string
		Project project.Name
		Version *string // nil: pip takes no version from it
	}
	Systems []struct {
		Text   *string // nil: no file
		System *struct {
			Requires    []string
			Backend     string
			BackendPath []string `json:"backend_path"`
		} // nil: pip refuses it
	}
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEndingsAreThoseOfPip(t *testing.T) {
	v := readVectors(t)
	if len(v.Endings) < 50 {
		t.Fatalf("only %d names", len(v.Endings))
	}
	for _, c := range v.Endings {
		if got := IsSdist(c.Name); got != c.Sdist {
			t.Errorf("IsSdist(%q) is %v; pip: %v", c.Name, got, c.Sdist)
		}
	}
}

func TestNamesAreReadAsByPip(t *testing.T) {
	v := readVectors(t)
	if len(v.Names) < 500 {
		t.Fatalf("only %d names", len(v.Names))
	}
	for _, c := range v.Names {
		f, err := ParseFilename(c.Name, c.Project)
		want := ""
		if c.Version != nil {
			want = *c.Version
		}
		if got := f.Version.String(); got != want || (err == nil) != (c.Version != nil) {
			t.Errorf("%q of %q: %q, %v; pip: %q", c.Name, c.Project, got, err, want)
		}
	}
}

func TestBuildSystemsAreReadAsByPip(t *testing.T) {
	v := readVectors(t)
	if len(v.Systems) < 300 {
		t.Fatalf("only %d texts", len(v.Systems))
	}
	met := map[string]bool{}
	for _, c := range v.Systems {
		var text []byte
		if c.Text != nil {
			text = []byte(*c.Text)
		}
		got, err := ParseBuildSystem(text)
		if (err == nil) != (c.System != nil) {
			why := difference(string(text))
			if why == "" {
				t.Errorf("%q: %+v, %v; pip: %+v", text, got, err, c.System)
			}
			met[why] = true
			continue
		}
		if err != nil {
			continue
		}
		want := BuildSystem{Requires: c.System.Requires, Backend: c.System.Backend}
		if len(c.System.BackendPath) > 0 {
			want.BackendPath = c.System.BackendPath
		}
		if len(got.BackendPath) == 0 {
			got.BackendPath = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-pip +here):\n%s", text, diff)
		}
	}
	for _, d := range differences {
		if !met[d.why] {
			t.Errorf("no difference any more: %s", d.why)
		}
	}
}
