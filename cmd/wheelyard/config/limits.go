package config

import (
	"fmt"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// What no build does with less; whoever writes less has forgotten a unit.
const (
	leastTime   = time.Second
	leastMemory = 64 << 20
	leastDisk   = 1 << 20
	leastLog    = 1 << 10

	mostProcesses = 1 << 22 // the kernel's own limit
)

// checkLimits looks at what is written, too: a bare number would be taken for nanoseconds, and 4.5 for 4. In an inline table, whose
// keys have no place of their own, the values alone must do.
func checkLimits(c *Config, where places) *problem {
	l := c.Limits
	for _, t := range []struct {
		key   string
		value Duration
	}{{"limits.time", l.Time}, {"limits.cpu", l.CPU}} {
		at, ok := where[t.key]
		if ok && at.Kind != unstable.String || (ok || t.value != 0) && time.Duration(t.value) < leastTime {
			return &problem{t.key, "this is no time that a build could do with", `with its unit, as "90s" or "2h", and at least "1s"`}
		}
	}
	for _, s := range []struct {
		key          string
		value, least Size
	}{{"limits.memory", l.Memory, leastMemory}, {"limits.disk", l.Disk, leastDisk}, {"limits.log", l.Log, leastLog}} {
		at, ok := where[s.key]
		if ok && at.Kind == unstable.Float || (ok || s.value != 0) && s.value < s.least {
			return &problem{s.key, "this is no size that a build could do with", fmt.Sprintf(`with its unit, as "512MiB" or "4GiB", and at least "%dKiB"`, s.least>>10)}
		}
	}
	if _, ok := where["limits.processes"]; (ok || l.Processes != 0) && (l.Processes < 1 || l.Processes > mostProcesses) {
		return &problem{"limits.processes", fmt.Sprintf("processes = %d: at least 1, at most %d", l.Processes, mostProcesses), "without it: the builder's default"}
	}
	return nil
}
