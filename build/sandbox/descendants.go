package sandbox

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks of the clock in which /proc/PID/stat counts: USER_HZ, which is 100 on every architecture that Go runs on.
const tick = 10 * time.Millisecond

// descendants adds up what a process and those below it use, where no control group counts it. Those that end while they are looked at are left out.
func descendants(pid int) (u use, count int) {
	u, count = processUse(pid), 1
	lists, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(b)) {
			if n, err := strconv.Atoi(child); err == nil {
				below, more := descendants(n)
				u.cpu += below.cpu
				u.memory += below.memory
				count += more
			}
		}
	}
	return u, count
}

// processUse is what a process used, with its children that are gone (proc(5): utime, stime, cutime, cstime), and the memory that is its alone.
func processUse(pid int) use {
	var u use
	dir := "/proc/" + strconv.Itoa(pid)
	stat, _ := os.ReadFile(dir + "/stat")
	if i := strings.LastIndexByte(string(stat), ')'); i >= 0 {
		f := strings.Fields(string(stat[i+1:]))
		for j := 11; j < 15 && j < len(f); j++ {
			n, _ := strconv.ParseInt(f[j], 10, 64)
			u.cpu += time.Duration(n) * tick
		}
	}
	u.memory = kilobytes(dir+"/status", "RssAnon:")
	return u
}

// proportional is what a process and those below it have in memory, what they share being counted once. It costs more than descendants.
func proportional(pid int) int64 {
	n := kilobytes("/proc/"+strconv.Itoa(pid)+"/smaps_rollup", "Pss_Anon:")
	lists, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(b)) {
			if pid, err := strconv.Atoi(child); err == nil {
				n += proportional(pid)
			}
		}
	}
	return n
}

func kilobytes(file, name string) int64 {
	b, _ := os.ReadFile(file)
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == name {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n << 10
		}
	}
	return 0
}
