package index

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Server serves one handler to clients who may be slow, silent or gone. The zero value of each field but Handler has a meaning.
type Server struct {
	Handler http.Handler
	Log     *slog.Logger     // one line a request; nil: no log
	Now     func() time.Time // for the times in the log; nil: time.Now
	Stall   time.Duration    // within this a client must have sent its request, and have taken each further part of the answer; 0: 30 s
	Grace   time.Duration    // on stopping, requests may take this long to finish; 0: 10 s
}

// Serve answers on ln with the default times until ctx ends. It returns nil when it ended for that reason, and closes ln in any case.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	return (&Server{Handler: h, Log: log}).Serve(ctx, ln)
}

// Serve answers on ln until ctx ends; then it takes no new connection, and waits for running requests until Grace is over.
// It returns nil when it ended for that reason, and closes ln in any case.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	hs := s.server()
	stopped := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer close(stopped)
		<-ctx.Done()
		s.stop(hs)
	}()
	err := hs.Serve(ln)
	cancel()
	<-stopped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *Server) stop(hs *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), orElse(s.Grace, 10*time.Second))
	defer cancel()
	if hs.Shutdown(ctx) != nil {
		hs.Close()
	}
}

func (s *Server) server() *http.Server {
	stall := orElse(s.Stall, 30*time.Second)
	log := s.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	now := s.Now
	if now == nil {
		now = time.Now
	}
	return &http.Server{
		Handler:           &logged{handler: s.Handler, log: log, now: now, stall: stall},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: stall,
		ReadTimeout:       stall,
		WriteTimeout:      stall, // put off with each part sent, see reply
		IdleTimeout:       4 * stall,
		MaxHeaderBytes:    32 << 10,
	}
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
