package platform

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fake is a host in a folder, whose interpreters are shell scripts. Its tests don't run in parallel: a program that is
// started while another test still has a script open for writing would keep that script from running.
type fake struct {
	*host
	t *testing.T
}

const debian12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`

const status = `Package: python3.11
Status: install ok installed
Architecture: amd64
Version: 3.11.2-6+deb12u6

Package: zlib1g-dev
Status: install ok installed
Architecture: amd64
Version: 1:1.2.13.dfsg-1
Provides: libz-dev (= 1:1.2.13), other-dev
Description: compression library
 Package: not-a-package
 Status: install ok installed

Package: libold
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
Provides: libveryold
`

func newFake(t *testing.T) fake {
	f := fake{&host{root: t.TempDir(), env: os.Environ(), patience: 10 * time.Second, path: []string{"/opt/bin", "relative", ""}}, t}
	f.write("/etc/os-release", debian12)
	f.write("/var/lib/dpkg/status", status)
	return f
}

func (f fake) write(path, text string) string {
	f.t.Helper()
	return f.put(path, text, 0o644)
}

func (f fake) put(path, text string, mode os.FileMode) string {
	f.t.Helper()
	full := f.at(path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), mode); err != nil {
		f.t.Fatal(err)
	}
	return full
}

// python installs a stub that gives this answer, and counts its runs in PATH.runs.
func (f fake) python(path string, a answer) string {
	f.t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.script(path, "echo run >> \"$0.runs\"\ncat <<'EOF'\n"+string(text)+"\nEOF\n")
}

func (f fake) script(path, text string) string {
	f.t.Helper()
	return f.put(path, "#!/bin/sh\n"+text, 0o755)
}

// cpython311 is what a Debian 12 says, with changes made by the test.
func cpython311(change func(*answer)) answer {
	a := answer{
		Include: "/usr/include/python3.11", IncludeWanted: "/usr/include/python3.11", Version: "3.11.2",
		SOABI: "cpython-311-x86_64-linux-gnu", ExtSuffix: ".cpython-311-x86_64-linux-gnu.so", Pymalloc: true, Bits: 64,
		Platform: "linux-x86_64", Libc: "glibc 2.36", Markers: maps.Clone(markers311),
	}
	if change != nil {
		change(&a)
	}
	return a
}

var markers311 = map[string]string{
	"implementation_name": "cpython", "implementation_version": "3.11.2", "os_name": "posix", "platform_machine": "x86_64",
	"platform_python_implementation": "CPython", "platform_release": "6.1.0", "platform_system": "Linux",
	"platform_version": "#1 SMP", "python_full_version": "3.11.2", "python_version": "3.11", "sys_platform": "linux",
}

func python(minor string) func(*answer) {
	return func(a *answer) {
		a.Version = "3." + minor + ".1"
		a.SOABI = "cpython-3" + minor + "-x86_64-linux-gnu"
		a.ExtSuffix = "." + a.SOABI + ".so"
		a.IncludeWanted = "/usr/include/python3." + minor
		a.Include = a.IncludeWanted
		a.Markers["python_version"], a.Markers["python_full_version"] = "3."+minor, a.Version
	}
}

func pypy310(a *answer) {
	python("10")(a)
	a.SOABI, a.ExtSuffix = "pypy310-pp73", ".pypy310-pp73-x86_64-linux-gnu.so"
	a.Markers["implementation_name"], a.Markers["platform_python_implementation"] = "pypy", "PyPy"
	a.Markers["implementation_version"] = "7.3.15"
}
