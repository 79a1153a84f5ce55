package build

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"wheelyard/yard"
)

// TestUmask: whoever starts wheelyard may have any umask; the build's user can read what it is shown all the same, and sees the same modes.
func TestUmask(t *testing.T) {
	defer unix.Umask(unix.Umask(0o077))
	s := newShop(t, small)
	d := s.do(t, s.sdist(t, map[string]string{"pyproject.toml": pyproject, "sub/data": "x", "backend.py": backend + `
import pwd
files = {"demo/__init__.py": b"", "demo/sub/__init__.py": b""}
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    print("USER", pwd.getpwuid(os.getuid()).pw_name, "MODES", *(oct(os.stat(p).st_mode & 0o7777) for p in ("/build", "/build/out", "/build/src", "sub", "sub/data")))
    return write(wheel_directory)
`}))
	if d.Attempt.Class != yard.Built || !strings.Contains(d.log, "USER build MODES 0o755 0o755 0o755 0o755 0o644\n") || strings.Contains(d.log, "note:") {
		t.Errorf("%s: %s\n%s", d.Attempt.Class, d.Attempt.Reason, d.log)
	}
}
