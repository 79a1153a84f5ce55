package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// box is a sandbox that really runs, with a folder that its user may write to.
type box struct {
	*Identity
	dir string
}

// newBox skips where there is no bubblewrap; in CI it is an error.
func newBox(t *testing.T, o Options) box {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := New(o)
	if err == nil {
		err = s.Ready(t.Context())
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	id, err := s.Claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { id.Release() })
	dir := filepath.Join(t.TempDir(), "box")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if id.UID() >= 0 {
		if err := os.Chown(dir, id.UID(), id.UID()); err != nil {
			t.Fatal(err)
		}
	}
	return box{id, dir}
}

// sh runs a shell script with the box as /build.
func (b box) sh(t *testing.T, l Limits, script string) (Outcome, string) {
	t.Helper()
	return b.run(t, Command{Args: []string{"/bin/sh", "-c", script}, Limits: l})
}

func (b box) python(t *testing.T, l Limits, script string) (Outcome, string) {
	t.Helper()
	return b.run(t, Command{Args: []string{"python3", "-I", "-S", "-c", script}, Limits: l})
}

func (b box) run(t *testing.T, c Command) (Outcome, string) {
	t.Helper()
	var out syncBuffer
	c.Output = &out
	c.Mounts = append(c.Mounts, Mount{Host: b.dir, At: Home, Writable: true})
	c.Count = []string{b.dir}
	o, err := b.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return o, out.String()
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestWhatIsSeen(t *testing.T) {
	t.Setenv("WHEELYARD_SECRET", "hunter2")
	b := newBox(t, Options{})
	secret := filepath.Join(t.TempDir(), "secret")
	os.WriteFile(secret, []byte("hunter2"), 0o644)
	for _, c := range []struct{ name, script, want string }{
		{"user", "id -u; id -un; id -g", "1000\nbuild\n1000\n"},
		{"environment", "env | sort | grep -v ^_=", "HOME=/build\nLANG=C.UTF-8\nPATH=/usr/bin:/bin\nPWD=/build\nTMPDIR=/tmp\n"},
		{"environment of process 1", "tr '\\0' '\\n' < /proc/1/environ | grep -c hunter2", "0\n"},
		{"folders", "ls -d /home /root /var/lib /work /mnt 2>/dev/null | wc -l", "0\n"},
		{"etc", "ls /etc | tr '\\n' ' '", "alternatives group hosts ld.so.cache ld.so.conf ld.so.conf.d nsswitch.conf passwd "},
		{"shadow", "cat /etc/shadow 2>/dev/null || echo no", "no\n"},
		{"another's file", "cat " + secret + " 2>/dev/null || echo no", "no\n"},
		{"processes", "set -- /proc/[0-9]*; echo $#", "2\n"},
		{"network", "tail -n +3 /proc/net/dev | wc -l", "1\n"},
		{"hostname", "hostname", "build\n"},
		{"open files", "ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 "},
		{"stdin", "cat | wc -c", "0\n"},
		{"write", "for d in / /dev /usr /etc /proc/sys/kernel/core_pattern /var/tmp /tmp /dev/shm /build; do [ -w $d ] && echo $d; done", "/var/tmp\n/tmp\n/dev/shm\n/build\n"},
		{"capabilities", "grep -h -E 'Cap(Prm|Bnd|Amb)' /proc/self/status | grep -vc 0000000000000000; grep -h -E 'NoNewPrivs|Seccomp:' /proc/self/status | tr -d '\\t\\n'", "0\nNoNewPrivs:1Seccomp:2"},
		{"namespaces", "unshare -Ur id 2>&1 | grep -c uid; unshare -n id 2>&1 | grep -c uid", "0\n0\n"},
		{"mounts", "mount -t tmpfs x /tmp 2>/dev/null && echo mounted; umount /proc/sys 2>/dev/null && echo bare; echo done", "done\n"},
		{"umask of new files", "umask; touch f; stat -c %a f", "0022\n644\n"},
		{"limits", "ulimit -c", "0\n"},
		{"kill the parent", "kill -9 1 2>/dev/null; kill -9 -1 2>/dev/null; echo alive", "alive\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if o, out := b.sh(t, Limits{}, c.script); out != c.want {
				t.Errorf("%q (status %d), want %q", out, o.Status, c.want)
			}
		})
	}
}

