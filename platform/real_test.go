package platform

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The interpreter of Debian 12, where there is one.
func TestProbeReal(t *testing.T) {
	if !isFile("/usr/bin/python3.11") {
		t.Skip("no /usr/bin/python3.11")
	}
	s := Spec{Name: "host", Pythons: []string{"3.11"}}
	got, err := Probe(t.Context(), s)
	if missing := new(MissingError); errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	in := got.Interpreters[0]
	if in.Target != "cp311" || in.Path != "/usr/bin/python3.11" || !strings.HasPrefix(in.SOABI, "cpython-311-") || len(in.Tags) < 10 || got.Libc.Name == "" {
		t.Errorf("%+v", got)
	}
	if ts := targetsOf(t, got); !ts[0].Here || ts[0].Path != in.Path || len(ts[0].Tags.Tags()) != len(in.Tags) {
		t.Errorf("%+v", ts)
	}
	loaded, err := Load(t.Context(), s, filepath.Join(t.TempDir(), "host.json"))
	if diff := cmp.Diff(got, loaded, cmpopts.IgnoreUnexported(Facts{})); err != nil || diff != "" {
		t.Errorf("Load: %v %s", err, diff)
	}
}

// The tags and markers must be those that pip computes in the same interpreter. WHEELYARD_ORACLE_PYTHON names one that
// has pip.
func TestOracle(t *testing.T) {
	oracle := os.Getenv("WHEELYARD_ORACLE_PYTHON")
	if oracle == "" {
		t.Skip("WHEELYARD_ORACLE_PYTHON names no interpreter")
	}
	const ask = `import json
from pip._internal.utils.compatibility_tags import get_supported
from pip._vendor.packaging.markers import default_environment
print(json.dumps([[str(t) for t in get_supported()], dict(default_environment())]))`
	out, err := exec.CommandContext(t.Context(), oracle, "-c", ask).Output()
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	var markers map[string]string
	if err := json.Unmarshal(out, &[]any{&tags, &markers}); err != nil {
		t.Fatal(err)
	}
	h := thisHost()
	h.asRoot = false // nothing is built
	p, err := h.probe(t.Context(), Spec{Name: "host", Pythons: []string{oracle}})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := p.facts.withTags()
	if err != nil {
		t.Fatal(err)
	}
	in := facts.Interpreters[0]
	if diff := cmp.Diff(tags, in.Tags); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	if diff := cmp.Diff(markers, map[string]string(in.Markers)); diff != "" {
		t.Errorf("markers: %s", diff)
	}
}
