package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"wheelyard/build/diagnose"
	"wheelyard/build/env"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/sdist"
	"wheelyard/yard"
)

// build is the way from the order to a wheel that is good. Its errors are for classify.
func (j *job) build(ctx context.Context) error {
	began := time.Now()
	path, err := j.b.Upstream.File(ctx, j.o.Sdist)
	if err != nil {
		return err
	}
	j.sdist = path
	if err := j.unpack(ctx); err != nil {
		return err
	}
	j.took.Fetch = time.Since(began).Milliseconds()
	if j.system, err = readBuildSystem(j.w.path("box", "src")); err != nil {
		return err
	}
	made, err := j.climb(ctx)
	if err != nil {
		return err
	}
	return j.judge(ctx, made)
}

func (j *job) unpack(ctx context.Context) error {
	return j.w.unpack(ctx, j.o.Sdist.Filename, j.sdist, j.sourceTime())
}

const maxPyproject = 1 << 20

// readBuildSystem reads what the source asks for. Without pyproject.toml, it needs a setup.py.
func readBuildSystem(src string) (sdist.BuildSystem, error) {
	root, err := os.OpenRoot(src)
	if err != nil {
		return sdist.BuildSystem{}, err
	}
	defer root.Close()
	text, err := readSmall(root, "pyproject.toml", maxPyproject)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return sdist.BuildSystem{}, badSource("pyproject.toml: %w", err)
	}
	system, err := sdist.ParseBuildSystem(text)
	if err != nil {
		return sdist.BuildSystem{}, fail(yard.SourceFault, "its pyproject.toml is wrong: "+err.Error(), "")
	}
	if system.Backend == legacyBackend {
		if info, err := root.Stat("setup.py"); err != nil || !info.Mode().IsRegular() {
			if text == nil {
				return sdist.BuildSystem{}, fail(yard.SourceFault, "the sdist has neither pyproject.toml nor setup.py: there is no way to build it", "")
			}
		}
	}
	return system, nil
}

const legacyBackend = "setuptools.build_meta:__legacy__"

// readSmall reads a regular file of a folder that a build may have written to.
func readSmall(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", name, limit)
	}
	return b, err
}

// climb tries the build environments, one after the other: as of the later of the sdist's upload and the interpreter's release; then, if it was
// the environment that failed, with the setuptools that it shows to need, and today's. It returns the name of the wheel in box/out/wheels.
func (j *job) climb(ctx context.Context) (made string, err error) {
	var failed []diagnose.Finding
	rungs := j.rungs()
	for i := 0; i < len(rungs); i++ {
		if i > 0 {
			j.log.say("again, with the build requirements %s", rungs[i])
			if err := j.unpack(ctx); err != nil {
				return "", err
			}
		}
		made, err = j.try(ctx, rungs[i])
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		t := Try{AsOf: rungs[i].asOf, Environment: j.environment.Files, Class: yard.Built}
		if err != nil {
			finding := classify(err)
			t.Class, t.Reason = finding.Class, finding.Reason
			failed = append(failed, finding)
		}
		j.tries = append(j.tries, t)
		if t.Class != yard.BuildRequirement {
			return made, err
		}
		j.log.say("%s: %s", t.Class, t.Reason)
		if i == 0 && failed[0].Rule == diagnose.Use2to3 && j.t.Version.Compare(lastWith2to3) < 0 {
			rungs = slices.Insert(rungs, 1, rung{rungs[0].asOf, "setuptools<58"})
		}
	}
	return "", &failure{together(failed)}
}

// together is what several environments failed of: the first one is the one that should have worked, unless there is none as of its date.
func together(failed []diagnose.Finding) diagnose.Finding {
	all := slices.CompactFunc(slices.Clone(failed), func(a, b diagnose.Finding) bool { return a.Reason == b.Reason })
	if len(all) > 1 && all[0].Rule == "" {
		all = append(all[1:], all[0])
	}
	f := all[0]
	for _, other := range all[1:] {
		f.Reason += "; in another environment: " + other.Reason
		f.Advice = cmp.Or(f.Advice, other.Advice)
	}
	return f
}

// lastWith2to3: with Python 3.13, lib2to3 went.
var lastWith2to3 = pep440.MustParse("3.13.dev0")

// rung is a build environment to try: as of a date, and with a requirement more than the sdist has.
type rung struct {
	asOf time.Time
	more string // "": none
}

func (r rung) String() string {
	if r.more != "" {
		return "as of " + r.asOf.Format(time.DateOnly) + " and " + r.more
	}
	return "of " + r.asOf.Format(time.DateOnly)
}

// rungs are the dates. Today is the day's beginning, so that its answers are kept for a day.
func (j *job) rungs() []rung {
	today := j.b.Now().UTC().Truncate(24 * time.Hour)
	first := j.o.Sdist.UploadTime.UTC()
	if j.t.Released.After(first) {
		first = j.t.Released.UTC()
	}
	if first.IsZero() || !first.Before(today) {
		return []rung{{asOf: j.b.Now().UTC().Truncate(time.Hour).Add(time.Hour)}}
	}
	return []rung{{asOf: first}, {asOf: today}}
}

// try builds in one environment.
func (j *job) try(ctx context.Context, r rung) (made string, err error) {
	q := env.Question{Requirements: j.system.Requires, AsOf: r.asOf, Target: j.t}
	if r.more != "" {
		q.Requirements = append(slices.Clone(q.Requirements), r.more)
	}
	j.environment = env.Environment{}
	if err := j.prepare(ctx, q); err != nil {
		return "", err
	}
	more, ran, err := j.requires(ctx)
	if err != nil {
		return "", err
	}
	if len(more) > 0 {
		q.Requirements = append(append([]string(nil), q.Requirements...), more...)
		if err := j.prepare(ctx, q); err != nil {
			return "", err
		}
	}
	if ran { // what the hook left in the source isn't there when its answer is known already
		if err := j.unpack(ctx); err != nil {
			return "", err
		}
	}
	return j.wheelOf(ctx)
}

func (j *job) prepare(ctx context.Context, q env.Question) error {
	began := time.Now()
	e, err := j.b.envs.Get(ctx, q)
	j.took.Environment += time.Since(began).Milliseconds()
	if err != nil {
		return err
	}
	if e.Digest != j.environment.Digest {
		j.log.say("build environment as of %s:", q.AsOf.Format(time.DateOnly))
		for _, f := range e.Files {
			j.log.say("  %s", f.Filename)
		}
	}
	j.environment = e
	return nil
}
