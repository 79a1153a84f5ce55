package pypitest

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// Fault is what goes wrong with the answers for one path. The zero value changes nothing. Several fields may be set at once.
type Fault struct {
	Times int // how many requests it strikes; 0 means all

	Status     int         // answered instead, without the real body
	RetryAfter string      // header, as it is
	Header     http.Header // set last; an empty list of values removes the header
	Redirect   string      // Location of a 302; the path itself makes a loop

	Body     []byte // instead of the real one
	Corrupt  bool   // one byte in the middle is another
	Extra    int    // so many bytes more than there are, without a length announced
	Truncate int    // the connection ends after so many bytes, short of the announced length
	Silent   bool   // nothing is answered until the client gives up or the server closes

	// Slow is waited before each of ten pieces of the body.
	Slow time.Duration
}

// Fault makes every answer for path (such as "/simple/demo/" or "/files/demo/demo-1.0.tar.gz") go wrong, until its Times are used
// up or it is set again. The zero Fault makes it right again.
func (s *Server) Fault(path string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = &fault{Fault: f, left: f.Times}
}

type fault struct {
	Fault
	left int
}

// strike returns what goes wrong with the next request for path; nil: nothing.
func (s *Server) strike(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults[path]
	if f == nil || (f.Times > 0 && f.left == 0) {
		return nil
	}
	f.left--
	return &f.Fault
}

// spoil answers as next would, but for what f makes of it.
func (s *Server) spoil(w http.ResponseWriter, r *http.Request, f *Fault, next http.Handler) {
	if f.Silent {
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	}
	rec := httptest.NewRecorder()
	switch {
	case f.Redirect != "":
		rec.Header().Set("Location", f.Redirect)
		rec.Code = http.StatusFound
	case f.Status != 0:
		rec.Code = f.Status
	default:
		next.ServeHTTP(rec, r)
	}
	h := w.Header()
	maps.Copy(h, rec.Header())
	if f.RetryAfter != "" {
		h.Set("Retry-After", f.RetryAfter)
	}
	body := f.body(rec.Body.Bytes())
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if f.Extra > 0 {
		h.Del("Content-Length")
	}
	for k, v := range f.Header {
		if len(v) == 0 {
			h[http.CanonicalHeaderKey(k)] = nil
			continue
		}
		h[http.CanonicalHeaderKey(k)] = v
	}
	w.WriteHeader(rec.Code)
	s.send(w, r, f, body)
}

func (f *Fault) body(real []byte) []byte {
	body := bytes.Clone(real)
	if f.Body != nil {
		body = bytes.Clone(f.Body)
	}
	if f.Corrupt && len(body) > 0 {
		body[len(body)/2] ^= 0x55
	}
	return append(body, bytes.Repeat([]byte("x"), f.Extra)...)
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, f *Fault, body []byte) {
	if r.Method == http.MethodHead {
		return
	}
	cut := f.Truncate > 0 && f.Truncate < len(body)
	if cut {
		body = body[:f.Truncate]
	}
	piece := len(body)
	if f.Slow > 0 {
		piece = len(body)/10 + 1
	}
	for len(body) > 0 {
		if !s.wait(r, f.Slow) {
			break
		}
		n := min(piece, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		body = body[n:]
		http.NewResponseController(w).Flush()
	}
	if cut {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.done:
	}
	return false
}
