package platform

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Probe runs the interpreters that s names. Problems that people can mend are a *MissingError, which tells all of them
// at once. It changes nothing and may be repeated.
func Probe(ctx context.Context, s Spec) (Facts, error) {
	p, err := thisHost().probe(ctx, s)
	if err != nil {
		return Facts{}, err
	}
	return p.facts.withTags()
}

// probed is the outcome of a probe: the facts without tags, and the files that they were learnt from.
type probed struct {
	facts Facts
	files []string
}

func (h *host) probe(ctx context.Context, s Spec) (probed, error) {
	requests, err := parseRequests(s.Pythons)
	if err != nil {
		return probed{}, fmt.Errorf("platform %s: %w", s.Name, err)
	}
	release, err := h.osRelease()
	if err != nil {
		return probed{}, fmt.Errorf("platform %s: %w", s.Name, err)
	}
	installed, err := h.packages()
	if err != nil {
		return probed{}, fmt.Errorf("platform %s: %w", s.Name, err)
	}
	missing := lack{debian: release.debianLike()}
	missing.addPackages(installed, s.Packages)
	p := probed{facts: Facts{Format: Format, Platform: s.Name, OS: release.OS, Root: installed.root, here: true}}
	for _, r := range requests {
		a, err := h.find(ctx, r, &missing)
		if err != nil {
			return probed{}, err
		}
		if a.Executable == "" {
			continue
		}
		if err := p.add(a, r); err != nil {
			return probed{}, fmt.Errorf("platform %s: %w", s.Name, err)
		}
	}
	if err := h.missing(ctx, s.Name, missing); err != nil {
		return probed{}, err
	}
	if err := p.facts.check(); err != nil { // an interpreter that gives strange answers
		return probed{}, fmt.Errorf("platform %s: %w", s.Name, err)
	}
	return p, nil
}

func (l *lack) addPackages(installed packages, wanted []string) {
	if len(wanted) == 0 {
		return
	}
	if installed.status == nil {
		l.add("its packages ("+strings.Join(wanted, ", ")+") are Debian's, and this system has no dpkg", "")
		return
	}
	for _, name := range installed.lacking(wanted) {
		l.add("package "+name+" is not installed", name)
	}
}

// find looks for the interpreter and notes what it lacks; the answer of a missing one is zero. The only error is ctx's.
func (h *host) find(ctx context.Context, r request, missing *lack) (answer, error) {
	var refused []string
	interpreter, headers := r.debianPackages()
	for _, file := range h.candidates(r) {
		a, err := h.ask(ctx, file, r)
		if err == nil {
			if a.Include == "" {
				missing.addHeaders(a, r, headers)
			}
			return a, nil
		}
		if ctx.Err() != nil {
			return answer{}, ctx.Err()
		}
		refused = append(refused, fmt.Sprintf("%s can't be used: %v", file, withoutPath(err)))
	}
	switch {
	case len(refused) > 0:
		missing.add(fmt.Sprintf("%s is not usable (%s)", r.command(), strings.Join(refused, "; ")), interpreter)
	case r.path != "":
		missing.add(r.path+" does not exist", "")
	default:
		missing.add(r.command()+" is not in /usr/bin, /usr/local/bin or PATH", interpreter)
	}
	if headers != "" && missing.debian {
		missing.packages = append(missing.packages, headers) // it will be the next to be missed
	}
	return answer{}, nil
}

// addHeaders names the distribution's package only for the distribution's own interpreter.
func (l *lack) addHeaders(a answer, r request, debianPackage string) {
	problem := fmt.Sprintf("%s (%s) has no Python.h in %s", r.command(), a.Executable, a.IncludeWanted)
	if !strings.Contains(a.Stdlib, "/usr/lib/") {
		debianPackage = ""
		problem += ": its development files are not installed"
	}
	l.add(problem, debianPackage)
}

// withoutPath leaves out the path that its reader was just told.
func withoutPath(err error) error {
	for inner := errors.Unwrap(err); inner != nil && strings.HasPrefix(err.Error(), "fork/exec "); inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

func (p *probed) add(a answer, r request) error {
	name, version, _ := strings.Cut(a.Libc, " ")
	libc := Libc{Name: name, Version: version}
	f := &p.facts
	switch {
	case len(f.Interpreters) == 0:
		f.Arch, f.Libc = a.arch(), libc
	case f.Arch != a.arch() || f.Libc != libc:
		return fmt.Errorf("%s is for %s with %s %s, and those before it for %s with %s %s: make them two platforms",
			r.command(), a.arch(), libc.Name, libc.Version, f.Arch, f.Libc.Name, f.Libc.Version)
	}
	for _, other := range f.Interpreters {
		if other.Target == a.target() {
			return fmt.Errorf("%s is %s, and so is %s", r.command(), a.target(), other.Path)
		}
	}
	f.Interpreters = append(f.Interpreters, a.interpreter())
	p.files = append(p.files, a.Executable)
	if a.Include != "" {
		p.files = append(p.files, filepath.Join(a.Include, "Python.h"))
	}
	return nil
}
