package sdist

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

func (w *walk) tar(r io.Reader) error {
	t := tar.NewReader(limited{r, &w.bytes})
	for {
		h, err := t.Next()
		switch {
		case err == io.EOF && w.tree.count == 0:
			return broken(errNoMember)
		case err == io.EOF:
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath): // names are looked at below
			return broken(err)
		}
		if err := w.tree.member(); err != nil {
			return err
		}
		if err := w.tarMember(h, t); err != nil {
			return err
		}
	}
}

var errNoMember = errors.New("it has no member")

func (w *walk) tarMember(h *tar.Header, contents io.Reader) error {
	if problem := otherwiseRead(h); problem != "" {
		return &MemberError{h.Name, problem, ErrUnsafe}
	}
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	clean, problem, err := cleanPath(h.Name)
	if err != nil {
		return &MemberError{h.Name, problem, err}
	}
	isTop := clean == "."
	switch h.Typeflag {
	case tar.TypeDir:
		if isTop {
			return nil
		}
		return w.give(Entry{Path: clean, Type: fs.ModeDir}, folder, "", h.Name)
	case tar.TypeReg, tar.TypeCont:
		if isTop || strings.HasSuffix(h.Name, "/") {
			return &MemberError{h.Name, "it is a file with the name of a folder", ErrUnsafe}
		}
		if h.Size > w.bytes {
			return &MemberError{h.Name, "with it, there would be more bytes than allowed", ErrLimit}
		}
		return w.give(Entry{Path: clean, Exec: h.Mode&0o111 != 0, Size: h.Size, Body: contents}, file, "", h.Name)
	case tar.TypeSymlink:
		return w.symlink(h, clean)
	case tar.TypeLink:
		return w.hardLink(h, clean)
	}
	return &MemberError{h.Name, "it is " + nameOfKind(h.Typeflag), ErrUnsafe}
}

// otherwiseRead finds what readers of tars differ about.
func otherwiseRead(h *tar.Header) string {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return "it is a sparse file"
		}
		if h.Typeflag == tar.TypeXGlobalHeader && (key == "path" || key == "linkpath" || key == "size") {
			return "it gives one " + key + " to all members"
		}
	}
	return ""
}

func nameOfKind(flag byte) string {
	switch flag {
	case tar.TypeChar, tar.TypeBlock:
		return "a device"
	case tar.TypeFifo:
		return "a named pipe"
	case tar.TypeGNUSparse:
		return "a sparse file"
	}
	return "of the unknown kind " + clip(string(rune(flag)))
}

func (w *walk) symlink(h *tar.Header, clean string) error {
	to, problem := cleanLink(clean, h.Linkname)
	if clean == "." {
		problem = "it is a link in place of the top"
	}
	if problem != "" {
		return &MemberError{h.Name, problem, ErrUnsafe}
	}
	return w.give(Entry{Path: clean, Type: fs.ModeSymlink, Link: to}, link, "", h.Name)
}

// hardLink makes a symlink to the file that was a member before. Its name in a hard link counts from the top.
func (w *walk) hardLink(h *tar.Header, clean string) error {
	target, problem, err := cleanPath(h.Linkname)
	if err != nil {
		return &MemberError{h.Name, "it is a hard link to " + clip(h.Linkname) + ", and of that: " + problem, err}
	}
	target = w.tree.file(target)
	if target == "" {
		return &MemberError{h.Name, "it is a hard link to what is no earlier file, " + clip(h.Linkname), ErrUnsafe}
	}
	if target == clean { // it is there already
		return nil
	}
	to, problem := cleanLink(clean, relative(path.Dir(clean), target))
	if problem != "" {
		return &MemberError{h.Name, problem, ErrUnsafe}
	}
	return w.give(Entry{Path: clean, Type: fs.ModeSymlink, Link: to}, hardLink, target, h.Name)
}
