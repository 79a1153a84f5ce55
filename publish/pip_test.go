package publish

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wheelyard/index"
	"wheelyard/packaging/project"
	"wheelyard/yard"
	"wheelyard/yard/blob"
)

// pip is a command of pip of the Python that WHEELYARD_ORACLE_PYTHON names, or python3; it reads no configuration.
func pip(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	python := cmp.Or(os.Getenv("WHEELYARD_ORACLE_PYTHON"), "python3")
	if out, err := exec.Command(python, "-m", "pip", "--version").CombinedOutput(); err != nil {
		t.Skipf("%s has no pip: %v: %s", python, err, out)
	}
	cmd := exec.Command(python, append([]string{"-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir"}, args...)...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PIP_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "PIP_CONFIG_FILE="+os.DevNull, "no_proxy=*")
	return cmd
}

// real is a wheel that can be installed.
func (s *shop) real(version, build string) yard.Wheel {
	s.t.Helper()
	metadata := "Metadata-Version: 2.1\nName: demo\nVersion: " + version + "\n"
	info := "demo-" + version + ".dist-info/"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"demo.py", "version = '" + version + "'\n"}, {info + "METADATA", metadata}, {info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", "demo.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		w, err := z.Create(f[0])
		if err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprint(w, f[1])
	}
	if err := z.Close(); err != nil {
		s.t.Fatal(err)
	}
	w := yard.Wheel{
		Platform: platform, Filename: "demo-" + version + build + "-py3-none-any.whl", SHA256: s.keep(b.String()), Size: int64(b.Len()), Project: "demo", Version: version,
		RequiresPython: ">=3.6", Metadata: s.keep(metadata), Admitted: admitted,
	}
	s.keep(recordOf(w))
	return w
}

// TestPip downloads with a real client, from the folder and over HTTP: the later build, the version with a '+', and the file as it is.
func TestPip(t *testing.T) {
	s := newShop(t)
	offer := []yard.Wheel{s.real("1.0", ""), s.real("1.0", "-2"), s.real("2.0+local.1", "")}
	if err := s.Project(t.Context(), platform, project.Name("demo"), offer); err != nil {
		t.Fatal(err)
	}
	h, err := index.Handler(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for _, base := range []string{"file://" + s.Dir, server.URL} {
		for requirement, want := range map[string]yard.Wheel{"demo==1.0": offer[1], "demo": offer[2]} {
			to := t.TempDir()
			out, err := pip(t, "download", "-v", "--no-deps", "--index-url", base+"/"+platform+"/simple/", "-d", to, requirement).CombinedOutput()
			if err != nil {
				t.Errorf("%s from %s: %v\n%s", requirement, base, err, out)
				continue
			}
			if sum, _, err := blob.Sum(filepath.Join(to, want.Filename)); sum != want.SHA256 {
				t.Errorf("%s from %s: %s, %v\n%s", requirement, base, sum, err, out)
			}
		}
	}
}
