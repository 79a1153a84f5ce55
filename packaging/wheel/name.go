package wheel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxName is more than a path may have on the systems that wheels are installed on.
const maxName = 4096

// badName says what is wrong with a member's name; "" for nothing.
func badName(name string) string {
	switch {
	case name == "":
		return "it has no name"
	case len(name) > maxName:
		return "its name is too long"
	case !utf8.ValidString(name):
		return "its name isn't in UTF-8"
	case strings.ContainsFunc(name, isControl):
		return "its name holds control characters"
	case strings.Contains(name, `\`):
		return "its name holds a backslash, which some systems take for a separator"
	case name[0] == '/':
		return "its name is an absolute path"
	case len(name) > 1 && name[1] == ':' && 'a' <= name[0]|0x20 && name[0]|0x20 <= 'z':
		return "its name begins with a drive"
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Sprintf("its name has the part %q", part)
		}
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || 0x7f <= r && r <= 0x9f }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// checkTree refuses members that stand twice, or in each other's way.
//
// Names that differ in case only are different files: wheelyard's platforms are Linux, and wheels for it hold such names
// rightly (terminfo, for one). Not so in .dist-info, where one file could stand for METADATA on other systems (see findDistInfo).
func checkTree(entries []entry) error {
	names := make([]string, len(entries))
	for i := range entries {
		names[i] = entries[i].name
	}
	slices.SortFunc(names, compareTree)
	for i := 1; i < len(names); i++ {
		before, name := names[i-1], names[i]
		rest, within := strings.CutPrefix(name, before)
		switch {
		case within && (rest == "" || rest == "/"):
			return &MemberError{name, "it is there twice", ErrUnsafe}
		case within && rest[0] == '/':
			return &MemberError{before, "it is a file, but others lie in a folder of that name", ErrUnsafe}
		}
	}
	return nil
}

// compareTree sorts '/' before everything else: what lies in a folder follows it at once.
func compareTree(a, b string) int {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		default:
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}

const distInfoSuffix = ".dist-info"

// findDistInfo finds the one folder of that name, as pip does; others that only differ in case count too.
func findDistInfo(entries []entry) (string, error) {
	found := ""
	files := map[string]string{}
	for i := range entries {
		name := entries[i].name
		top, file, folder := strings.Cut(name, "/")
		if len(top) < len(distInfoSuffix) || !strings.EqualFold(top[len(top)-len(distInfoSuffix):], distInfoSuffix) {
			continue
		}
		switch {
		case !folder:
			return "", entries[i].fault(ErrFormat, "it should be a folder")
		case found != "" && found != top:
			return "", fmt.Errorf("%w: it has two folders of metadata: %.300q and %.300q", ErrFormat, found, top)
		}
		found = top
		folded := strings.ToLower(strings.ToUpper(file))
		if first, _, _ := strings.Cut(folded, "/"); first == "record" && file != "RECORD" {
			return "", entries[i].fault(ErrUnsafe, "it stands where RECORD belongs")
		}
		if other, ok := files[folded]; ok {
			return "", entries[i].fault(ErrUnsafe, "on some systems it is the same file as %.300q", other)
		}
		files[folded] = name
	}
	switch {
	case found == "":
		return "", fmt.Errorf("%w: it has no .dist-info folder", ErrFormat)
	case len(found) > 255:
		return "", fmt.Errorf("%w: the name of its .dist-info folder is too long", ErrFormat)
	case !strings.HasSuffix(found, distInfoSuffix):
		return "", fmt.Errorf("%w: its folder of metadata is spelt %.300q", ErrFormat, found)
	}
	return found, nil
}

// splitDistInfo takes "name-1.0.dist-info" apart.
func splitDistInfo(dir string) (name, version string, err error) {
	name, version, ok := strings.Cut(strings.TrimSuffix(dir, distInfoSuffix), "-")
	if !ok {
		return "", "", errors.New("it says no version")
	}
	return name, version, nil
}