func TestSystemCalls(t *testing.T) {
	b := newBox(t, Options{})
	_, out := b.python(t, Limits{}, `
import ctypes, errno, os, socket, platform
c = ctypes.CDLL(None, use_errno=True)
def call(*a):
    return errno.errorcode.get(ctypes.get_errno(), "ok") if c.syscall(*a) == -1 else "ok"
if platform.machine() == "x86_64":
    print("keyctl", call(250, 0, 0, 0, 0, 0), "ptrace", call(101, 0, 0, 0, 0), "bpf", call(321, 0, 0, 0), "unshare", call(272, 0))
    print("clone3", call(435, 0, 0), "clone newuser", call(56, 0x10000000, 0, 0, 0, 0), "x32", call(0x40000000 + 39))
for family in ("AF_UNIX", "AF_INET", "AF_NETLINK", "AF_VSOCK", "AF_ALG", "AF_PACKET"):
    try:
        socket.socket(getattr(socket, family), socket.SOCK_RAW if family == "AF_NETLINK" else socket.SOCK_STREAM if family != "AF_ALG" else socket.SOCK_SEQPACKET); print(family, "ok")
    except OSError as e:
        print(family, errno.errorcode[e.errno])
import threading, subprocess
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
print(subprocess.run(["true"]).returncode, os.getpid() > 0)
`)
	want := "AF_UNIX ok\nAF_INET ok\nAF_NETLINK ok\nAF_VSOCK EAFNOSUPPORT\nAF_ALG EAFNOSUPPORT\nAF_PACKET EAFNOSUPPORT\nthread\n0 True\n"
	if strings.Contains(out, "keyctl") {
		want = "keyctl EPERM ptrace EPERM bpf EPERM unshare EPERM\nclone3 ENOSYS clone newuser EPERM x32 ENOSYS\n" + want
	}
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestLimits(t *testing.T) {
	for _, groups := range []string{"", "none"} {
		t.Run("groups="+groups, func(t *testing.T) {
			b := newBox(t, Options{Groups: groups})
			t.Run("time", func(t *testing.T) {
				o, _ := b.sh(t, Limits{Wall: 200 * time.Millisecond}, "sleep 60 & sleep 60")
				if o.Exceeded != Wall || o.Wall > 5*time.Second {
					t.Errorf("%+v", o)
				}
			})
			t.Run("processor time", func(t *testing.T) {
				o, _ := b.sh(t, Limits{CPU: 300 * time.Millisecond, Wall: 20 * time.Second}, "while :; do :; done & while :; do :; done")
				if o.Exceeded != CPU || o.CPU < 300*time.Millisecond {
					t.Errorf("%+v", o)
				}
			})
			t.Run("processor time, a little over", func(t *testing.T) {
				o, _ := b.sh(t, Limits{Wall: 20 * time.Second}, "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done")
				if !o.OK() || o.CPU <= 0 || o.CPU > 5*time.Second {
					t.Errorf("%+v", o)
				}
			})
			t.Run("memory", func(t *testing.T) {
				o, out := b.python(t, Limits{Memory: 100 << 20, Wall: 30 * time.Second}, `
l = []
while True: l.append(bytearray(b"x") * (4 << 20))`)
				if o.Exceeded != Memory && o.Starved != Memory && !strings.Contains(out, "MemoryError") {
					t.Errorf("%+v %s", o, out)
				}
			})
			t.Run("memory of many", func(t *testing.T) {
				o, _ := b.python(t, Limits{Memory: 150 << 20, Wall: 30 * time.Second}, `
import os, time
for i in range(20):
    if os.fork() == 0:
        x = bytearray(b"x") * (20 << 20)
        time.sleep(30)
        os._exit(0)
while True: os.wait()`)
				if o.Exceeded != Memory && o.Starved != Memory {
					t.Errorf("%+v", o)
				}
			})
			t.Run("disk", func(t *testing.T) {
				o, _ := b.sh(t, Limits{Disk: 20 << 20, Wall: 30 * time.Second}, "for i in 1 2 3 4 5 6 7 8 9; do head -c 5000000 /dev/zero > f$i; done; sleep 20")
				if o.Exceeded != Disk {
					t.Errorf("%+v", o)
				}
				os.RemoveAll(b.dir + "/f1")
			})
			t.Run("files", func(t *testing.T) {
				o, _ := b.python(t, Limits{Inodes: 500, Wall: 30 * time.Second}, `
import os, time
for i in range(2000): os.mkdir("d%d" % i)
time.sleep(20)`)
				if o.Exceeded != Inodes {
					t.Errorf("%+v", o)
				}
			})
			t.Run("processes", func(t *testing.T) {
				o, out := b.python(t, Limits{Procs: 40, Wall: 30 * time.Second}, `
import os, time
n = 0
try:
    while n < 500:
        if os.fork() == 0: time.sleep(30)
        n += 1
except OSError as e: print(n > 20, n < 60, flush=True)`)
				if out != "True True\n" || o.Exceeded != "" {
					t.Errorf("%+v %s", o, out)
				}
			})
			t.Run("output", func(t *testing.T) {
				o, _ := b.sh(t, Limits{Output: 1 << 20, Wall: 30 * time.Second}, "yes")
				if o.Exceeded != Output {
					t.Errorf("%+v", o)
				}
			})
			t.Run("and then it works again", func(t *testing.T) {
				if o, out := b.sh(t, Limits{}, "echo fine"); !o.OK() || out != "fine\n" {
					t.Errorf("%+v %s", o, out)
				}
			})
		})
	}
}

func TestStatus(t *testing.T) {
	b := newBox(t, Options{})
	for _, c := range []struct {
		script string
		want   int
	}{{"exit 0", 0}, {"exit 1", 1}, {"exit 77", 77}, {"kill -SEGV $$", 139}, {"sleep 100 & exit 3", 3}} {
		if o, _ := b.sh(t, Limits{Wall: 20 * time.Second}, c.script); o.Status != c.want || o.Exceeded != "" {
			t.Errorf("%s: %+v", c.script, o)
		}
	}
	var out syncBuffer
	if o, err := b.Run(t.Context(), Command{Args: []string{"no-such-program"}, Output: &out}); err == nil && o.OK() {
		t.Errorf("no such program: %+v, %v, %s", o, err, &out)
	}
	_, err := b.Run(t.Context(), Command{Args: []string{"true"}, Mounts: []Mount{{Host: "/no/such/folder", At: "/x"}}})
	if err == nil {
		t.Error("a mount that isn't there: no error")
	}
}

func TestCancel(t *testing.T) {
	b := newBox(t, Options{})
	mark := fmt.Sprintf("3%09d", os.Getpid())
	ctx, cancel := context.WithCancel(t.Context())
	var out syncBuffer
	time.AfterFunc(300*time.Millisecond, cancel)
	began := time.Now()
	_, err := b.Run(ctx, Command{Args: []string{"/bin/sh", "-c", "setsid sleep " + mark + " >/dev/null 2>&1 & sleep " + mark}, Output: &out})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
	if left := processesWith(mark); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func processesWith(arg string) (found []string) {
	lists, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, l := range lists {
		if b, _ := os.ReadFile(l); strings.Contains(string(b), arg) {
			found = append(found, string(b))
		}
	}
	return found
}

func TestUsersDiffer(t *testing.T) {
	a := newBox(t, Options{})
	b, err := a.s.Claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	if os.Geteuid() != 0 {
		if a.UID() != -1 || b.UID() != -1 {
			t.Errorf("users %d and %d", a.UID(), b.UID())
		}
		return
	}
	if a.UID() == b.UID() || a.UID() < 60000 {
		t.Errorf("users %d and %d", a.UID(), b.UID())
	}
	a.sh(t, Limits{}, "touch file")
	var st unix.Stat_t
	if err := unix.Stat(a.dir+"/file", &st); err != nil || int(st.Uid) != a.UID() || int(st.Gid) != a.UID() {
		t.Errorf("what it writes belongs to %d:%d, error %v", st.Uid, st.Gid, err)
	}
}

func TestBare(t *testing.T) {
	b := newBox(t, Options{})
	script := "echo 'int main(){return 0;}' > x.c; cc -c x.c 2>/dev/null && echo compiled; [ -e /usr/include/stdio.h ] && echo headers; echo end"
	if _, out := b.run(t, Command{Args: []string{"/bin/sh", "-c", script}, Bare: true}); out != "end\n" {
		t.Error(out)
	}
}

func BenchmarkRun(b *testing.B) {
	s, err := New(Options{Dir: b.TempDir()})
	if err != nil {
		b.Skip(err)
	}
	id, err := s.Claim(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer id.Release()
	for b.Loop() {
		if o, err := id.Run(b.Context(), Command{Args: []string{"true"}}); err != nil || !o.OK() {
			b.Fatal(o, err)
		}
	}
}

// TestFirstToGo: when memory is short, the kernel ends builds rather than anything else.
func TestFirstToGo(t *testing.T) {
	b := newBox(t, Options{})
	if b.UID() < 0 {
		t.Skip("only root sets it")
	}
	if _, said := b.sh(t, Limits{}, "cat /proc/self/oom_score_adj"); said != "500\n" {
		t.Errorf("%q", said)
	}
}

// TestNothingRunsAfter: a program ends, and what it left in the background does at the same time, even if it is much and takes long to end.
func TestNothingRunsAfter(t *testing.T) {
	b := newBox(t, Options{})
	if b.s.groups == nil {
		t.Skip("there are no control groups to see it in")
	}
	for range 5 {
		o, said := b.python(t, Limits{}, `
import os
for i in range(30):
    r, w = os.pipe()
    if os.fork() == 0:
        os.setsid()
        m = bytearray(8 << 20)
        for fd in range(3): os.close(fd)
        os.write(w, b"x")
        n = 0
        while True:
            n += 1
            os.close(os.open("/build/f%d" % (n % 100), os.O_CREAT))
    os.read(r, 1)`)
		if !o.OK() {
			t.Fatalf("%+v %s", o, said)
		}
		for _, dir := range b.s.groups.dirs {
			procs, err := os.ReadFile(filepath.Join(dir, "wheelyard-"+strconv.Itoa(b.uid), "cgroup.procs"))
			if b.s.groups.v2 != "" {
				procs, err = os.ReadFile(filepath.Join(b.s.groups.dir("", b.uid), "cgroup.procs"))
			}
			if err != nil || len(procs) > 0 {
				t.Fatalf("still running: %q, %v", procs, err)
			}
		}
	}
}
