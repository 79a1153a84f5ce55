package build

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"time"

	"wheelyard/build/diagnose"
	"wheelyard/build/env"
	"wheelyard/build/inspect"
	"wheelyard/build/sandbox"
	"wheelyard/packaging/sdist"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/upstream"
	"wheelyard/yard"
	"wheelyard/yard/blob"
)

// job is one order being done.
type job struct {
	b       *Builder
	o       plan.Order
	t       platform.Target
	w       *work
	log     *log
	limits  Limits
	started time.Time

	sdist  string // path in the cache of upstream
	system sdist.BuildSystem
	took   yard.Timings
	cpu    time.Duration
	tries  []Try

	environment env.Environment
	said        string // what the last hook printed, as far as it is remembered
	wheel       string // path, when there is one
	file        yard.File
	report      *inspect.Report
}

// failure is an outcome that isn't a wheel.
type failure struct {
	finding diagnose.Finding
}

func (f *failure) Error() string { return string(f.finding.Class) + ": " + f.finding.Reason }

func fail(class yard.Class, reason, advice string) error {
	return &failure{diagnose.Finding{Class: class, Reason: reason, Advice: advice}}
}

func (j *job) run(ctx context.Context, live io.Writer) (Result, error) {
	began := time.Now()
	l, err := newLog(j.w.path("log"), j.limits.Log, live)
	if err != nil {
		return Result{}, err
	}
	j.log = l
	defer l.close()
	l.say("%s %s for %s", j.o.Project, j.o.Version, j.o.Target)
	err = j.build(ctx)
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	finding := diagnose.Finding{Class: yard.Built}
	if err != nil {
		finding = j.pointOut(ctx, classify(err))
	}
	j.conclude(finding)
	if err := l.close(); err != nil {
		return Result{}, err
	}
	j.took.Total = time.Since(began).Milliseconds()
	j.took.CPU = j.cpu.Milliseconds()
	a := j.attempt(finding)
	if a.Log, err = describe(j.w.path("log"), "log"); err != nil {
		return Result{}, err
	}
	r := Result{Attempt: a, Log: j.w.path("log"), Report: j.report, Tries: j.tries}
	if finding.Class == yard.Built {
		r.Wheel = j.wheel
	}
	return r, nil
}

func (j *job) conclude(f diagnose.Finding) {
	if f.Class == yard.Built {
		j.log.say("built %s", j.file.Filename)
		return
	}
	j.log.say("%s: %s", f.Class, f.Reason)
	if f.Advice != "" {
		j.log.say("%s", f.Advice)
	}
}

func (j *job) attempt(f diagnose.Finding) yard.Attempt {
	a := yard.Attempt{
		Order: j.o.Key, Project: j.o.Project, Version: j.o.Version, Target: j.o.Target, BuildNumber: j.o.BuildNumber, Inputs: j.o.Inputs,
		Class: f.Class, Reason: f.Reason, Advice: f.Advice,
		Sdist:       yard.File{Filename: j.o.Sdist.Filename, SHA256: j.o.Sdist.Hashes["sha256"], Size: max(j.o.Sdist.Size, 0)},
		Environment: j.environment.Files, Root: j.t.Root, Started: j.started.UTC(), Took: j.took,
	}
	if n := len(j.tries); n > 0 {
		a.AsOf = j.tries[n-1].AsOf
	}
	if f.Class == yard.Built {
		a.Wheel = j.file
	}
	return a
}

// describe digests a file.
func describe(path, name string) (yard.File, error) {
	sum, size, err := blob.Sum(path)
	return yard.File{Filename: name, SHA256: sum, Size: size}, err
}

// classify turns what went wrong into a finding. Its words may be a stranger's: they are made harmless.
func classify(err error) diagnose.Finding {
	f := finding(err)
	f.Reason, f.Advice = harmless(f.Reason), harmless(f.Advice)
	return f
}

// longest is how many bytes of a reason or an advice are kept: each stands in a record and in tables.
const longest = 1000

func finding(err error) diagnose.Finding {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.finding
	}
	if bad, ok := errors.AsType[*badSourceError](err); ok {
		return diagnose.Finding{Class: yard.SourceFault, Reason: "the sdist can't be unpacked: " + bad.Error()}
	}
	if u, ok := errors.AsType[*env.UnresolvableError](err); ok {
		return diagnose.Finding{Class: yard.BuildRequirement, Reason: u.Error(), Advice: diagnose.RequirementAdvice(u.Reason)}
	}
	if b, ok := errors.AsType[*env.BrokenError](err); ok {
		return diagnose.Finding{Class: yard.BuildRequirement, Reason: b.Error(), Advice: "another version of it may be better"}
	}
	_, hash := errors.AsType[*upstream.HashError](err)
	_, size := errors.AsType[*upstream.SizeError](err)
	f := diagnose.Finding{Class: yard.Infrastructure, Reason: err.Error()}
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		f.Advice = "the disk of the yard is full: make room on it"
	case hash || size:
		f.Advice = "what upstream sends is not what its page promises; it is tried again later"
	}
	return f
}

func harmless(s string) string {
	var b strings.Builder
	c := sandbox.Clean{To: &b}
	c.Write([]byte(strings.ToValidUTF8(s, "\uFFFD")))
	s = strings.Join(strings.Fields(b.String()), " ")
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

// sourceTime is when the sdist was made, as far as its wheel is concerned: all times in the build are that one.
func (j *job) sourceTime() time.Time {
	at := j.o.Sdist.UploadTime.UTC().Truncate(time.Second)
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(first) { // the first that a zip file can have
		return first
	}
	return at
}
