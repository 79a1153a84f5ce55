package pypitest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const demoSdist = "/files/demo-pkg/demo_pkg-1.0.tar.gz"

func host(s *Server) string { return strings.TrimSuffix(s.URL, "/simple/") }

func get(t *testing.T, url string, headers ...string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func mustGet(t *testing.T, url string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	resp, body, err := get(t, url, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestPages(t *testing.T) {
	s := New(t, "testdata")
	_, body := mustGet(t, s.URL+"demo-pkg/")
	var page struct {
		Name   string
		Status struct{ Status, Reason string } `json:"project-status"`
		Files  []struct {
			Filename, URL string
			Size          *int64
			Yanked        any
			UploadTime    string            `json:"upload-time"`
			Python        string            `json:"requires-python"`
			Core          map[string]string `json:"core-metadata"`
			Hashes        map[string]string
		}
		Versions []string
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatal(err)
	}
	if page.Name != "demo-pkg" || len(page.Files) != 3 || strings.Join(page.Versions, " ") != "0.9 1.0" || page.Status.Status != "archived" {
		t.Fatalf("page: %+v", page)
	}
	f, whl, old := page.Files[0], page.Files[1], page.Files[2]
	if f.UploadTime != "2021-05-01T10:00:00.000000Z" || f.Python != ">=3.8" || f.Yanked != false {
		t.Errorf("sdist: %+v", f)
	}
	if old.Yanked != `wrong & "broken"` || old.Size != nil || old.UploadTime != "" {
		t.Errorf("yanked: %+v", old)
	}
	_, content := mustGet(t, host(s)+strings.TrimPrefix(f.URL, "../.."))
	if int64(len(content)) != *f.Size || hexSum(content) != f.Hashes["sha256"] {
		t.Errorf("the sdist is not what the page says")
	}
	_, metadata := mustGet(t, host(s)+strings.TrimPrefix(whl.URL, "../..")+".metadata")
	if hexSum(metadata) != whl.Core["sha256"] || !strings.Contains(string(metadata), "Requires-Dist: extra; extra == \"more\"\n") {
		t.Errorf("metadata: %s", metadata)
	}
	_, asHTML := mustGet(t, s.URL+"demo-pkg/", "Accept", "text/html")
	for _, want := range []string{`data-yanked="wrong &amp; &#34;broken&#34;"`, "#sha256=" + f.Hashes["sha256"], `data-requires-python="&gt;=3.8"`, `content="archived"`} {
		if !bytes.Contains(asHTML, []byte(want)) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	_, root := mustGet(t, s.URL)
	if !bytes.Contains(root, []byte(`"name": "Demo.Pkg"`)) {
		t.Errorf("root: %s", root)
	}
}

func TestNegotiation(t *testing.T) {
	s := New(t, "testdata")
	plain := NewOptions(t, Options{Archives: []string{"testdata"}, HTMLOnly: true})
	for _, c := range []struct {
		s            *Server
		accept, want string
	}{
		{s, "", typeJSON},
		{s, "*/*", typeJSON},
		{s, "text/*", typeText},
		{s, typeJSON + ", " + typeHTML + ";q=0.1, text/html;q=0.01", typeJSON},
		{s, typeJSON + ";q=0.2, " + typeHTML, typeHTML},
		{s, "application/vnd.pypi.simple.latest+html", typeHTML},
		{plain, typeJSON, typeText},
	} {
		resp, _ := mustGet(t, c.s.URL+"demo-pkg/", "Accept", c.accept)
		if got := resp.Header.Get("Content-Type"); got != c.want {
			t.Errorf("Accept %q: %s, want %s", c.accept, got, c.want)
		}
	}
	if resp, _ := mustGet(t, s.URL+"demo-pkg/", "Accept", "image/png"); resp.StatusCode != 406 {
		t.Errorf("nothing acceptable: %d", resp.StatusCode)
	}
	for path, want := range map[string]string{"demo-pkg": "/simple/demo-pkg/", "Demo_Pkg/": "/simple/demo-pkg/"} {
		if resp, _ := mustGet(t, s.URL+path); resp.StatusCode != 301 || resp.Header.Get("Location") != want {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}

func TestRevalidation(t *testing.T) {
	for _, noETag := range []bool{false, true} {
		s := NewOptions(t, Options{Archives: []string{"testdata"}, NoETag: noETag})
		ask, name := "If-None-Match", "ETag"
		if noETag {
			ask, name = "If-Modified-Since", "Last-Modified"
		}
		resp, _ := mustGet(t, s.URL+"demo-pkg/")
		mark := resp.Header.Get(name)
		if resp, _ := mustGet(t, s.URL+"demo-pkg/", ask, mark); resp.StatusCode != 304 {
			t.Errorf("%s %q: %d", ask, mark, resp.StatusCode)
		}
		s.Touch("demo.pkg")
		if resp, _ := mustGet(t, s.URL+"demo-pkg/"); resp.Header.Get(name) == mark {
			t.Errorf("the same %s after a change", name)
		}
	}
}

func TestArchives(t *testing.T) {
	s, again := New(t, "testdata"), New(t, "testdata/demo.txtar")
	_, sdist := mustGet(t, host(s)+demoSdist)
	if _, other := mustGet(t, host(again)+demoSdist); !bytes.Equal(sdist, other) {
		t.Error("the same sdist twice differs")
	}
	zr, err := gzip.NewReader(bytes.NewReader(sdist))
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]int64{}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		modes[h.Name] = h.Mode
	}
	for name, want := range map[string]int64{"PKG-INFO": 0o644, "setup.py": 0o644, "configure": 0o755, "bin/run": 0o750} {
		if modes["demo_pkg-1.0/"+name] != want {
			t.Errorf("%s: mode %o, want %o", name, modes["demo_pkg-1.0/"+name], want)
		}
	}
	_, old := mustGet(t, host(s)+"/files/demo-pkg/demo_pkg-0.9.zip")
	z, err := zip.NewReader(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Open("elsewhere/setup.py"); err != nil {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	s := New(t, "testdata")
	url := host(s) + demoSdist
	_, whole := mustGet(t, url)
	check := func(name string, f Fault, ok func(*http.Response, []byte, error) bool) {
		t.Helper()
		s.Fault(demoSdist, f)
		if resp, body, err := get(t, url); !ok(resp, body, err) {
			t.Errorf("%s: %v, %d bytes, %v", name, resp, len(body), err)
		}
	}
	check("status", Fault{Status: 503, RetryAfter: "7"}, func(r *http.Response, _ []byte, _ error) bool {
		return r.StatusCode == 503 && r.Header.Get("Retry-After") == "7"
	})
	check("truncated", Fault{Truncate: 10}, func(_ *http.Response, b []byte, err error) bool {
		return errors.Is(err, io.ErrUnexpectedEOF) && len(b) == 10
	})
	check("corrupt", Fault{Corrupt: true}, func(_ *http.Response, b []byte, err error) bool {
		return err == nil && len(b) == len(whole) && !bytes.Equal(b, whole)
	})
	check("extra", Fault{Extra: 5}, func(_ *http.Response, b []byte, err error) bool {
		return err == nil && len(b) == len(whole)+5
	})
	check("type", Fault{Header: http.Header{"Content-Type": {"image/png"}, "Etag": nil}}, func(r *http.Response, _ []byte, _ error) bool {
		return r.Header.Get("Content-Type") == "image/png" && r.Header.Get("ETag") == ""
	})
	check("loop", Fault{Redirect: demoSdist}, func(r *http.Response, _ []byte, _ error) bool {
		return r.StatusCode == 302 && r.Header.Get("Location") == demoSdist
	})
	check("slow", Fault{Slow: time.Microsecond}, func(_ *http.Response, b []byte, err error) bool {
		return err == nil && bytes.Equal(b, whole)
	})
	s.Fault(demoSdist, Fault{Status: 500, Times: 2})
	for i, want := range []int{500, 500, 200} {
		if resp, _ := mustGet(t, url); resp.StatusCode != want {
			t.Errorf("request %d of a fault of 2: %d", i, resp.StatusCode)
		}
	}
	if n := s.Count("/files/"); n != 11 {
		t.Errorf("%d requests counted, want 11", n)
	}
}

func TestSilenceEnds(t *testing.T) {
	s := New(t, "testdata")
	s.Fault("/simple/demo-pkg/", Fault{Silent: true})
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", s.URL+"demo-pkg/", nil)
	failed := make(chan error)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		failed <- err
	}()
	cancel()
	if err := <-failed; err == nil {
		t.Error("silence was broken")
	}
	s.Forget()
	go func() {
		_, _, err := get(t, s.URL+"demo-pkg/")
		failed <- err
	}()
	for s.Count("/simple/") == 0 {
		runtime.Gosched()
	}
	s.Close()
	if err := <-failed; err == nil {
		t.Error("silence was broken at the end")
	}
}

func TestPasswordAndTLS(t *testing.T) {
	s := NewOptions(t, Options{Archives: []string{"testdata"}, User: "u", Password: "p", TLS: true})
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA()) {
		t.Fatal("no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	for url, want := range map[string]int{s.URL: 401, strings.Replace(s.URL, "//", "//u:p@", 1): 200} {
		resp, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", url, resp.StatusCode, want)
		}
	}
}

func TestAddFilesAndRemove(t *testing.T) {
	from := New(t, "testdata")
	dir := t.TempDir()
	_, whl := mustGet(t, host(from)+"/files/demo-pkg/demo_pkg-1.0-py2.py3-none-any.whl")
	name := "demo_pkg-1.0-py2.py3-none-any.whl"
	if err := os.WriteFile(filepath.Join(dir, name), whl, 0o644); err != nil {
		t.Fatal(err)
	}
	s := NewOptions(t, Options{Files: []string{dir}})
	_, page := mustGet(t, s.URL+"demo-pkg/")
	if !bytes.Contains(page, []byte(`"requires-python": "\u003e=3.8"`)) || !bytes.Contains(page, []byte(`"core-metadata"`)) {
		t.Errorf("page: %s", page)
	}
	s.RemoveFile("demo.pkg", name)
	if resp, _ := mustGet(t, s.FileURL("demo-pkg", name)); resp.StatusCode != 404 {
		t.Errorf("removed: %d", resp.StatusCode)
	}
}

func TestRecordedPages(t *testing.T) {
	dir := t.TempDir()
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	io.WriteString(zw, `{"name":"rec","files":[{"filename":"rec-1.tar.gz","url":"rec-1.tar.gz","hashes":{"sha256":"ab"},"yanked":"why","core-metadata":{"sha256":"cd"}}]}`)
	zw.Close()
	if err := os.WriteFile(filepath.Join(dir, "rec.json.gz"), buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s := NewOptions(t, Options{Pages: []string{dir}})
	_, page := mustGet(t, s.URL+"rec/", "Accept", "text/html")
	if !bytes.Contains(page, []byte(`href="rec-1.tar.gz#sha256=ab"`)) || !bytes.Contains(page, []byte(`data-core-metadata="sha256=cd"`)) {
		t.Errorf("page: %s", page)
	}
	if resp, _ := mustGet(t, s.URL+"rec/rec-1.tar.gz"); resp.StatusCode != 404 {
		t.Errorf("a file that was not recorded: %d", resp.StatusCode)
	}
	s.AddFile("rec", "rec-1.tar.gz", []byte("x"), Attrs{})
	if _, body := mustGet(t, s.URL+"rec/rec-1.tar.gz"); string(body) != "x" {
		t.Errorf("supplied: %q", body)
	}
}

func TestBadText(t *testing.T) {
	s := New(t)
	for text, want := range map[string]string{
		"-- a-1.tar.gz/x --\n":                                    "no project",
		"project: a\n-- a-1.rpm/x --\n":                           "can be made",
		"project: a\n-- a-1.tar.gz --\nsise: 3\n":                 "no such key",
		"project: a\n-- a-1.tar.gz --\nsize: x\n":                 "size",
		"project: a\n-- a-1.tar.gz --\nupload-time: y\n":          "upload-time",
		"project: a\n-- a-1-any.whl/x --\n":                       "not a wheel",
		"project: a\nhello\n":                                     "key: value",
		"project: a\n-- a-1.zip --\nmode x: 9\n-- a-1.zip/x --\n": "mode",
	} {
		if err := s.AddText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Start(Options{Archives: []string{t.TempDir()}}); err == nil {
		t.Error("an empty folder was taken")
	}
}

// pip itself installs from it, when there is one.
func TestPip(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	if exec.Command(python, "-m", "pip", "--version").Run() != nil {
		t.Skip("no pip")
	}
	s := New(t, "testdata")
	cmd := exec.CommandContext(t.Context(), python, "-m", "pip", "download", "--isolated", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "-q",
		"--only-binary", ":all:", "--dest", t.TempDir(), "--index-url", s.URL, "demo.pkg==1.0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
