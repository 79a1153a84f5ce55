package platform

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"wheelyard/packaging/pep508"
)

// answer is what probe.py prints.
type answer struct {
	Executable    string             `json:"executable"`
	Stdlib        string             `json:"stdlib"`
	Include       string             `json:"include"`        // where Python.h is; empty: there is none
	IncludeWanted string             `json:"include_wanted"` // where it should be
	Version       string             `json:"version"`
	SOABI         string             `json:"soabi"`
	ExtSuffix     string             `json:"ext_suffix"`
	FreeThreaded  bool               `json:"free_threaded"`
	Debug         bool               `json:"debug"`
	Pymalloc      bool               `json:"pymalloc"`
	Bits          int                `json:"bits"`
	Platform      string             `json:"platform"` // sysconfig.get_platform(): linux-x86_64
	Libc          string             `json:"libc"`     // "glibc 2.36"; empty: the interpreter doesn't know
	Markers       pep508.Environment `json:"markers"`

	minor int
}

func parseAnswer(printed []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(printed, &a); err != nil {
		return answer{}, fmt.Errorf("what it printed is no answer to the probe: %w", err)
	}
	if n, err := fmt.Sscanf(a.Version, "3.%d.", &a.minor); n != 1 && err != nil {
		return answer{}, fmt.Errorf("it is Python %q: only Python 3 is supported", a.Version)
	}
	if a.minor < 6 {
		return answer{}, fmt.Errorf("it is Python %s: the oldest that is supported is 3.6", a.Version)
	}
	if os := a.Markers["sys_platform"]; os != "linux" {
		return answer{}, fmt.Errorf("it runs on %q: only Linux is supported", os)
	}
	if name := a.Markers["implementation_name"]; name != "cpython" && name != "pypy" {
		return answer{}, fmt.Errorf("it is %q: only CPython and PyPy are supported", name)
	}
	if _, err := a.abi(); err != nil {
		return answer{}, err
	}
	return a, nil
}

// flags are those of a CPython's ABI as target names have them: "t" free-threaded, "d" debug.
func (a answer) flags() string {
	flags := ""
	if a.FreeThreaded {
		flags += "t"
	}
	if a.Debug {
		flags += "d"
	}
	return flags
}

var pypySuffix = regexp.MustCompile(`^\.(pypy3[0-9]+)-(pp[0-9]+)-`)

// abi is the interpreter's own ABI tag, as packaging.tags computes it.
func (a answer) abi() (string, error) {
	if a.Markers["implementation_name"] == "pypy" {
		m := pypySuffix.FindStringSubmatch(a.ExtSuffix)
		if m == nil {
			return "", fmt.Errorf("its EXT_SUFFIX %q doesn't name an ABI", a.ExtSuffix)
		}
		return m[1] + "_" + m[2], nil
	}
	abi := fmt.Sprintf("cp3%d%s", a.minor, a.flags())
	if a.Pymalloc && a.minor < 8 {
		abi += "m"
	}
	return abi, nil
}

func (a answer) target() string {
	if a.Markers["implementation_name"] == "pypy" {
		return fmt.Sprintf("pp3%d", a.minor)
	}
	return fmt.Sprintf("cp3%d%s", a.minor, a.flags())
}

// arch is the architecture that the interpreter was made for: a 32-bit one on a 64-bit kernel sees the kernel's name
// (packaging.tags, _linux_platforms).
func (a answer) arch() string {
	_, arch, _ := strings.Cut(a.Platform, "-")
	arch = strings.ReplaceAll(arch, "-", "_")
	if a.Bits == 32 {
		switch arch {
		case "x86_64":
			return "i686"
		case "aarch64":
			return "armv8l"
		}
	}
	return arch
}

// suits tells why the interpreter isn't the one that was asked for; empty: it is.
func (a answer) suits(r request) string {
	if r.path != "" || a.Markers["implementation_name"] == r.implementation && a.minor == r.minor && a.flags() == r.flags {
		return ""
	}
	return fmt.Sprintf("it says that it is %s %s (%s)", a.Markers["platform_python_implementation"], a.Version, a.target())
}

func (a answer) interpreter() Interpreter {
	abi, _ := a.abi() // checked by parseAnswer
	return Interpreter{Target: a.target(), Implementation: a.Markers["platform_python_implementation"], Version: a.Version,
		ABI: abi, SOABI: a.SOABI, Path: a.Executable, Markers: a.Markers}
}
