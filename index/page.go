package index

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"wheelyard/packaging/simple"
)

// servePage answers for a page whose format the client chooses.
func servePage(w http.ResponseWriter, r *http.Request, tree *os.Root, dir string) error {
	t := negotiate(r.Header.Values("Accept"), r.URL.Query().Get("format"))
	file := PageHTML
	if t == simple.TypeJSON {
		file = PageJSON
	}
	body, err := readPage(tree, path.Join(dir, file))
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept, Accept-Encoding")
	if t == "" {
		refuse(w, http.StatusNotAcceptable, "pages are "+strings.Join(offers, ", "))
		return nil
	}
	sendPage(w, r, body, t)
	return nil
}

// servePageFile answers for a page that is asked for in one format.
func servePageFile(w http.ResponseWriter, r *http.Request, tree *os.Root, file string) error {
	body, err := readPage(tree, file)
	if err != nil {
		return err
	}
	t := simple.TypeText
	if path.Base(file) == PageJSON {
		t = simple.TypeJSON
	}
	w.Header().Set("Vary", "Accept-Encoding")
	sendPage(w, r, body, t)
	return nil
}

// sendPage sends what was read, never a second reading: body and ETag belong together.
func sendPage(w http.ResponseWriter, r *http.Request, body []byte, mediaType string) {
	h := w.Header()
	if strings.HasPrefix(mediaType, "text/") {
		mediaType += "; charset=utf-8"
	}
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", revalidate)
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:16])
	// Parts are parts of the plain page, so that nobody joins parts of two compressions.
	if r.Header.Get("Range") == "" && len(body) >= worthwhile && acceptsGzip(r.Header.Values("Accept-Encoding")) {
		body, tag = compress(body), tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// worthwhile is the size in bytes from which compression saves a packet.
const worthwhile = 1200

func compress(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is valid
	z.Write(body)                                   // a buffer takes everything
	z.Close()
	return b.Bytes()
}

// readPage reads a whole page; one that isn't a plain file counts as absent.
func readPage(tree *os.Root, name string) ([]byte, error) {
	f, _, err := openPlain(tree, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// openPlain opens a plain file; anything else, and whatever leads out of the tree, counts as absent.
func openPlain(tree *os.Root, name string) (*os.File, fs.FileInfo, error) {
	f, err := tree.OpenFile(name, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, nil, absent(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
