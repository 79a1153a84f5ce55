package index

import (
	"io"
	"log/slog"
	"net/http"
	"time"
)

// logged writes a line to the log for each request, and gives slow clients as much time as they use.
type logged struct {
	handler http.Handler
	log     *slog.Logger
	now     func() time.Time
	stall   time.Duration
}

func (l *logged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := l.now()
	rep := &reply{ResponseWriter: w, control: http.NewResponseController(w), stall: l.stall}
	defer func() {
		l.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("client", r.RemoteAddr), slog.String("method", r.Method), slog.String("path", r.URL.RequestURI()),
			slog.Int("status", rep.status()), slog.Int64("bytes", rep.bytes), slog.Duration("took", l.now().Sub(started)),
			slog.String("agent", r.UserAgent()))
	}()
	l.handler.ServeHTTP(rep, r)
}

// reply counts what is sent, and puts the deadline off with each part that is taken. Files still go by sendfile.
type reply struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
	code    int // 0: not said yet
	bytes   int64
}

// part is how many bytes a client must take within the time to stall.
const part = 256 << 10

func (r *reply) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}

func (r *reply) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *reply) Write(b []byte) (int, error) {
	total := 0
	for {
		r.putOff()
		n, err := r.ResponseWriter.Write(b[:min(len(b), part)])
		b, total, r.bytes = b[n:], total+n, r.bytes+int64(n)
		if err != nil || len(b) == 0 {
			return total, err
		}
	}
}

// ReadFrom sends a file part by part. A limit around the file is taken off and kept here, because net sees through one limit only.
func (r *reply) ReadFrom(src io.Reader) (total int64, err error) {
	limit, ok := src.(*io.LimitedReader)
	if !ok {
		limit = &io.LimitedReader{R: src, N: 1<<63 - 1}
	}
	for limit.N > 0 {
		r.putOff()
		want := min(limit.N, part)
		n, err := io.Copy(r.ResponseWriter, &io.LimitedReader{R: limit.R, N: want})
		limit.N, total, r.bytes = limit.N-n, total+n, r.bytes+n
		if err != nil || n < want {
			return total, err
		}
	}
	return total, nil
}

// Unwrap is for http.ResponseController.
func (r *reply) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// putOff has no effect on a connection that knows no deadlines, which is as well.
func (r *reply) putOff() { _ = r.control.SetWriteDeadline(time.Now().Add(r.stall)) }
