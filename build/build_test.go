package build

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/build/diagnose"
	"wheelyard/internal/pypitest"
	"wheelyard/platform"
	"wheelyard/yard"
)

func TestBuilt(t *testing.T) {
	s := newShop(t, small)
	o := s.sdist(t, before(`
print("umask", oct(os.umask(0o022)), os.getcwd(), os.environ["SOURCE_DATE_EPOCH"], os.environ["HOME"])
print("times", sorted({int(os.stat(f).st_mtime) for f in os.listdir(".") if not f.startswith("__")}))`))
	o.BuildNumber = 3
	d := s.do(t, o)
	a := d.Attempt
	if a.Class != yard.Built || a.Wheel.Filename != "demo-1.0-3-py3-none-any.whl" || filepath.Base(d.Wheel) != a.Wheel.Filename {
		t.Fatalf("%s %s %s\n%s", a.Class, a.Reason, d.Wheel, d.log)
	}
	if f, err := describe(d.Wheel, a.Wheel.Filename); err != nil || f != a.Wheel {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := describe(d.Log, "log"); err != nil || f != a.Log {
		t.Errorf("%+v, %v", f, err)
	}
	if a.Order != o.Key || a.Inputs != "inputs" || a.Sdist.SHA256 != o.Sdist.Hashes["sha256"] || !a.AsOf.Equal(s.target.Released) || a.Root != s.target.Root ||
		a.Started != s.Now() || a.Took.Total == 0 || a.Took.CPU == 0 || len(d.Tries) != 1 {
		t.Errorf("%+v", a)
	}
	for _, want := range []string{"umask 0o22 /build/src 1651363200 /build\n", "times [1651363200]\n"} {
		if !strings.Contains(d.log, want) {
			t.Errorf("no %q in the log:\n%s", want, d.log)
		}
	}
	if d.log != d.live {
		t.Errorf("live:\n%s\nlog:\n%s", d.live, d.log)
	}
	if !slices.Equal(d.Report.Top, []string{"demo"}) {
		t.Errorf("%+v", d.Report)
	}
	z, err := zip.OpenReader(d.Wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if !f.Modified.UTC().Equal(time.Date(2022, 5, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %s", f.Name, f.Modified)
		}
	}
}

// TestAskedOnce: a backend that was asked what it requires isn't asked again, and what asking left behind is not built in.
func TestAskedOnce(t *testing.T) {
	s := newShop(t, small)
	o := s.sdist(t, with(`
def get_requires_for_build_wheel(config_settings=None):
    print("ASKED")
    for d in (".", "/build", "/build/out", "/build/out/wheels"): open(d + "/trace", "w").close()
    return []
files = {"demo.py": repr(os.path.exists("trace")).encode()}
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    print("TRACE", any(os.path.exists(d + "/trace") for d in (".", "/build", "/build/out", "/build/out/wheels")))
    return write(wheel_directory)
`))
	first, second := s.do(t, o), s.do(t, o)
	if !strings.Contains(first.log, "ASKED") || strings.Contains(second.log, "ASKED") {
		t.Errorf("first:\n%s\nsecond:\n%s", first.log, second.log)
	}
	for _, d := range []done{first, second} {
		if !strings.Contains(d.log, "TRACE False") {
			t.Error(d.log)
		}
	}
	if first.Attempt.Wheel != second.Attempt.Wheel {
		t.Errorf("%+v and %+v", first.Attempt.Wheel, second.Attempt.Wheel)
	}
}

func TestCheck(t *testing.T) {
	s := newShop(t, small)
	r, differences, err := s.Check(t.Context(), s.sdist(t, with("")), s.target, nil)
	if err != nil || len(differences) > 0 || r.Attempt.Class != yard.Built {
		t.Errorf("%v %v %v", r.Attempt.Class, differences, err)
	}
	r.Close()
	r, differences, err = s.Check(t.Context(), s.sdist(t, with(`
import time
files = {"demo.py": b"made = %020d\n" % time.time_ns(), "f%d.py" % time.time_ns(): b""}`)), s.target, nil)
	if err != nil || r.Attempt.Class != yard.Built {
		t.Fatal(r.Attempt.Class, err)
	}
	r.Close()
	var text []string
	for _, d := range differences {
		text = append(text, d.String())
	}
	all := strings.Join(text, "\n")
	if len(differences) != 4 || !strings.Contains(all, "demo.py: ") || !strings.Contains(all, "only build 1") || !strings.Contains(all, "only build 2") || !strings.Contains(all, "RECORD") {
		t.Error(all)
	}
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestUpstreamTrouble is never held against the package.
func TestUpstreamTrouble(t *testing.T) {
	s := newShop(t, small)
	for name, fault := range map[string]pypitest.Fault{
		"silence": {Status: 503}, "another file": {Corrupt: true}, "gone": {Status: 404}, "too large": {Extra: 100}, "cut off": {Truncate: 10},
	} {
		t.Run(name, func(t *testing.T) {
			o := s.sdist(t, with("# "+name))
			s.up.Fault("/files/demo/demo-1.0.tar.gz", fault)
			defer s.up.Fault("/files/demo/demo-1.0.tar.gz", pypitest.Fault{})
			if d := s.do(t, o); d.Attempt.Class != yard.Infrastructure || d.Attempt.Reason == "" {
				t.Errorf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
			}
		})
	}
}

// TestIncomplete: upstream's wheel for another target has an extension module that the build didn't make.
func TestIncomplete(t *testing.T) {
	s := newShop(t, small)
	peer, err := pypitest.Zip([]pypitest.Member{{Path: "demo.py"}, {Path: "_demo.cpython-39-x86_64-linux-gnu.so"}, {Path: "demo-1.0.dist-info/RECORD"}})
	if err != nil {
		t.Fatal(err)
	}
	s.up.AddFile("demo", "demo-1.0-cp39-cp39-manylinux1_x86_64.whl", peer, pypitest.Attrs{})
	d := s.do(t, s.sdist(t, with("")))
	if d.Attempt.Class != yard.Incomplete || !strings.Contains(d.Attempt.Reason, "_demo") || d.Wheel != "" || d.Report.Compared == "" {
		t.Errorf("%s: %s; %+v", d.Attempt.Class, d.Attempt.Reason, d.Report)
	}
}

func TestInputs(t *testing.T) {
	a := Inputs(platform.Target{Root: "a"}, Limits{})
	for _, b := range []string{Inputs(platform.Target{Root: "b"}, Limits{}), Inputs(platform.Target{Root: "a"}, Limits{Memory: 1 << 30}), Inputs(platform.Target{Root: "a", Python: "cp311"}, Limits{})} {
		if a == b {
			t.Error("something else, and the same digest")
		}
	}
	if a != Inputs(platform.Target{Root: "a"}, Limits{Memory: 4 << 30, Wall: 2 * time.Hour}) {
		t.Error("the defaults, written out, have another digest")
	}
}

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var live strings.Builder
	l, err := newLog(path, 100, &live)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		l.say("%04d", i)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(text), "== 0000\n") || !strings.HasSuffix(string(text), "== 0099\n") || !strings.Contains(string(text), "\n== 700 bytes are left out here\n") {
		t.Errorf("%s", text)
	}
	if live.Len() != 800 {
		t.Errorf("live: %d bytes", live.Len())
	}
}

// BenchmarkWarm is a build whose sdist and environment are there, with a backend that does next to nothing: the cost around a build.
func BenchmarkWarm(b *testing.B) {
	s := newShop(b, small)
	o := s.sdist(b, with(""))
	var backend int64
	for b.Loop() {
		r, err := s.Build(b.Context(), o, s.target, nil)
		if err != nil || r.Attempt.Class != yard.Built {
			b.Fatal(r.Attempt.Reason, err)
		}
		backend += r.Attempt.Took.Backend
		r.Close()
	}
	b.ReportMetric(float64(backend)/float64(b.N), "backend-ms/op")
}

func TestTogether(t *testing.T) {
	f := func(rule, reason, advice string) diagnose.Finding {
		return diagnose.Finding{Class: yard.BuildRequirement, Rule: rule, Reason: reason, Advice: advice}
	}
	for _, c := range []struct {
		failed         []diagnose.Finding
		reason, advice string
	}{
		{[]diagnose.Finding{f("module", "a", "x")}, "a", "x"},
		{[]diagnose.Finding{f("module", "a", "x"), f("module", "a", "x")}, "a", "x"},
		{[]diagnose.Finding{f("use_2to3", "a", "x"), f("module", "b", "y")}, "a; in another environment: b", "x"},
		{[]diagnose.Finding{f("", "no set of wheels", ""), f("module", "b", "y")}, "b; in another environment: no set of wheels", "y"},
	} {
		if got := together(c.failed); got.Reason != c.reason || got.Advice != c.advice || got.Class != yard.BuildRequirement {
			t.Errorf("%+v: %+v", c.failed, got)
		}
	}
}

// TestPointOut: a version that is too old for the interpreter has later ones.
func TestPointOut(t *testing.T) {
	s := newShop(t, small)
	for _, name := range []string{"demo-0.9-py3-none-any.whl", "demo-3.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl", "demo-1.9-cp27-cp27m-win32.whl", "demo-1.8rc1-py3-none-any.whl"} {
		s.up.AddFile("demo", name, []byte(name), pypitest.Attrs{})
	}
	d := s.do(t, s.sdist(t, before(`raise ModuleNotFoundError("No module named 'imp'", name="imp")`)))
	if d.Attempt.Class != yard.PythonTooNew || !strings.Contains(d.Attempt.Advice, "demo 2.0 is the first") {
		t.Errorf("%s: %s; %s", d.Attempt.Class, d.Attempt.Reason, d.Attempt.Advice)
	}
}

// TestMore: what ran into a limit may have twice as much at the next try.
func TestMore(t *testing.T) {
	s := newShop(t, small)
	o := s.sdist(t, before("keep = bytearray(400 << 20)\nfor i in range(0, len(keep), 4096): keep[i] = 1"))
	if d := s.do(t, o); d.Attempt.Class != yard.Limits {
		t.Fatalf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
	}
	o.More = true
	if d := s.do(t, o); d.Attempt.Class != yard.Built {
		t.Errorf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
	}
}

func TestDifferenceJSON(t *testing.T) {
	text, err := json.Marshal(Difference{Member: "a.py", At: 3, Bytes: 1, First: Excerpt("\x00a"), Second: Excerpt("b")})
	if want := `{"member":"a.py","at":3,"bytes":1,"first":"0061","second":"62"}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}
