package tag

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"

	"github.com/google/go-cmp/cmp"
)

type vectors struct {
	Systems []struct {
		Platform
		Platforms []string
	}
	Interpreters []struct {
		Interpreter
		Tags [][]string // by system; "cp311-abi3-*" stands for all of its platforms
	}
	Sets []struct {
		Set  string
		Tags []string // sorted; nil: refused
	}
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	oracletest.Vectors(t, &v)
	return v
}

func strs(tags []Tag) []string {
	s := make([]string, len(tags))
	for i, t := range tags {
		s[i] = t.String()
	}
	return s
}

func whole(runs, platforms []string) []string {
	var all []string
	for _, run := range runs {
		prefix, ok := strings.CutSuffix(run, "*")
		if !ok {
			all = append(all, run)
			continue
		}
		for _, p := range platforms {
			all = append(all, prefix+p)
		}
	}
	return all
}

func TestSupportedIsWhatPipComputes(t *testing.T) {
	v := readVectors(t)
	if len(v.Systems) < 20 || len(v.Interpreters) < 20 {
		t.Fatalf("only %d systems and %d interpreters", len(v.Systems), len(v.Interpreters))
	}
	for _, in := range v.Interpreters {
		for i, s := range v.Systems {
			want := whole(in.Tags[i], s.Platforms)
			if diff := cmp.Diff(want, strs(Supported(in.Interpreter, s.Platform))); diff != "" {
				t.Errorf("%+v on %+v (-pip +here):\n%s", in.Interpreter, s.Platform, diff)
			}
		}
	}
}

func TestParseSetIsWhatPackagingReads(t *testing.T) {
	for _, c := range readVectors(t).Sets {
		tags, err := ParseSet(c.Set)
		got := strs(tags)
		slices.Sort(got)
		if (err == nil) != (c.Tags != nil) || !slices.Equal(got, c.Tags) {
			t.Errorf("%q: %v, %v; packaging: %v", c.Set, got, err, c.Tags)
		}
	}
}

// Every Python that pyenv has here, asked by pip's own code, taken from the Python that WHEELYARD_ORACLE_PYTHON names.
func TestInstalledPythons(t *testing.T) {
	oracle := os.Getenv("WHEELYARD_ORACLE_PYTHON")
	if oracle == "" {
		t.Skip("WHEELYARD_ORACLE_PYTHON names no Python with pip 26.3")
	}
	site := run(t, oracle, "", "-c", "import os, pip; print(os.path.dirname(os.path.dirname(pip.__file__)))")
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	pythons, err := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.*/bin/python3"))
	if err != nil {
		t.Fatal(err)
	}
	for _, python := range append(pythons, oracle) {
		facts := strings.Fields(run(t, python, "", "-c", `import sys, os, sysconfig
print(sys.implementation.name, *sys.version_info[:2], os.uname().machine, *os.confstr("CS_GNU_LIBC_VERSION").split()[1].split("."))
print(sysconfig.get_config_var("SOABI").split("-")[1])`))
		in := Interpreter{Implementation: facts[0], Major: atoi(t, facts[1]), Minor: atoi(t, facts[2]), ABIs: []string{"cp" + facts[6]}}
		if in.Minor < 10 {
			continue // pip 26.3 doesn't run there
		}
		want := strings.Fields(run(t, python, site, "testdata/vectors.py", "--here"))
		p := Platform{Arch: facts[3], Libc: Libc{"glibc", atoi(t, facts[4]), atoi(t, facts[5])}}
		if diff := cmp.Diff(want, strs(Supported(in, p))); diff != "" {
			t.Errorf("%s (-pip +here):\n%s", python, diff)
		}
	}
}

func atoi(t *testing.T, s string) (n int) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func run(t *testing.T, python, path string, args ...string) string {
	t.Helper()
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+path, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", python, args[0], err)
	}
	return strings.TrimSpace(string(out))
}
