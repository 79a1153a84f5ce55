package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"wheelyard/index"
	"wheelyard/yard/blob"
)

// list says which files were put into a project's folder, pages aside: name to SHA-256. On disk it is as sha256sum writes it.
type list map[string]string

// readList reads one; a missing one is empty. Its errors say that it isn't a list: then nobody knows what may be removed, and whoever looks at it
// may remove it, after which what isn't offered stays for ever.
func readList(path string) (list, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return list{}, nil
	}
	if err != nil {
		return nil, err
	}
	l := list{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if wheel := strings.TrimSuffix(strings.TrimSuffix(name, index.RecordSuffix), index.MetadataSuffix); !blob.IsSum(sum) || !index.ValidFile(wheel) {
			return nil, fmt.Errorf("%s has a line that is none of a list of what was published: %.100q", path, line)
		}
		l[name] = sum
	}
	return l, nil
}

func (l list) text() []byte {
	var b []byte
	for _, name := range slices.Sorted(maps.Keys(l)) {
		b = append(b, l[name]...)
		b = append(b, "  "...)
		b = append(b, name...)
		b = append(b, '\n')
	}
	return b
}

// without are the names that only l has, what goes with a file before the file.
func (l list) without(other list) []string {
	var names []string
	for name := range l {
		if _, ok := other[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names
}
