package index

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
)

// Caching: a page must be asked for again each time (an old page hides new wheels), a file never changes.
const (
	revalidate = "no-cache"
	forever    = "public, max-age=31536000, immutable"
)

// Static answers for one published tree. It may be used by several goroutines, and while the tree changes.
type Static struct {
	dir string
	log *slog.Logger
}

// Handler answers for the tree in the folder public, which must exist; errors wrap fs.ErrNotExist otherwise.
// The folder is opened anew for each request, so it may be replaced, or be a symbolic link that moves.
// What can't be read for another reason than absence is logged by slog's default logger at the time of the call.
func Handler(public string) (*Static, error) {
	info, err := os.Stat(public)
	if err != nil {
		return nil, fmt.Errorf("the published tree: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("the published tree: %s is no folder", public)
	}
	return &Static{dir: public, log: slog.Default()}, nil
}

// ServeHTTP answers GET and HEAD for every address that [Locate] knows, and 404 for all others.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "only GET and HEAD are answered here")
		return
	}
	place := Locate(r.URL.Path)
	if place.Kind == Elsewhere {
		redirect(w, r, place.To)
		return
	}
	tree, err := os.OpenRoot(s.dir)
	if err == nil {
		defer tree.Close()
		err = s.answer(w, r, tree, place)
	}
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		refuse(w, http.StatusNotFound, notFound(place.Kind))
	default:
		s.log.Error("the published tree can't be read", "path", place.Path, "error", err)
		refuse(w, http.StatusInternalServerError, "the published tree can't be read; the server's log says more")
	}
}

// answer writes the whole response, or nothing and returns an error.
func (s *Static) answer(w http.ResponseWriter, r *http.Request, tree *os.Root, p Place) error {
	switch p.Kind {
	case Front:
		return serveFront(w, r, tree)
	case Health:
		return serveHealth(w, tree)
	case RootPage, ProjectPage:
		return servePage(w, r, tree, p.Path)
	case RootFile, ProjectFile:
		return servePageFile(w, r, tree, p.Path)
	case Key, Wheel, WheelText, WheelRecord:
		return serveFile(w, r, tree, p)
	}
	return fs.ErrNotExist
}

// redirect keeps the query. A relative address works behind any prefix that a proxy takes away.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", to)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusMovedPermanently)
}

// refuse says in one line why there is nothing else to say.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Cache-Control", revalidate)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "%d %s: %s\n", status, strings.ToLower(http.StatusText(status)), why)
}

func notFound(k Kind) string {
	switch k {
	case RootPage, RootFile:
		return "this is no platform"
	case ProjectPage, ProjectFile:
		return "this platform offers no such project"
	case Wheel, WheelText, WheelRecord:
		return "this platform offers no such file"
	}
	return "there is nothing here"
}
