package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// groups are the control groups of the users, one for each. Version 1 of the kernel's interface is used where the memory controller is in
// it, otherwise version 2. Nil: there are none, and what they would limit is watched.
type groups struct {
	v1   map[string]hierarchy // by controller: memory, pids, cpuacct
	v2   string               // the folder in which each user's is
	has  map[string]bool      // controllers that work
	dirs []string             // folders in which each user's is, each once
}

// hierarchy is where a controller's groups are.
type hierarchy struct {
	own string // of wheelyard itself
}

const groupRoot = "/sys/fs/cgroup"

var controllers = []string{"memory", "pids", "cpuacct"}

func findGroups(root string, isRoot bool) *groups {
	if !isRoot || root == "none" {
		return nil
	}
	if root == "" {
		root = groupRoot
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil
	}
	g := firstVersion(root, string(own))
	if g == nil {
		g = secondVersion(root)
	}
	return g
}

// firstVersion reads /proc/self/cgroup; nil: the memory controller is not there, or not to be had.
func firstVersion(root, own string) *groups {
	g := &groups{v1: map[string]hierarchy{}, has: map[string]bool{}}
	for line := range strings.Lines(own) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		for c := range strings.SplitSeq(f[1], ",") {
			if dir := firstExisting(filepath.Join(root, f[1], f[2]), filepath.Join(root, c, f[2]), filepath.Join(root, c)); dir != "" {
				g.v1[c] = hierarchy{own: dir}
			}
		}
	}
	seen := map[string]bool{}
	for _, c := range controllers {
		h, ok := g.v1[c]
		if !ok || !writable(h.own) {
			delete(g.v1, c)
			continue
		}
		g.has[c] = true
		if !seen[h.own] {
			seen[h.own] = true
			g.dirs = append(g.dirs, h.own)
		}
	}
	if !g.has["memory"] {
		return nil
	}
	return g
}

func firstExisting(dirs ...string) string {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "tasks")); err == nil {
			return dir
		}
	}
	return ""
}

// writable tries to make a group.
func writable(dir string) bool {
	try := filepath.Join(dir, "wheelyard-try") // one name for all: whoever is killed here leaves nothing that the next one doesn't remove
	err := os.Mkdir(try, 0o755)
	os.Remove(try)
	return err == nil || errors.Is(err, fs.ErrExist)
}

func secondVersion(root string) *groups {
	dir := filepath.Join(root, "wheelyard")
	if _, err := os.Stat(filepath.Join(root, "cgroup.controllers")); err != nil {
		return nil
	}
	// What is on already may not be turned on again by us, so that an error says nothing: what counts is what there is then.
	for _, at := range []string{root, dir} {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil
		}
		for _, c := range []string{"+memory", "+pids"} {
			write(filepath.Join(at, "cgroup.subtree_control"), c)
		}
	}
	on, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
	if err != nil {
		return nil
	}
	g := &groups{v2: dir, has: map[string]bool{"cpuacct": true}, dirs: []string{dir}}
	for c := range strings.FieldsSeq(string(on)) {
		g.has[c] = true
	}
	return g
}

func (g *groups) memory() bool { return g != nil && g.has["memory"] }

func (g *groups) dir(controller string, uid int) string {
	if g.v2 != "" {
		return filepath.Join(g.v2, strconv.Itoa(uid))
	}
	return filepath.Join(g.v1[controller].own, "wheelyard-"+strconv.Itoa(uid))
}

// join makes the user's group with its limits. In version 1, the calling thread joins it, and what it starts is born there.
func (g *groups) join(uid int, l Limits) error {
	if g == nil {
		return nil
	}
	g.remove(uid) // what the one before used doesn't count
	for _, c := range controllers {
		if !g.has[c] {
			continue
		}
		dir := g.dir(c, uid)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("control group: %w", err)
		}
		if err := g.limit(c, dir, l); err != nil {
			return fmt.Errorf("control group: %w", err)
		}
		if g.v2 != "" {
			continue
		}
		if err := write(filepath.Join(dir, "tasks"), "0"); err != nil {
			return fmt.Errorf("control group: %w", err)
		}
	}
	return nil
}

