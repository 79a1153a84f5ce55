package sdist

import (
	"path"
	"strings"
)

// What a file system takes (Linux: PATH_MAX, NAME_MAX), and a depth that no source has.
const (
	maxPath  = 4096
	maxName  = 255
	maxDepth = 128
)

// cleanPath makes the path of a member from its name; "." is the top itself. A problem says why there is none, and err of which kind it is.
func cleanPath(name string) (clean, problem string, err error) {
	switch {
	case name == "":
		return "", "it has no name", ErrFormat
	case strings.IndexByte(name, 0) >= 0:
		return "", "its name holds a NUL", ErrUnsafe
	case strings.IndexByte(name, '\\') >= 0:
		return "", "its name holds a backslash, which only some systems take for a separator", ErrUnsafe
	case name[0] == '/':
		return "", "its name is absolute", ErrUnsafe
	case len(name) > maxPath:
		return "", "its name is too long", ErrLimit
	}
	depth := 0
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "..":
			return "", "its name leads upwards", ErrUnsafe
		case len(part) > maxName:
			return "", "a part of its name is too long", ErrLimit
		case part != "" && part != ".":
			depth++
		}
	}
	if depth > maxDepth {
		return "", "it lies too deep", ErrLimit
	}
	return path.Clean(name), "", nil
}

// cleanLink makes the text of a symbolic link at a clean path: "../a/b", with ".." at the beginning only. Since no member lies below a link
// (tree), each ".." leads to the folder above in truth, and a link leads out neither by itself nor through others.
//
// The top that it stays below is the first folder of its own path, which an installer takes away (PEP 625: an sdist has just one).
func cleanLink(at, link string) (clean, problem string) {
	switch {
	case link == "":
		return "", "it is a link to nothing"
	case strings.ContainsAny(link, "\x00\\"):
		return "", "it is a link whose target holds a NUL or a backslash"
	case link[0] == '/':
		return "", "it is a link to an absolute path"
	case len(link) > maxPath:
		return "", "it is a link whose target is too long"
	}
	target := path.Join(path.Dir(at), link)
	if top, _, below := strings.Cut(at, "/"); below {
		if target != top && !strings.HasPrefix(target, top+"/") {
			return "", "it is a link that leads out"
		}
	} else if target == ".." || strings.HasPrefix(target, "../") {
		return "", "it is a link that leads out"
	}
	return relative(path.Dir(at), target), ""
}

// relative is the shortest way from a folder to a target, both clean and below the same top.
func relative(dir, target string) string {
	from, to := strings.Split(dir, "/"), strings.Split(target, "/")
	if dir == "." {
		from = nil
	}
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	way := strings.Repeat("../", len(from)) + strings.Join(to, "/")
	return path.Clean(way)
}
