package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"wheelyard/build/env"
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
// the environment that failed, today's. It returns the name of the wheel in box/out/wheels.
func (j *job) climb(ctx context.Context) (made string, err error) {
	for i, asOf := range j.rungs() {
		if i > 0 {
			j.log.say("again, with the build requirements of today")
			if err := j.unpack(ctx); err != nil {
				return "", err
			}
		}
		made, err = j.try(ctx, asOf)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		t := Try{AsOf: asOf, Environment: j.environment.Files, Class: yard.Built}
		if err != nil {
			finding := classify(err)
			t.Class, t.Reason = finding.Class, finding.Reason
		}
		j.tries = append(j.tries, t)
		if t.Class != yard.BuildRequirement {
			return made, err
		}
		j.log.say("%s: %s", t.Class, t.Reason)
	}
	return made, err
}

// rungs are the dates. Today is the day's beginning, so that its answers are kept for a day.
func (j *job) rungs() []time.Time {
	today := j.b.Now().UTC().Truncate(24 * time.Hour)
	first := j.o.Sdist.UploadTime.UTC()
	if j.t.Released.After(first) {
		first = j.t.Released.UTC()
	}
	if first.IsZero() || !first.Before(today) {
		return []time.Time{j.b.Now().UTC().Truncate(time.Hour).Add(time.Hour)}
	}
	return []time.Time{first, today}
}

// try builds in the environment as of a date.
func (j *job) try(ctx context.Context, asOf time.Time) (made string, err error) {
	q := env.Question{Requirements: j.system.Requires, AsOf: asOf, Target: j.t}
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