func (g *groups) limit(controller, dir string, l Limits) error {
	set := func(name string, n int64, required bool) error {
		value := strconv.FormatInt(n, 10)
		if n == 0 {
			if value = "-1"; g.v2 != "" || controller == "pids" {
				value = "max"
			}
		}
		if err := write(filepath.Join(dir, name), value); err != nil && required {
			return err
		}
		return nil
	}
	switch {
	case controller == "pids":
		n := int64(l.Procs)
		if n > 0 {
			n += 4 // bubblewrap itself, twice, and the thread that starts it
		}
		return set("pids.max", n, true)
	case controller == "memory" && g.v2 != "":
		if l.Memory > 0 {
			write(filepath.Join(dir, "memory.swap.max"), "0")
		}
		return set("memory.max", l.Memory, true)
	case controller == "memory":
		if err := set("memory.limit_in_bytes", l.Memory, true); err != nil {
			return err
		}
		return set("memory.memsw.limit_in_bytes", l.Memory, false) // only where swap is counted
	}
	return nil
}

// place lets what is started be born in the group, in version 2.
func (g *groups) place(a *syscall.SysProcAttr, uid int) (done func()) {
	if g == nil || g.v2 == "" || uid < 0 {
		return func() {}
	}
	f, err := os.Open(g.dir("", uid))
	if err != nil {
		return func() {}
	}
	a.UseCgroupFD, a.CgroupFD = true, int(f.Fd())
	return func() { f.Close() }
}

// leave takes the calling thread out again.
func (g *groups) leave() {
	if g == nil || g.v2 != "" {
		return
	}
	for _, c := range controllers {
		if g.has[c] {
			write(filepath.Join(g.v1[c].own, "tasks"), "0")
		}
	}
}

// remove ends everything in the user's groups, and removes them.
func (g *groups) remove(uid int) {
	if g == nil || uid < 0 {
		return
	}
	for _, parent := range g.dirs {
		dir := filepath.Join(parent, "wheelyard-"+strconv.Itoa(uid))
		if g.v2 != "" {
			dir = filepath.Join(parent, strconv.Itoa(uid))
		}
		removeGroup(dir)
	}
}

func removeGroup(dir string) {
	for wait := time.Millisecond; wait < time.Second; wait *= 2 {
		if err := os.Remove(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
			return
		}
		if write(filepath.Join(dir, "cgroup.kill"), "1") != nil {
			procs, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
			for pid := range strings.FieldsSeq(string(procs)) {
				if n, err := strconv.Atoi(pid); err == nil && n > 1 && n != os.Getpid() {
					syscall.Kill(n, syscall.SIGKILL)
				}
			}
		}
		time.Sleep(wait)
	}
}

// write writes to a file of the kernel's, which has to be there.
func write(path, value string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(value)
	return err
}

// use is what a group used so far. What isn't known is zero.
type use struct {
	cpu      time.Duration
	memory   int64 // now, as far as it can't be given back
	peak     int64
	oomKills int64
	refused  int64 // processes that were not started
}

func (g *groups) use(uid int) use {
	var u use
	if g.has["cpuacct"] {
		if g.v2 != "" {
			u.cpu = time.Duration(entry(g.dir("", uid), "cpu.stat", "usage_usec")) * time.Microsecond
		} else {
			u.cpu = time.Duration(number(g.dir("cpuacct", uid), "cpuacct.usage"))
		}
	}
	if g.has["pids"] {
		u.refused = entry(g.dir("pids", uid), "pids.events", "max")
	}
	switch {
	case !g.has["memory"]:
	case g.v2 != "":
		u.peak = number(g.dir("", uid), "memory.peak")
		u.oomKills = entry(g.dir("", uid), "memory.events", "oom_kill")
	default:
		u.peak = number(g.dir("memory", uid), "memory.max_usage_in_bytes")
		u.oomKills = entry(g.dir("memory", uid), "memory.oom_control", "oom_kill")
	}
	return u
}

func number(dir, file string) int64 {
	b, _ := os.ReadFile(filepath.Join(dir, file))
	n, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n
}

// entry reads a line "name number".
func entry(dir, file, name string) int64 {
	b, _ := os.ReadFile(filepath.Join(dir, file))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n
		}
	}
	return 0
}
