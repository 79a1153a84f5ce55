package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wheelyard/build/sandbox"
	"wheelyard/internal/pypitest"
	"wheelyard/platform"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wheelyard": main})
}

// TestScripts runs testdata/script, which reads as the manual. Besides what testscript has, a script may say
//
//	pypi [-fresh] [NAME…]    start an upstream index with projects out of testdata/index; $INDEX is its address. Its pages must be asked
//	                         for again each time, unless -fresh
//	fault PATH KEY=VALUE…    make its answers for a path go wrong: status, body, truncate, extra, corrupt, type, silent, redirect, times
//	expand FILE…             replace $INDEX, $PY (3.11), $CP (cp311) and $HERE (the platform's name) in files
//	serve [ARG…]             start `wheelyard serve` on a free port; $SERVER is its address. It is interrupted at the end, and must end well
//	get [-json] URL [FILE]   fetch an address, into FILE or standard output
//	clean TEXT               no folder below the yard holds an unfinished file or a build; TEXT is the yard
//
// and [sandbox] and [pip] are conditions.
func TestScripts(t *testing.T) {
	py := hostPython(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PY", py)
			env.Setenv("CP", "cp"+strings.ReplaceAll(py, ".", ""))
			env.Setenv("HERE", "here")
			env.Values[indexOf] = new(*pypitest.Server)
			env.Setenv("PIP_CONFIG_FILE", os.DevNull)
			env.Setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
			env.Setenv("PIP_NO_CACHE_DIR", "1")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "sandbox":
				return canBuild(t), nil
			case "pip":
				return exec.Command("/usr/bin/python3", "-m", "venv", "--help").Run() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"pypi": startIndex, "fault": setFault, "expand": expand, "serve": serve, "get": get, "clean": clean,
		},
	})
}

// hostPython is a version for which this machine has an interpreter with headers.
func hostPython(t *testing.T) string {
	for _, version := range installedPythons("/usr/bin", "/usr/local/bin") {
		if _, err := platform.Probe(t.Context(), platform.Spec{Name: "here", Pythons: []string{version}}); err == nil {
			return version
		}
	}
	missing(t, "no Python with headers in /usr/bin or /usr/local/bin")
	return ""
}

func canBuild(t *testing.T) bool {
	s, err := sandbox.New(sandbox.Options{Dir: t.TempDir()})
	if err == nil {
		err = s.Ready(context.Background())
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	return err == nil
}

// missing skips, but fails in CI, where all that tests need must be there.
func missing(t testing.TB, why string) {
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

type key int

const indexOf key = iota // the upstream index of a script

func startIndex(ts *testscript.TestScript, neg bool, args []string) {
	o := pypitest.Options{CacheControl: "max-age=0"}
	for _, a := range args {
		if a == "-fresh" {
			o.CacheControl = "max-age=600"
			continue
		}
		archive, err := filepath.Abs(filepath.Join("testdata", "index", a+".txtar"))
		ts.Check(err)
		o.Archives = append(o.Archives, archive)
	}
	s, err := pypitest.Start(o)
	ts.Check(err)
	*ts.Value(indexOf).(**pypitest.Server) = s
	ts.Defer(s.Close)
	ts.Setenv("INDEX", s.URL)
}

func setFault(ts *testscript.TestScript, neg bool, args []string) {
	var f pypitest.Fault
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		number, _ := strconv.Atoi(value)
		switch key {
		case "status":
			f.Status = number
		case "body":
			f.Body = []byte(value)
		case "truncate":
			f.Truncate = number
		case "extra":
			f.Extra = number
		case "corrupt":
			f.Corrupt = true
		case "type":
			f.Header = http.Header{"Content-Type": {value}}
		case "silent":
			f.Silent = true
		case "redirect":
			f.Redirect = value
		case "times":
			f.Times = number
		default:
			ts.Fatalf("fault: unknown key %q", key)
		}
	}
	(*ts.Value(indexOf).(**pypitest.Server)).Fault(args[0], f)
}

func expand(ts *testscript.TestScript, neg bool, args []string) {
	for _, a := range args {
		path := ts.MkAbs(a)
		text, err := os.ReadFile(path)
		ts.Check(err)
		known := func(name string) string {
			if v := ts.Getenv(name); v != "" {
				return v
			}
			return "$" + name
		}
		ts.Check(os.WriteFile(path, []byte(os.Expand(string(text), known)), 0o644))
	}
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	program, err := lookPath("wheelyard", ts.Getenv("PATH"))
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cmd.Process.Signal(os.Interrupt)
		go io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			ts.Fatalf("serve: %v\n%s", err, &log)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "serving ")
	if !ok {
		ts.Fatalf("serve said %q", line)
	}
	ts.Setenv("SERVER", strings.TrimSuffix(address, "/"))
}

func lookPath(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode()&0o111 != 0 {
			return filepath.Join(dir, name), nil
		}
	}
	return "", fmt.Errorf("%s is not in %s", name, path)
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	accept := "text/html"
	if args[0] == "-json" {
		accept, args = "application/vnd.pypi.simple.v1+json", args[1:]
	}
	req, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if (resp.StatusCode >= 400) != neg {
		ts.Fatalf("%s: %s", args[0], resp.Status)
	}
	if len(args) > 1 {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o644))
		return
	}
	fmt.Fprintf(ts.Stdout(), "%s\n%s", resp.Header.Get("Content-Type"), body)
}

// unfinished is what must not be left below a yard; caches may have something of it for a while.
var unfinished = regexp.MustCompile(`/(blobs|records|public|keys)/.*\.tmp-|/work/build-`)

func clean(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, _ os.DirEntry, err error) error {
		if err == nil && unfinished.MatchString(path) {
			err = fmt.Errorf("left behind: %s", path)
		}
		return err
	}))
}
