package pypitest

import (
	"net/http"
	"strings"
)

// Request is one that was asked, with what it was answered so far.
type Request struct {
	Method string
	Path   string
	Header http.Header
	Status int   // 0: no answer yet
	Bytes  int64 // of the body, as far as it was sent
}

// Requests are those that were asked, in that order. One is listed before its client sees any of the answer.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.log))
	for i, r := range s.log {
		all[i] = *r
	}
	return all
}

// Count is the number of requests for paths that begin with prefix.
func (s *Server) Count(prefix string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r.Path, prefix) {
			n++
		}
	}
	return n
}

// Forget empties the list of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

func (s *Server) logged(w http.ResponseWriter, r *http.Request) *logged {
	entry := &Request{Method: r.Method, Path: r.URL.Path, Header: r.Header.Clone()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, entry)
	return &logged{ResponseWriter: w, server: s, entry: entry}
}

// logged notes in the server's log what is answered, before it is.
type logged struct {
	http.ResponseWriter
	server *Server
	entry  *Request
}

func (l *logged) WriteHeader(status int) {
	l.note(status, 0)
	l.ResponseWriter.WriteHeader(status)
}

func (l *logged) Write(b []byte) (int, error) {
	l.note(http.StatusOK, len(b))
	return l.ResponseWriter.Write(b)
}

func (l *logged) note(status, bytes int) {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	if l.entry.Status == 0 {
		l.entry.Status = status
	}
	l.entry.Bytes += int64(bytes)
}

// Unwrap is for http.ResponseController.
func (l *logged) Unwrap() http.ResponseWriter { return l.ResponseWriter }
