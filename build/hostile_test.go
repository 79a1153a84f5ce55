package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/yard"
)

// small limits, so that what exceeds them does so soon.
var small = Limits{Wall: 3 * time.Second, CPU: 1500 * time.Millisecond, Memory: 300 << 20, Disk: 50 << 20, Log: 256 << 10, Procs: 60}

// TestHostile builds sdists that are wrong in every way. Each fails with its class, or does no harm; nothing is left, and the next order works.
func TestHostile(t *testing.T) {
	s := newShop(t, small)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WHEELYARD_SECRET", "hunter2")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, c := range []struct {
		name   string
		files  map[string]string
		class  yard.Class
		reason string // part of it
		log    string // part of it; "!x": x is not in it
	}{
		{"nothing to build with", map[string]string{"demo.py": ""}, yard.SourceFault, "neither pyproject.toml nor setup.py", ""},
		{"pyproject.toml is no TOML", map[string]string{"pyproject.toml": "[build-system\n"}, yard.SourceFault, "pyproject.toml", ""},
		{"backend isn't there", map[string]string{"pyproject.toml": strings.Replace(pyproject, `"backend"`, `"nobody"`, 1)}, yard.BuildRequirement, "nobody", ""},
		{"backend path leads out", map[string]string{"pyproject.toml": strings.Replace(pyproject, `["."]`, `["../../usr"]`, 1), "backend.py": backend}, yard.SourceFault, "", ""},
		{"backend has no hook", map[string]string{"pyproject.toml": pyproject, "backend.py": "x = 1\n"}, yard.BuildRequirement, "no hook build_wheel", ""},
		{"backend breaks on import", map[string]string{"pyproject.toml": pyproject, "backend.py": "import nothing_of_that_name\n"}, yard.BuildRequirement, "nothing_of_that_name", ""},
		{"hook raises", before(`raise ValueError("no \x1b[31mway")`), yard.SourceFault, "ValueError: no [31mway", "!\x1b"},
		{"hook exits", before(`os._exit(3)`), yard.SourceFault, "status 3", ""},
		{"hook crashes", before(`os.kill(os.getpid(), 11)`), yard.SourceFault, "signal 11", ""},
		{"another project", with(`name = "other"`), yard.SourceFault, "other", ""},
		{"another version", with(`version = "2.0"`), yard.SourceFault, "2.0", ""},
		{"another platform", with(`tags = "cp27-cp27mu-win32"`), yard.SourceFault, "doesn't take", ""},
		{"tags differ", with(`wheel_tags = "cp35-none-any"`), yard.SourceFault, "tag", ""},
		{"no wheel's name", before(`return "demo.zip"`), yard.SourceFault, "did not make", ""},
		{"a path for a name", before(`return "../../../../etc/passwd"`), yard.SourceFault, "no file name", ""},
		{"a list for a name", before(`return ["a"]`), yard.SourceFault, "no file name", ""},
		{"a file that isn't there", before(`return "demo-1.0-py3-none-any.whl"`), yard.SourceFault, "did not make", ""},
		{"a link for a wheel", before(`n = write(wheel_directory); p = os.path.join(wheel_directory, n); os.rename(p, "/build/x"); os.symlink("/build/x", p); return n`), yard.SourceFault, "no regular file", ""},
		{"a pipe for a wheel", before(`n = "demo-1.0-py3-none-any.whl"; os.mkfifo(os.path.join(wheel_directory, n)); return n`), yard.SourceFault, "no regular file", ""},
		{"a link for the folder", before(`os.rmdir(wheel_directory); os.symlink("/etc", wheel_directory); return "passwd"`), yard.SourceFault, "did not make", ""},
		{"no zip for a wheel", before(`n = "demo-1.0-py3-none-any.whl"; open(os.path.join(wheel_directory, n), "w").write("PK"); return n`), yard.SourceFault, "damaged", ""},
		{"a wheel that leaves its folder", with(`files = {"../../../../tmp/evil.py": b""}`), yard.SourceFault, "", ""},
		{"a lying result", before(`open("/build/out/result.json", "w").write('{"value": "../../x.whl"}'); os._exit(0)`), yard.SourceFault, "no file name", ""},
		{"a link for a result", before(`os.symlink("/etc/passwd", "/build/out/result.json"); os._exit(0)`), yard.SourceFault, "", ""},
		{"a result without end", before(`open("/build/out/result.json", "w").write('{"value": "' + "x" * 3000000 + '"}'); os._exit(0)`), yard.SourceFault, "", ""},
		{"requirements that are options", with("\ndef get_requires_for_build_wheel(config_settings=None): return ['--index-url=http://index.example']"), yard.BuildRequirement, "no requirement", ""},
		{"requirements that are files", with("\ndef get_requires_for_build_wheel(config_settings=None): return ['x @ file:///etc/passwd']"), yard.BuildRequirement, "address", ""},
		{"requirements that are none", with("\ndef get_requires_for_build_wheel(config_settings=None): return 7"), yard.SourceFault, "", ""},

		{"prints without end", before("while True: os.write(1, b'x' * 65536)"), yard.Limits, "printed", ""},
		{"prints much", before("for i in range(9000): print('line', i, '.' * 60)"), yard.Built, "", "bytes are left out"},
		{"never ends", before("import time\nwhile True: time.sleep(1)"), yard.Limits, "time", ""},
		{"computes for ever", before("while True: pass"), yard.Limits, "processor time", ""},
		{"forks for ever", before("import time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(1000)\n    except OSError: pass"), yard.Limits, "", ""},
		{"takes all memory", before("l = []\nwhile True: l.append(bytearray(b'x') * 10000000)"), yard.Limits, "memory", ""},
		{"fills the disk", before("n = 0\nwhile True:\n    open('/build/f%d' % n, 'wb').write(b'x' * 1000000); n += 1"), yard.Limits, "disk", ""},
		{"fills /tmp", before("n = 0\nwhile True:\n    open('/tmp/f%d' % n, 'wb').write(b'x' * 1000000); n += 1"), yard.Limits, "memory", ""},
		{"one huge file", before("f = open('/build/f', 'wb')\nf.truncate(10**12)\nf.seek(10**12)\nf.write(b'x')"), yard.Limits, "", ""},

		{"writes outside", before(`
for p in ("/usr/x", "/etc/x", "/x", "/env/x", "/run/wheelyard/x", "/proc/sys/kernel/core_pattern", "/dev/x", "/run/wheelyard/runner.py"):
    try: open(p, "w"); print("WROTE", p)
    except OSError: pass`), yard.Built, "", "!WROTE"},
		{"reads the host", before(fmt.Sprintf(`
for p in ("/etc/shadow", "/root", "/home", %q, %q, "/etc/hostname", "/var/lib/dpkg/status", "/sys/kernel"):
    if os.access(p, os.R_OK): print("READ", p)
print("ENV", sorted(os.environ), open("/proc/1/environ").read())`, secret, s.Dir)), yard.Built, "", "!READ"},
		{"reads the environment", before(`print(os.environ, open("/proc/1/environ").read())`), yard.Built, "", "!hunter2"},
		{"talks to the network", before(fmt.Sprintf(`
import socket
try: socket.create_connection(("127.0.0.1", %d), 1); print("CONNECTED")
except OSError as e: print("refused:", e)`, listener.Addr().(*net.TCPAddr).Port)), yard.Built, "", "!CONNECTED"},
		{"kills its parents", before("import signal\nfor p in (1, os.getppid(), -1):\n    try: os.kill(p, signal.SIGTERM if p != -1 else 0)\n    except OSError: pass"), yard.Built, "", ""},
		{"leaves processes", before("import subprocess\nsubprocess.Popen(['sleep', '" + sentinel + "'], start_new_session=True)\nsubprocess.Popen(['sleep', '" + sentinel +
			"'], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"), yard.Built, "", ""},
		{"leaves folders that can't be entered", before("os.makedirs('/build/a/b'); open('/build/a/b/c', 'w'); os.chmod('/build/a/b', 0); os.chmod('/build/a', 0o500)"), yard.Built, "", ""},
		{"leaves a deep tree", before("os.chdir('/build')\nfor i in range(450): os.mkdir('d' * 40); os.chdir('d' * 40)"), yard.Built, "", ""},
		{"replaces its own source", before("import shutil\nshutil.rmtree('/build/src'); os.symlink('/etc', '/build/src')"), yard.Built, "", ""},
		{"says that it isn't pure", with(`files = {"demo.so": b"\x7fELF" + b"\x00" * 100}`), yard.SourceFault, "", ""},
		{"import never ends", with(`files = {"demo.py": b"while True: pass"}`), yard.Built, "", "note: importing demo"},
		{"import ends the interpreter", with(`files = {"demo.py": b"import os; os._exit(9)"}`), yard.Built, "", "note: importing demo ended"},
		{"import needs another project", with(`files = {"demo.py": b"import requests"}`), yard.Built, "", "requests, of another project"},
		{"a good one", with(""), yard.Built, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := s.do(t, s.sdist(t, c.files))
			if d.Attempt.Class != c.class || !strings.Contains(d.Attempt.Reason, c.reason) {
				t.Errorf("%s: %s, want %s: …%s…\n%s", d.Attempt.Class, d.Attempt.Reason, c.class, c.reason, d.log)
			}
			if not, ok := strings.CutPrefix(c.log, "!"); ok && strings.Contains(d.log+d.live, not) || !ok && !strings.Contains(d.log, c.log) {
				t.Errorf("the log:\n%s", d.log)
			}
			if (d.Wheel != "") != (c.class == yard.Built) {
				t.Errorf("wheel %q", d.Wheel)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			if left := s.leftovers(t); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
	if d := s.do(t, s.sdist(t, with(""))); d.Attempt.Class != yard.Built {
		t.Errorf("after all that: %s: %s", d.Attempt.Class, d.Attempt.Reason)
	}
}

// TestHostileArchives: what can't be unpacked is the source's fault.
func TestHostileArchives(t *testing.T) {
	s := newShop(t, small)
	header := func(name string, kind byte, link string) *tar.Header {
		return &tar.Header{Name: name, Typeflag: kind, Linkname: link, Mode: 0o644}
	}
	for _, c := range []struct {
		name    string
		headers []*tar.Header
	}{
		{"leaves its folder", []*tar.Header{header("demo-1.0/../../x", tar.TypeReg, "")}},
		{"absolute", []*tar.Header{header("/tmp/x", tar.TypeReg, "")}},
		{"link that leaves", []*tar.Header{header("demo-1.0/x", tar.TypeSymlink, "../../../etc")}},
		{"through a link", []*tar.Header{header("demo-1.0/x", tar.TypeSymlink, "/tmp"), header("demo-1.0/x/y", tar.TypeReg, "")}},
		{"device", []*tar.Header{header("demo-1.0/x", tar.TypeBlock, "")}},
		{"pipe", []*tar.Header{header("demo-1.0/x", tar.TypeFifo, "")}},
		{"a file for a folder", []*tar.Header{header("demo-1.0/x", tar.TypeReg, ""), header("demo-1.0/x/y", tar.TypeReg, "")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			w := tar.NewWriter(z)
			for _, h := range c.headers {
				if err := w.WriteHeader(h); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			z.Close()
			if d := s.do(t, s.archive(t, "demo-1.0.tar.gz", b.Bytes())); d.Attempt.Class != yard.SourceFault {
				t.Errorf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
			}
		})
	}
	t.Run("no archive", func(t *testing.T) {
		if d := s.do(t, s.archive(t, "demo-1.0.tar.gz", []byte("<html>"))); d.Attempt.Class != yard.SourceFault {
			t.Errorf("%s: %s", d.Attempt.Class, d.Attempt.Reason)
		}
	})
}

// TestInterrupt: when the context ends, so does the build, and nothing is left.
func TestInterrupt(t *testing.T) {
	s := newShop(t, small)
	o := s.sdist(t, before("import subprocess\nprint('STARTED', flush=True)\nsubprocess.run(['sleep', '"+sentinel+"'])"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Build(ctx, o, s.target, writer(func(p []byte) {
		if bytes.Contains(p, []byte("STARTED")) {
			cancel()
		}
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// TestSweep: what a killed process left is removed by the next one, and what a living one works with isn't.
func TestSweep(t *testing.T) {
	s := newShop(t, small)
	dead := filepath.Join(s.Dir, workDir, "build-dead")
	if err := os.MkdirAll(filepath.Join(dead, "box"), 0o755); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dead, "lock"), nil, 0o600)
	d := s.do(t, s.sdist(t, with("")))
	lockless := filepath.Join(s.Dir, workDir, "build-lockless") // killed before it had a lock
	if err := os.Mkdir(lockless, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{time.Now(), time.Now().Add(2 * unfinished)} {
		if err := Sweep(s.Dir, now); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(lockless); errors.Is(err, os.ErrNotExist) != (now.After(time.Now())) {
			t.Errorf("without a lock, at %s: %v", now, err)
		}
	}
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left over is still there: %v", err)
	}
	if _, err := os.Stat(d.Wheel); err != nil {
		t.Errorf("a wheel that is still in use: %v", err)
	}
}
