package build

import (
	"fmt"
	"io"
	"os"
	"sync"

	"wheelyard/build/sandbox"
)

// log is what a build printed: all of it up to a size, then its beginning and its end. It may be written to by several goroutines.
type log struct {
	mu    sync.Mutex
	file  *os.File
	clean *sandbox.Clean // before bounding
	live  io.Writer      // nil: nobody watches

	head  int64  // bytes that may still be written at once
	tail  []byte // a ring of the last ones
	size  int    // of the ring
	at    int
	total int64 // bytes that went into the ring
	err   error // of the file
}

// newLog keeps at most limit bytes (and a line that says what is missing) in a file at path.
func newLog(path string, limit int64, live io.Writer) (*log, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	l := &log{file: f, live: live, head: limit - limit/2, size: int(limit / 2)}
	l.clean = &sandbox.Clean{To: kept{l}}
	return l, nil
}

// Write never fails: what becomes of a build doesn't depend on who watches. What went wrong with the file, close tells.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clean.Write(p)
}

// say writes a line of wheelyard's own.
func (l *log) say(format string, args ...any) {
	fmt.Fprintf(l, "== "+format+"\n", args...)
}

// kept is where harmless text goes. The log's mutex is held.
type kept struct{ l *log }

func (k kept) Write(p []byte) (int, error) {
	l := k.l
	if l.live != nil {
		if _, err := l.live.Write(p); err != nil {
			l.live = nil
		}
	}
	n := len(p)
	if l.head > 0 {
		first := p[:min(int64(len(p)), l.head)]
		l.head -= int64(len(first))
		l.toFile(first)
		p = p[len(first):]
	}
	l.total += int64(len(p))
	if len(p) > l.size {
		p = p[len(p)-l.size:]
	}
	for len(p) > 0 {
		if l.tail == nil {
			l.tail = make([]byte, l.size)
		}
		m := copy(l.tail[l.at:], p)
		l.at = (l.at + m) % l.size
		p = p[m:]
	}
	return n, nil
}

func (l *log) toFile(p []byte) {
	if _, err := l.file.Write(p); err != nil && l.err == nil {
		l.err = err
	}
}

// close writes the end of the log.
func (l *log) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return l.err
	}
	if missing := l.total - int64(l.size); missing > 0 {
		l.toFile(fmt.Appendf(nil, "\n== %d bytes are left out here\n", missing))
		l.toFile(l.tail[l.at:])
	}
	l.toFile(l.tail[:l.at])
	if err := l.file.Close(); err != nil && l.err == nil {
		l.err = err
	}
	l.file = nil
	return l.err
}
