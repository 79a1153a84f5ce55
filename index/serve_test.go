package index

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves until stop is called, which returns what Serve returned.
func start(t *testing.T, s *Server) (address string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { stop() })
	return ln.Addr().String(), stop
}

// lockedBuffer takes a log from several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestServeLogs(t *testing.T) {
	dir := newTree(t)
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	address, stop := start(t, &Server{Handler: h, Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: func() time.Time { return time.Unix(0, 0) }})
	get(t, "http://"+address+"/p/simple/demo/"+demoWheel+"?x=1%0a2")
	get(t, "http://"+address+"/none")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatal(log.String())
	}
	var line struct {
		Method, Path, Client string
		Status, Bytes        int
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Method != "GET" || line.Path != "/p/simple/demo/"+demoWheel+"?x=1%0a2" || line.Status != 200 || line.Bytes != 10 || line.Client == "" {
		t.Errorf("%+v", line)
	}
	if !strings.Contains(lines[1], `"status":404`) {
		t.Error(lines[1])
	}
}

func TestLargeFileArrivesWhole(t *testing.T) {
	dir := newTree(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 3*part/16+5)
	put(t, dir, "p/simple/demo/big-1.0-py3-none-any.whl", string(want))
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := start(t, &Server{Handler: h})
	if got := get(t, "http://"+address+"/p/simple/demo/big-1.0-py3-none-any.whl"); !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d", len(got), len(want))
	}
}

// A client that sends half a request, and one that takes no answer, are left after Stall; nobody else is hindered.
func TestSlowClientsAreLeft(t *testing.T) {
	dir := newTree(t)
	big := filepath.Join(dir, "p/simple/demo/big-1.0-py3-none-any.whl")
	put(t, dir, "p/simple/demo/big-1.0-py3-none-any.whl", "")
	if err := os.Truncate(big, 1<<30); err != nil {
		t.Fatal(err)
	}
	h, err := Handler(dir)
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	address, stop := start(t, &Server{Handler: h, Log: slog.New(slog.NewJSONHandler(&log, nil)), Stall: 200 * time.Millisecond})
	silent, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	io.WriteString(silent, "GET /healthz HTTP/1.1\r\nHost: ")
	stuck, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	io.WriteString(stuck, "GET /p/simple/demo/big-1.0-py3-none-any.whl HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := get(t, "http://"+address+"/healthz"); string(got) != "ok\n" {
		t.Errorf("%q", got)
	}
	if _, err := io.Copy(io.Discard, silent); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	if err := stop(); err != nil { // waits for the stuck one, and for less than Grace
		t.Error(err)
	}
	if !strings.Contains(log.String(), "big-1.0") {
		t.Error("the stuck request never ended: ", log.String())
	}
}

// A client that is slow but takes part after part gets everything, however long that is beyond Stall.
func TestSteadyClientGetsAll(t *testing.T) {
	const stall = 300 * time.Millisecond
	chunks := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range chunks {
			io.WriteString(w, "x")
			http.NewResponseController(w).Flush()
		}
	})
	address, _ := start(t, &Server{Handler: h, Stall: stall})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	go func() {
		tick := time.NewTicker(stall / 3)
		defer tick.Stop()
		for range 6 {
			<-tick.C
			chunks <- struct{}{}
		}
		close(chunks)
	}()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r.Body); err != nil || string(got) != "xxxxxx" {
		t.Errorf("%q %v", got, err)
	}
}

func TestStopLetsRequestsFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		io.WriteString(w, "finished")
	})
	address, stop := start(t, &Server{Handler: h})
	answer := make(chan []byte, 1)
	go func() { answer <- get(t, "http://"+address+"/") }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped in the middle of a request: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := <-answer; string(got) != "finished" {
		t.Errorf("%q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopWaitsNoLongerThanGrace(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { close(entered); <-release })
	address, stop := start(t, &Server{Handler: h, Grace: time.Millisecond})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	if err := stop(); err != nil { // hangs without Grace
		t.Error(err)
	}
	close(release)
}

func TestListenerFailure(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := Serve(context.Background(), ln, http.NotFoundHandler(), nil); err == nil {
		t.Error("served on a closed listener")
	}
}
