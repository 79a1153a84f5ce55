package build

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"wheelyard/build/inspect"
	"wheelyard/build/sandbox"
	"wheelyard/yard"
)

//go:embed trial.py
var trial string

const (
	trialAt = "/run/wheelyard/trial.py"
	siteAt  = "/site"
)

// said is one line of the trial's result.
type said struct {
	Begin   string `json:"begin"`
	Done    bool   `json:"done"`
	Module  string `json:"module"`
	Outcome string `json:"outcome"` // ok, missing, own, broken, failed
	Missing string `json:"missing"`
	Error   string `json:"error"`
}

// tryOut imports the wheel's modules where there are no compilers and no headers. What depends on other projects can't be known here, and is a
// note; that an extension module of its own can't be loaded is a failure.
func (j *job) tryOut(ctx context.Context, site string) error {
	if len(j.report.Top) == 0 && len(j.report.Modules) == 0 {
		return nil
	}
	script, err := j.b.script("trial", trial)
	if err != nil {
		return err
	}
	if err := j.emptyBox("trial"); err != nil {
		return err
	}
	what, err := json.Marshal(map[string]any{
		"site": siteAt, "top": j.report.Top, "modules": extensionFiles(j.report), "result": sandbox.Home + "/result",
	})
	if err != nil {
		return err
	}
	heard := newEar(discard{})
	o, err := j.w.id.Run(ctx, sandbox.Command{
		Args: []string{j.t.Path, "-I", "-S", trialAt, string(what)}, Bare: true, Output: heard,
		Mounts: append(sandbox.Interpreter(j.t.Path),
			sandbox.Mount{Host: site, At: siteAt}, sandbox.Mount{Host: script, At: trialAt},
			sandbox.Mount{Host: j.w.path("trial"), At: sandbox.Home, Writable: true}),
		Count: []string{j.w.path("trial")}, Limits: j.limits.trial(),
	})
	if err != nil {
		return err
	}
	j.cpu += o.CPU
	return j.verdict(o, heard.text())
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// extensionFiles are the files of the extension modules by dotted name.
func extensionFiles(r *inspect.Report) map[string]string {
	files := map[string]string{}
	for _, o := range r.Objects {
		for _, m := range inspect.Modules([]string{o.Path}) {
			files[m] = o.Path
		}
	}
	return files
}

func (j *job) emptyBox(name string) error {
	if err := makeFolder(j.w.path(name)); err != nil {
		return err
	}
	return j.w.own(j.w.path(name))
}

// verdict reads what the trial wrote.
func (j *job) verdict(o sandbox.Outcome, printed string) error {
	root, err := os.OpenRoot(j.w.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	text, err := readSmall(root, "trial/result", maxAnswer)
	if err != nil {
		text = nil
	}
	open, done := "", false
	modules := extensionFiles(j.report)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var s said
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			continue
		}
		switch {
		case s.Begin != "":
			open = s.Begin
		case s.Done:
			done = true
		case s.Outcome == "broken":
			return fail(yard.Incomplete, fmt.Sprintf("its module %s can't be loaded: %s", s.Module, s.Error), "a library was not there, or of another version, when it was linked")
		case s.Outcome == "own":
			j.note("%s can't be imported: it has no %s", s.Module, s.Missing)
		case s.Outcome == "missing":
			j.note("%s was not tried further: it imports %s, of another project", s.Module, s.Missing)
		case s.Outcome == "failed":
			j.note("importing %s failed: %s", s.Module, s.Error)
		}
	}
	switch {
	case done:
	case o.Exceeded != "":
		j.note("importing %s took more %s than it may", open, o.Exceeded)
	case o.Status > 128 && modules[open] != "":
		return fail(yard.Incomplete, fmt.Sprintf("importing its module %s ends the interpreter with signal %d", open, o.Status-128), "")
	default:
		j.note("importing %s ended the interpreter (status %d): %s", open, o.Status, lastLine(printed))
	}
	return nil
}

func (j *job) note(format string, args ...any) {
	n := fmt.Sprintf(format, args...)
	j.report.Notes = append(j.report.Notes, n)
	j.log.say("note: %s", n)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
