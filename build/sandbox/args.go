package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// file descriptors that bubblewrap is given.
const (
	statusFD  = 3
	blockFD   = 4
	seccompFD = 5
)

const shared = 64 << 20 // bytes of /dev/shm

// arguments are those of bubblewrap for a command whose mounts come from where they are staged.
func (s *Sandbox) arguments(c Command, mounts []Mount) []string {
	args := []string{
		"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
		"--uid", strconv.Itoa(insideID), "--gid", strconv.Itoa(insideID), "--hostname", Hostname,
		"--json-status-fd", strconv.Itoa(statusFD), "--block-fd", strconv.Itoa(blockFD),
	}
	if s.filter != nil {
		args = append(args, "--seccomp", strconv.Itoa(seccompFD))
	}
	args = append(args, systemFiles()...)
	args = append(args,
		"--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys",
		"--dev", "/dev", "--size", strconv.Itoa(shared), "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
		"--size", strconv.FormatInt(temporary(c.Limits), 10), "--perms", "1777", "--tmpfs", "/tmp")
	if c.Bare {
		args = append(args, hidden()...)
	}
	for _, m := range mounts {
		args = append(args, m.arguments()...)
	}
	args = append(args, "--remount-ro", "/", "--clearenv")
	for _, v := range s.environment(c) {
		args = append(args, "--setenv", v[0], v[1])
	}
	dir := c.Dir
	if dir == "" {
		dir = Home
	}
	args = append(args, "--chdir", dir, "--")
	args = append(args, s.prlimit(c.Limits)...)
	return append(args, c.Args...)
}

func (m Mount) arguments() []string {
	switch {
	case m.Host == "":
		return []string{"--tmpfs", m.At, "--remount-ro", m.At}
	case m.Writable:
		return []string{"--bind", m.Host, m.At}
	}
	return []string{"--ro-bind", m.Host, m.At}
}

func (s *Sandbox) environment(c Command) [][2]string {
	path := c.Path
	if path == "" {
		path = "/usr/bin:/bin"
	}
	env := [][2]string{{"HOME", Home}, {"PATH", path}, {"LANG", "C.UTF-8"}, {"TMPDIR", "/tmp"}}
	for _, v := range c.Env {
		for i := range v {
			if v[i] == '=' {
				env = append(env, [2]string{v[:i], v[i+1:]})
				break
			}
		}
	}
	return env
}

// temporary is the size of /tmp, in bytes: it is in memory.
func temporary(l Limits) int64 {
	if l.Memory == 0 {
		return 1 << 30
	}
	return max(l.Memory/2, 1<<20)
}

// systemFiles shows the host's programs and libraries, as its own folders and links lead to them. Nothing of /etc is seen but what
// the loader, the linker and the alternatives need; users and names are made up.
func systemFiles() []string {
	args := []string{"--ro-bind", "/usr", "/usr"}
	for _, dir := range []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"} {
		info, err := os.Lstat(dir)
		if err != nil {
			continue
		}
		if info.Mode()&os.ModeSymlink == 0 {
			args = append(args, "--ro-bind", dir, dir)
			continue
		}
		if to, err := os.Readlink(dir); err == nil {
			args = append(args, "--symlink", to, dir)
		}
	}
	for _, file := range []string{"/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"} {
		args = append(args, "--ro-bind-try", file, file)
	}
	return append(args, "--symlink", "../tmp", "/var/tmp", "--dir", Home)
}

// hidden covers compilers and headers.
func hidden() []string {
	var args []string
	for _, pattern := range []string{"/usr/include", "/usr/local/include", "/usr/lib/gcc", "/usr/libexec/gcc", "/usr/lib/llvm-*", "/usr/lib/go-*", "/usr/lib/rustlib"} {
		found, _ := filepath.Glob(pattern)
		for _, dir := range found {
			if info, err := os.Lstat(dir); err == nil && info.IsDir() {
				args = append(args, "--tmpfs", dir, "--remount-ro", dir)
			}
		}
	}
	return args
}

// prlimit sets, inside, what the kernel enforces for each process by itself.
func (s *Sandbox) prlimit(l Limits) []string {
	args := []string{s.limiter, "--core=0", "--nofile=4096", "--memlock=65536"}
	add := func(name string, n int64) {
		if n > 0 {
			args = append(args, fmt.Sprintf("--%s=%d", name, n))
		}
	}
	if l.CPU > 0 {
		add("cpu", int64(l.CPU.Seconds())+2) // the whole is watched; this is for when nobody watches any more
	}
	add("fsize", l.Disk)
	if !s.groups.memory() {
		add("data", 4*l.Memory) // address space that is never touched counts in it: the memory itself is watched
	}
	add("nproc", int64(l.Procs))
	return append(args, "--")
}
