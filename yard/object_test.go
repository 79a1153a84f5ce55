package yard

import (
	"testing"

	"wheelyard/packaging/elf"
)

func TestRunsOn(t *testing.T) {
	for _, c := range []struct {
		machine, platform string
		want              bool
	}{
		{"x86_64", "linux_x86_64", true}, {"x86_64", "manylinux1_x86_64", true}, {"x86_64", "manylinux2014_x86_64", true},
		{"x86_64", "manylinux_2_17_x86_64", true}, {"x86_64", "musllinux_1_2_x86_64", true}, {"x86_64", "any", false}, {"x86_64", "linux_aarch64", false},
		{"x86_64", "linux_i686", false}, {"armv7l", "linux_armv6l", true}, {"armv7l", "linux_armv8l", true}, {"i686", "linux_i386", true},
		{"x86_64", "macosx_11_0_x86_64", false}, {"x86_64", "manylinux_2_x86", false}, {"x86_64", "linux_", false}, {"x86_64", "linux_mips64", false},
	} {
		if got := runsOn(elf.File{Arch: c.machine}, c.platform); got != c.want {
			t.Errorf("%s on %s: %t", c.machine, c.platform, got)
		}
	}
}
