package wheel

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What Normalise writes is what others read: zipfile tests it, wheel verifies and unpacks it, pip installs it and finds all that RECORD names.
func TestOthersReadIt(t *testing.T) {
	python := oracle(t)
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	parts := append(demo(),
		plain("demo/é,\"q\" x.txt", "é"), plain("demo/empty", ""), plain("demo/noise", string(noise)), plain("demo/zeros", string(make([]byte, 1<<20))),
		plain("demo_pkg-1.0.data/scripts/demo-run", "#!python\nprint(42)\n"), plain("demo_pkg-1.0.data/data/share/demo", "x"),
		plain(demoInfo+"entry_points.txt", "[console_scripts]\ndemo-go = demo:main\n"),
	)
	dir := t.TempDir()
	for _, build := range []Build{{}, {Number: 3, Suffix: "x", Given: true}} {
		f, err := ParseFilename("demo_pkg-1.0-py3-none-any.whl")
		if err != nil {
			t.Fatal(err)
		}
		f.Build = build
		path := filepath.Join(dir, f.String())
		if err := os.WriteFile(path, normal(t, handmade(parts, nil), build), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := ask(t, nil, python, "-m", "zipfile", "-t", path); !strings.Contains(string(out), "Done testing") || strings.Contains(string(out), "corrupted") {
			t.Errorf("%s", out)
		}
		verify := `import sys
from wheel.wheelfile import WheelFile
with WheelFile(sys.argv[1]) as w:
    for m in w.infolist():
        w.read(m)
    print(len(w.infolist()))`
		if got := strings.TrimSpace(string(ask(t, nil, python, "-c", verify, path))); got != fmt.Sprint(len(parts)+1) {
			t.Errorf("wheel read %s members", got)
		}
		unpacked := filepath.Join(dir, "unpacked"+build.String())
		ask(t, nil, python, "-m", "wheel", "unpack", "--dest", unpacked, path)
		if info, err := os.Stat(filepath.Join(unpacked, "demo_pkg-1.0/demo/run")); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%v, %v", info, err)
		}
		site := filepath.Join(dir, "site"+build.String())
		ask(t, nil, python, "-m", "pip", "install", "--isolated", "--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--target", site, path)
		check := `import importlib.metadata as m, sys
d = next(iter(m.distributions(name="demo-pkg", path=[sys.argv[1]])))
missing = [str(f) for f in d.files if not f.locate().exists() and ".." not in str(f)]
print(d.version, missing)`
		if got := strings.TrimSpace(string(ask(t, nil, python, "-c", check, site))); got != "1.0 []" {
			t.Errorf("pip installed %s", got)
		}
		if b, err := os.ReadFile(filepath.Join(site, "demo/é,\"q\" x.txt")); err != nil || string(b) != "é" {
			t.Errorf("%q, %v", b, err)
		}
		if info, err := os.Stat(filepath.Join(site, "demo/run")); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%v, %v", info, err)
		}
		if info, err := os.Stat(filepath.Join(site, "demo/empty")); err != nil || info.Mode()&0o111 != 0 {
			t.Errorf("%v, %v", info, err)
		}
	}
}

// What Python's zipfile and the wheel package write is what Open takes, also to where they can't seek.
func TestOthersWriteIt(t *testing.T) {
	python := oracle(t)
	dir := t.TempDir()
	ask(t, nil, python, "-c", `import sys, zipfile
from wheel.wheelfile import WheelFile
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
def fill(w, record):
    for name, content in [("demo/a.py", "a = 1\n" * 999), ("demo/\u00e9", "x"), ("demo/empty", "")]:
        w.writestr(name, content)
    w.writestr("demo_pkg-1.0.dist-info/WHEEL", sys.argv[2])
    w.writestr("demo_pkg-1.0.dist-info/METADATA", sys.argv[3])
name = sys.argv[1] + "/%d/demo_pkg-1.0-py3-none-any.whl"
with WheelFile(sys.argv[1] + "/demo_pkg-1.0-py3-none-any.whl", "w") as w:
    fill(w, True)
with open(sys.argv[1] + "/streamed.whl", "wb") as f, zipfile.ZipFile(Pipe(f), "w", zipfile.ZIP_DEFLATED) as w:
    fill(w, False)
with zipfile.ZipFile(sys.argv[1] + "/zip64.whl", "w", zipfile.ZIP_DEFLATED) as w:
    fill(w, False)
    with w.open("demo/big", "w", force_zip64=True) as f:
        f.write(b"x" * 100)
`, dir, demoWHEEL, demoMETADATA)
	var forms []string
	for _, name := range []string{"demo_pkg-1.0-py3-none-any.whl", "streamed.whl", "zip64.whl"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		a := open(t, b)
		if err := readAll(a); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := a.index[demoInfo+"RECORD"]; ok {
			if err := a.CheckRecord(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		forms = append(forms, string(normal(t, b, Build{})))
	}
	if forms[0] != forms[1] {
		t.Error("two forms of one wheel")
	}
}

// Wheels as they are in use, when WHEELYARD_WHEELS names a folder of them: all are taken, and normalise to themselves.
func TestRealWheels(t *testing.T) {
	dir := os.Getenv("WHEELYARD_WHEELS")
	if dir == "" {
		t.Skip("WHEELYARD_WHEELS names no folder of wheels")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ParseFilename(filepath.Base(path))
		if err != nil {
			t.Error(err)
			continue
		}
		a := open(t, b)
		if err := a.CheckName(f); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := a.CheckRecord(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		info, err := a.Info()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		once := normal(t, b, info.Build)
		if string(normal(t, once, info.Build)) != string(once) {
			t.Errorf("%s: its normal form isn't its own", path)
		}
		t.Logf("%s: %d bytes, %d in normal form", filepath.Base(path), len(b), len(once))
	}
}
