package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// maxTree bounds one folder's list; that of a folder with a hundred thousand files has some 5 MB.
const maxTree = 16 << 20

// absence says what it means that git finds no object for a path, by the folders above it: fs.ErrNotExist when the commit has no such path.
// Otherwise the mirror is damaged, and that must not be taken for a file that was removed.
func (r *reader) absence(commit ID, path string) error {
	folder, err := r.info(string(commit) + "^{tree}")
	for part := range strings.SplitSeq(path, "/") {
		if err != nil {
			break
		}
		if folder.kind != "tree" {
			return fs.ErrNotExist
		}
		if folder.size > maxTree {
			return fmt.Errorf("a folder's list has %d bytes: at most %d are read", folder.size, maxTree)
		}
		list, err2 := r.contents(folder)
		if err2 != nil {
			return err2
		}
		mode, id := entry(list, part, len(commit)/2)
		switch mode {
		case "":
			return fs.ErrNotExist
		case "160000":
			return errors.New("it is in a submodule, which is another repository")
		}
		folder, err = r.info(string(id))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the object is missing")
	}
	if err == nil {
		err = errors.New("git doesn't find it")
	}
	return err
}

// entry finds a name in a folder's list: "MODE NAME", a zero byte, and the ID in size bytes. No mode: it isn't there.
func entry(list []byte, name string, size int) (mode string, id ID) {
	for len(list) > 0 {
		head, rest, ok := bytes.Cut(list, []byte{0})
		if !ok || len(rest) < size {
			return "", ""
		}
		if mode, n, _ := strings.Cut(string(head), " "); n == name {
			return mode, ID(fmt.Sprintf("%x", rest[:size]))
		}
		list = rest[size:]
	}
	return "", ""
}
