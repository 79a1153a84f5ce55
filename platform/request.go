package platform

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// request is one configured interpreter.
type request struct {
	asked          string
	path           string // absolute; the rest is then zero
	implementation string // as sys.implementation.name
	minor          int
	flags          string // "t", "d", "td"
}

var requestForm = regexp.MustCompile(`^(python|pypy)?3\.([0-9]{1,3})(t?d?)$`)

func parseRequest(s string) (request, error) {
	if filepath.IsAbs(s) {
		return request{asked: s, path: filepath.Clean(s)}, nil
	}
	m := requestForm.FindStringSubmatch(s)
	if m == nil {
		return request{}, fmt.Errorf(`%q names no Python: write "3.11", "3.13t" (free-threaded), "pypy3.10" or an absolute path`, s)
	}
	r := request{asked: s, implementation: "cpython", flags: m[3]}
	if m[1] == "pypy" {
		r.implementation = "pypy"
		if r.flags != "" {
			return request{}, fmt.Errorf("%q names no Python: PyPy has no %q variant", s, r.flags)
		}
	}
	r.minor, _ = strconv.Atoi(m[2]) // digits only
	return r, nil
}

func parseRequests(asked []string) ([]request, error) {
	if len(asked) == 0 {
		return nil, fmt.Errorf("no Python is configured")
	}
	var rs []request
	for i, s := range asked {
		r, err := parseRequest(s)
		if err != nil {
			return nil, err
		}
		if slices.Contains(asked[:i], s) {
			return nil, fmt.Errorf("%q is configured twice", s)
		}
		rs = append(rs, r)
	}
	return rs, nil
}

// command is the name by which people call the interpreter.
func (r request) command() string {
	switch {
	case r.path != "":
		return r.path
	case r.implementation == "pypy":
		return fmt.Sprintf("pypy3.%d", r.minor)
	}
	return fmt.Sprintf("python3.%d%s", r.minor, r.flags)
}

// commands are the file names under which distributions install it.
func (r request) commands() []string {
	names := []string{r.command()}
	switch {
	case r.implementation == "pypy":
		names = append(names, "pypy3")
	case r.flags == "t":
		names = append(names, fmt.Sprintf("python3.%d-nogil", r.minor))
	}
	return names
}

// debianPackages are the interpreter and its headers in Debian; none: Debian has no package of a known name.
func (r request) debianPackages() (interpreter, headers string) {
	switch {
	case r.path != "" || r.flags == "t" || r.flags == "td":
		return "", ""
	case r.implementation == "pypy":
		return "pypy3", "pypy3-dev"
	case r.flags == "d":
		return fmt.Sprintf("python3.%d-dbg", r.minor), fmt.Sprintf("python3.%d-dev", r.minor)
	}
	return fmt.Sprintf("python3.%d", r.minor), fmt.Sprintf("python3.%d-dev", r.minor)
}
