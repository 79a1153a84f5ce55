// Package env makes build environments: virtual environments that hold what a build backend needs, and nothing of the system's own packages.
//
// What always holds:
//
//   - only wheels come in, each fetched by its SHA-256; nothing of them is run outside of a sandbox;
//   - which ones is written down first, as a lock (pylock.toml, PEP 751), resolved by uv as of a date;
//   - an environment never changes once it is there, and is named by the digest of its lock and its interpreter;
//   - the same question to the same index, as of the same date, is answered from the cache without starting a program.
//
// Below the yard's folder, all of which may be deleted while nothing runs:
//
//	tools/uv-VERSION-SHA256/uv     the program, out of its wheel
//	tools/uv-cache/                its cache
//	envs/locks/DIGEST.toml         the lock that answers a question
//	envs/DIGEST/pylock.toml, venv/ an environment
package env

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"

	"wheelyard/build/sandbox"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// At is where an environment is inside a sandbox.
const At = "/env"

// Python is its interpreter there, and Path the PATH of programs that run in it.
const (
	Python = At + "/bin/python"
	Path   = At + "/bin:/usr/bin:/bin"
)

// Store makes environments and keeps them. Its methods may be called from any number of goroutines; its fields don't change any more then.
type Store struct {
	Upstream *upstream.Client
	Index    string // address that uv asks; may hold a name and password
	Dir      string // the yard's folder
	Sandbox  *sandbox.Sandbox

	most    wheel.Limits // of each wheel; zero: the usual ones
	flights singleflight.Group
}

// Question is what an environment shall hold.
type Question struct {
	Requirements []string  // PEP 508
	AsOf         time.Time // what was uploaded later isn't looked at; zero: everything is
	Target       platform.Target
}

// Environment is one that is there.
type Environment struct {
	Digest string
	Dir    string // the virtual environment; to be shown at At, read-only
	Files  []yard.File
}

// UnresolvableError: the requirements can't be met by wheels for the target as of the date.
type UnresolvableError struct {
	Question Question
	Reason   string // as uv says it, one line
}

func (e *UnresolvableError) Error() string {
	when := ""
	if !e.Question.AsOf.IsZero() {
		when = " as of " + e.Question.AsOf.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("no set of wheels meets the build requirements %q%s: %s", e.Question.Requirements, when, e.Reason)
}

// Get returns the environment that answers the question, made if need be. The errors: *UnresolvableError; *BrokenError; those of upstream; the end of ctx.
func (s *Store) Get(ctx context.Context, q Question) (Environment, error) {
	q.Requirements = slices.Clone(q.Requirements)
	slices.Sort(q.Requirements)
	q.Requirements = slices.Compact(q.Requirements)
	l, err := s.Lock(ctx, q)
	if err != nil {
		return Environment{}, err
	}
	return s.environment(ctx, l, q.Target)
}

// environment makes the environment of a lock, or finds it.
func (s *Store) environment(ctx context.Context, l Lock, t platform.Target) (Environment, error) {
	digest := l.digest(t)
	dir := filepath.Join(s.Dir, "envs", digest)
	e := Environment{Digest: "sha256:" + digest, Dir: filepath.Join(dir, "venv"), Files: l.files()}
	if exists(dir) {
		return e, nil
	}
	_, err, _ := s.flights.Do(digest, func() (any, error) {
		if exists(dir) {
			return nil, nil
		}
		return nil, s.install(ctx, l, t, dir)
	})
	if err != nil {
		return Environment{}, fmt.Errorf("making the build environment: %w", err)
	}
	return e, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// digest names the environment: by its files and its interpreter, whatever the question was.
func (l Lock) digest(t platform.Target) string {
	return digest("environment 1", l.files(), interpreter(t))
}

// interpreter identifies it, as far as environments depend on it.
func interpreter(t platform.Target) []string {
	return []string{t.Python, t.Version.String(), t.Arch, t.Libc.Name, t.Libc.Version, t.Path}
}

// digest is that of the values as JSON.
func digest(values ...any) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // only values of this package
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
