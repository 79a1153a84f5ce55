package yard

import (
	"strings"

	"wheelyard/packaging/elf"
)

// runsOn says whether an object is for the architecture of a platform tag such as linux_x86_64 or manylinux_2_17_aarch64. "any" has none.
func runsOn(o elf.File, platform string) bool { return o.RunsOn(architecture(platform)) }

// architecture is the one in a platform tag for Linux, which may have a "_" itself; "" for others.
func architecture(platform string) string {
	kind, rest, ok := strings.Cut(platform, "_")
	if !ok || !strings.Contains(kind, "linux") {
		return ""
	}
	if kind == "manylinux" || kind == "musllinux" { // the version of a libc comes first
		parts := strings.SplitN(rest, "_", 3)
		if len(parts) < 3 {
			return ""
		}
		rest = parts[2]
	}
	return rest
}
