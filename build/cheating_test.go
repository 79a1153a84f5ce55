package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wheelyard/yard"
)

// TestCheating: what is out of sight counts all the same, and what comes out of a build can't fill the machine either.
func TestCheating(t *testing.T) {
	s := newShop(t, small)
	for _, c := range []struct {
		name   string
		files  map[string]string
		class  yard.Class
		reason string
	}{
		{"fills the disk far below", before(`
os.chdir('/build')
for i in range(400): os.mkdir('d' * 40); os.chdir('d' * 40)
n = 0
while True: open('f%d' % n, 'wb').write(b'x' * 1000000); n += 1`), yard.Limits, "disk"},
		{"fills the disk very far below", before(`
os.chdir('/build')
for i in range(3000): os.mkdir('d' * 40); os.chdir('d' * 40)
n = 0
while True: open('f%d' % n, 'wb').write(b'x' * 1000000); n += 1`), yard.Limits, "files"},
		{"fills the disk behind a door", before(`
os.mkdir('/build/d')
f = [open('/build/d/%d' % i, 'wb') for i in range(9)]
os.chmod('/build/d', 0)
while True:
    for g in f:
        if g.tell() < 40000000: g.write(b'x' * 1000000); g.flush()`), yard.Limits, "disk"},
		{"a wheel that unpacks to more than the disk", before(`
z = zipfile.ZipFile(os.path.join(wheel_directory, write(wheel_directory)), "a", zipfile.ZIP_DEFLATED, compresslevel=1)
with z.open("more.py", "w") as m:
    for i in range(60): m.write(b"#" * 1000000)
z.close()
return "demo-1.0-py3-none-any.whl"`), yard.Limits, "unpacks to more than"},
		{"a name without end", before(`return "x" * 900000`), yard.SourceFault, "build_wheel returned xxx"},
		{"requirements without end", with("\ndef get_requires_for_build_wheel(config_settings=None): return ['no/requirement' * 9] * 5000"), yard.BuildRequirement, "no/requirement"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := s.do(t, s.sdist(t, c.files))
			if d.Attempt.Class != c.class || !strings.Contains(d.Attempt.Reason, c.reason) {
				t.Errorf("%s: %.300s, want %s: …%s…\n%.3000s", d.Attempt.Class, d.Attempt.Reason, c.class, c.reason, d.log)
			}
			if len(d.Attempt.Reason) > 2000 {
				t.Errorf("the reason has %d bytes", len(d.Attempt.Reason))
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if left := s.leftovers(t); len(left) > 0 {
				t.Errorf("left: %.300q", left)
			}
		})
	}
}

// TestLeavesLinks: the first hook puts a link, or something else, where wheelyard removes and unpacks the source before the second one.
func TestLeavesLinks(t *testing.T) {
	for name, code := range map[string]string{
		"source": `shutil.rmtree("/build/src"); os.symlink(%q, "/build/src")`,
		"output": `shutil.rmtree("/build/out"); os.symlink(%q, "/build/out")`,
		"wheels": `shutil.rmtree("/build/out/wheels"); os.symlink(%q, "/build/out/wheels")`,
		"a file": `shutil.rmtree("/build/src"); open("/build/src", "w").write(%q)`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, small)
			victim := t.TempDir()
			if err := os.WriteFile(filepath.Join(victim, "precious"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			d := s.do(t, s.sdist(t, with("\nimport shutil\ndef get_requires_for_build_wheel(config_settings=None):\n    "+fmt.Sprintf(code, victim)+"\n    return []\n")))
			if _, err := os.Stat(filepath.Join(victim, "precious")); err != nil {
				t.Fatal(err)
			}
			if left, _ := os.ReadDir(victim); len(left) != 1 {
				t.Errorf("%q", left)
			}
			t.Logf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
			if name == "source" && d.Attempt.Class != yard.Built {
				t.Errorf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
			}
		})
	}
}

// TestRemoveAll: whatever the depth, the permissions and the number of descriptors that there may be.
func TestRemoveAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x")
	at, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	name := "x"
	var door *os.File // of the folder above, that is closed when it isn't needed any more
	for range 2000 {
		if err := at.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
		next, err := at.OpenRoot(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(next.WriteFile("f", nil, 0), next.Symlink("/", "l")); err != nil {
			t.Fatal(err)
		}
		if door != nil {
			if err := errors.Join(door.Chmod(0), door.Close()); err != nil {
				t.Fatal(err)
			}
		}
		if door, err = next.Open("."); err != nil {
			t.Fatal(err)
		}
		at.Close()
		at, name = next, strings.Repeat("d", 100)
	}
	if err := errors.Join(door.Chmod(0), door.Close(), at.Close()); err != nil {
		t.Fatal(err)
	}
	if err := removeAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := removeAll(dir); err != nil {
		t.Errorf("again: %v", err)
	}
}

// TestInterruptJudging: the end of the context ends what is done with a wheel, too.
func TestInterruptJudging(t *testing.T) {
	s := newShop(t, Limits{})
	o := s.sdist(t, before(`
with zipfile.ZipFile(os.path.join(wheel_directory, "demo-1.0-py3-none-any.whl"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
    for name, content in (("METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"), ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"), ("RECORD", "")):
        z.writestr("demo-1.0.dist-info/" + name, content)
    with z.open("demo.py", "w") as m:
        for i in range(300): m.write(b"#" * 1000000)
print("STARTED", flush=True)
return "demo-1.0-py3-none-any.whl"`))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	over, wentOn := make(chan struct{}), make(chan bool)
	go func() { // cancels as soon as the wheel is being written again, and sees whether it is unpacked all the same
		seen := false
		there := func(name string) bool {
			found, _ := filepath.Glob(filepath.Join(s.Dir, workDir, "build-*", name))
			return found != nil
		}
		for {
			select {
			case <-over:
				wentOn <- seen
				return
			default:
			}
			if there("*.whl") {
				cancel()
			}
			seen = seen || there("site")
		}
	}()
	var log bytes.Buffer
	r, err := s.Build(ctx, o, s.target, &log)
	close(over)
	if err == nil {
		r.Close()
	}
	if seen := <-wentOn; seen || !errors.Is(err, context.Canceled) {
		t.Errorf("went on: %t; %v; %s", seen, err, log.String())
	}
}
