package index

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"syscall"
)

// nonblocking keeps a request from waiting for somebody to write into a pipe that lies in the tree.
const nonblocking = syscall.O_NONBLOCK

// serveFile answers for a file as it lies on disk, in parts if asked to (RFC 9110, 14).
func serveFile(w http.ResponseWriter, r *http.Request, tree *os.Root, p Place) error {
	f, info, err := openPlain(tree, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	switch p.Kind {
	case Wheel:
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Cache-Control", forever)
	case WheelText:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", forever)
	case WheelRecord:
		h.Set("Content-Type", "application/vnd.in-toto.bundle")
		h.Set("Cache-Control", revalidate)
	case Key:
		h.Set("Content-Type", "application/x-pem-file")
		h.Set("Cache-Control", revalidate)
	}
	// A file is written once, under a name of its own; size and time tell it from one that was put there anew.
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// absent makes errors that only say "not there, or not for you to reach" one: a folder on the way that is a file, a link that leaves the tree
// (os.Root has no value for that error), a name that is too long.
func absent(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) && at.Err.Error() == "path escapes from parent" {
		return fs.ErrNotExist
	}
	for _, e := range []error{syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.ENXIO} {
		if errors.Is(err, e) {
			return fs.ErrNotExist
		}
	}
	return err
}
