package build

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wheelyard/build/diagnose"
	"wheelyard/build/env"
	"wheelyard/build/sandbox"
	"wheelyard/internal/durable"
	"wheelyard/yard"
)

//go:embed runner.py
var runner string

// Places inside the sandbox.
const (
	runnerAt = "/run/wheelyard/runner.py"
	sourceAt = sandbox.Home + "/src"
	outAt    = sandbox.Home + "/out"
)

// request is what the runner is told.
type request struct {
	Hook        string   `json:"hook"`
	Backend     string   `json:"backend"`
	BackendPath []string `json:"backend_path"`
	Source      string   `json:"source"`
	Wheels      string   `json:"wheels"`
	Result      string   `json:"result"`
}

// answer is what a hook returned, as far as one may believe it.
type answer struct {
	Value    json.RawMessage `json:"value"`
	Unusable string          `json:"unusable"` // the backend can't be had
	Error    string          `json:"error"`
	Module   string          `json:"module"` // that could not be imported
}

const (
	getRequires = "get_requires_for_build_wheel"
	buildWheel  = "build_wheel"
)

const maxAnswer = 1 << 20

// wheelsDir is where build_wheel puts its wheel, in the work folder.
const wheelsDir = "box/out/wheels"

// hook runs one hook of the backend. When it fails, the error is a *failure with the class that its output tells.
func (j *job) hook(ctx context.Context, name string) (answer, error) {
	script, err := j.b.script("runner", runner)
	if err != nil {
		return answer{}, err
	}
	backendPath := j.system.BackendPath
	if backendPath == nil {
		backendPath = []string{}
	}
	what, err := json.Marshal(request{Hook: name, Backend: j.system.Backend, BackendPath: backendPath, Source: sourceAt,
		Wheels: outAt + "/wheels", Result: outAt + "/result.json"})
	if err != nil {
		return answer{}, err
	}
	j.log.say("%s of %s", name, j.system.Backend)
	heard := newEar(j.log)
	began := time.Now()
	o, err := j.w.id.Run(ctx, sandbox.Command{
		Args: []string{env.Python, "-u", runnerAt, string(what)},
		Env:  []string{fmt.Sprintf("SOURCE_DATE_EPOCH=%d", j.sourceTime().Unix()), "PYTHONHASHSEED=0"},
		Path: env.Path, Dir: sourceAt,
		Mounts: append(sandbox.Interpreter(j.t.Path),
			sandbox.Mount{Host: j.environment.Dir, At: env.At},
			sandbox.Mount{Host: script, At: runnerAt},
			sandbox.Mount{Host: j.w.path("box"), At: sandbox.Home, Writable: true}),
		Count: []string{j.w.path("box")}, Limits: j.limits.sandbox(), Output: heard,
	})
	j.took.Backend += time.Since(began).Milliseconds()
	j.cpu += o.CPU
	if err != nil {
		return answer{}, err
	}
	j.said = heard.text()
	a := j.answer()
	if o.OK() && a.Value != nil {
		return a, nil
	}
	return answer{}, j.explain(o, a, j.said)
}

// answer reads what the runner wrote; nothing of it is believed that isn't looked at again.
func (j *job) answer() answer {
	var a answer
	root, err := os.OpenRoot(j.w.dir) // not a folder that the build could have replaced by a link
	if err != nil {
		return a
	}
	defer root.Close()
	const file = "box/out/result.json"
	text, err := readSmall(root, file, maxAnswer)
	root.RemoveAll(file)
	if err != nil || json.Unmarshal(text, &a) != nil {
		return answer{}
	}
	return a
}

func (j *job) explain(o sandbox.Outcome, a answer, said string) error {
	python, _ := strings.CutPrefix(j.t.Python, "cp")
	return &failure{diagnose.Failure(diagnose.Evidence{
		Output: said, Status: o.Status, Exceeded: o.Exceeded, Starved: o.Starved,
		Unusable: a.Unusable, Error: a.Error, Module: a.Module,
		Uploaded: j.o.Sdist.UploadTime, Released: j.t.Released, Python: python,
	})}
}

// script is a program of wheelyard's own as a file, written once.
func (b *Builder) script(name, text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	path := filepath.Join(b.Dir, "sandbox", name+"-"+hex.EncodeToString(sum[:8])+".py")
	return path, durable.AddFile(path, []byte(text), 0o644) // another build may have it mounted
}

// requires asks the backend for more requirements. Its answer is kept: ran says whether it was really asked.
func (j *job) requires(ctx context.Context) (more []string, ran bool, err error) {
	key := sha256.Sum256(fmt.Appendf(nil, "2\n%s\n%s\n%q\n%q\n%q\n%s", j.o.Sdist.Hashes["sha256"], j.environment.Digest, j.t.Root, j.system.Backend,
		j.system.BackendPath, runner))
	kept := filepath.Join(j.b.Dir, "envs", "hooks", hex.EncodeToString(key[:])+".json")
	if text, err := os.ReadFile(kept); err == nil && json.Unmarshal(text, &more) == nil {
		return more, false, nil
	}
	a, err := j.hook(ctx, getRequires)
	if err != nil {
		return nil, true, err
	}
	if err := json.Unmarshal(a.Value, &more); err != nil {
		return nil, true, fail(yard.SourceFault, getRequires+" returned no list of requirements", "")
	}
	text, err := json.Marshal(more)
	if err != nil {
		return nil, true, err
	}
	_, err = durable.WriteFile(kept, text, 0o644)
	return more, true, err
}

// wheelOf runs the hook that makes the wheel. It returns its name in box/out/wheels, where a regular file of that name is.
func (j *job) wheelOf(ctx context.Context) (string, error) {
	a, err := j.hook(ctx, buildWheel)
	if err != nil {
		return "", err
	}
	var name string
	if err := json.Unmarshal(a.Value, &name); err != nil {
		return "", fail(yard.SourceFault, buildWheel+" returned no file name", "")
	}
	root, err := os.OpenRoot(j.w.dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	if filepath.Base(name) != name || strings.ContainsAny(name, "/\\\x00\n") || name == "." || name == ".." {
		return "", fail(yard.SourceFault, fmt.Sprintf("%s returned %q, which is no file name", buildWheel, name), "")
	}
	info, err := root.Lstat(wheelsDir + "/" + name)
	switch {
	case err != nil: // not there, or behind a link that leads out
		return "", fail(yard.SourceFault, fmt.Sprintf("%s returned %s, which it did not make", buildWheel, name), "")
	case !info.Mode().IsRegular():
		return "", fail(yard.SourceFault, fmt.Sprintf("%s returned %s, which is no regular file", buildWheel, name), "")
	}
	return name, nil
}
