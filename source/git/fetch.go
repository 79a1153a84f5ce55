package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wheelyard/internal/durable"
)

// Fetch brings the mirror up to date, and makes it first if need be. It tells what has changed, by name of the ref; nil: nothing has.
// After an error the mirror is as it was: an *Error for what git couldn't do. If another process fetches, Fetch waits for it. Repeatable.
//
// A server on http that stalls for a minute is given up; else only the context limits the time.
func (m *Mirror) Fetch(ctx context.Context) ([]Change, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	lock, err := m.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	changes, err := m.fetch(ctx, lock)
	if e, ok := errors.AsType[*Error](err); ok && strings.Contains(e.Said, "couldn't find remote ref") {
		changes, err = m.fetch(ctx, lock) // it went after it was listed
	}
	if err != nil {
		m.sweep() // a full disk needs the space
		return nil, fmt.Errorf("fetching %s: %w", m.at.shown, err)
	}
	m.pack(ctx, lock)
	return changes, nil
}

func (m *Mirror) fetch(ctx context.Context, lock *os.File) ([]Change, error) {
	if err := m.sweep(); err != nil {
		return nil, err
	}
	old, err := m.State()
	if errors.Is(err, fs.ErrNotExist) {
		old = &State{}
	} else if err != nil {
		return nil, err
	}
	heads, err := m.heads(ctx)
	if err != nil {
		return nil, err
	}
	if err := old.believes(heads); err != nil {
		return nil, err
	}
	fresh, err := m.prepare(ctx, heads)
	if err != nil {
		return nil, err
	}
	if fresh {
		old = &State{} // what is gone, is lost
	}
	names := m.missing(old, heads)
	if err := m.transfer(ctx, lock, names); err != nil {
		return nil, err
	}
	got, err := m.fetched(ctx, names)
	if err != nil {
		return nil, err
	}
	next, changes := old.next(heads, got, m.o.Now().UTC(), m.o.MaxRefs)
	next.Location = m.at.shown
	return changes, m.writeState(next)
}

// prepare makes the repository, unless it is there or there is nothing to put into it.
func (m *Mirror) prepare(ctx context.Context, heads map[string]ID) (fresh bool, err error) {
	format := "sha1"
	for _, id := range heads {
		if len(id) == 64 {
			format = "sha256"
		}
		break
	}
	have, err := m.format()
	switch {
	case len(heads) == 0 || err == nil && have == format:
		return false, nil
	case err == nil:
		return false, fmt.Errorf("it has %s objects, the mirror in %s has %s: delete that folder to begin anew", format, m.o.Dir, have)
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	dir, err := os.MkdirTemp(m.o.Dir, durable.TempPrefix+"*")
	if err != nil {
		return false, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return false, err
	}
	c := command{program: m.o.Program, args: []string{"init", "--quiet", "--bare", "--template=", "--object-format=" + format}, dir: dir, limit: 1 << 10}
	if _, err := run(ctx, c); err != nil {
		return false, err
	}
	if err := errors.Join(keepAll(dir), settle(dir)); err != nil {
		return false, err
	}
	if err := os.Rename(dir, m.repository()); err != nil {
		return false, err
	}
	return true, durable.SyncDir(m.o.Dir)
}

// keepAll is for those who run git in there by hand.
func keepAll(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "config"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("[gc]\n\tauto = 0\n\tpruneExpire = never\n")
	return errors.Join(err, f.Close())
}

// format is the repository's kind of objects; fs.ErrNotExist when there is none.
func (m *Mirror) format() (string, error) {
	config, err := os.ReadFile(m.path("repository", "config"))
	if err != nil {
		return "", err
	}
	if bytes.Contains(bytes.ToLower(config), []byte("objectformat = sha256")) {
		return "sha256", nil
	}
	return "sha1", nil
}

// missing are the names of the refs to fetch, in order. Of a source without its whole history that is all, for it may have got more of it.
func (m *Mirror) missing(old *State, heads map[string]ID) []string {
	all := m.isShallow()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(heads)) {
		if r := old.find(name); all || r == nil || r.Object != heads[name] || !r.Gone.IsZero() {
			names = append(names, name)
		}
	}
	return names
}

func (m *Mirror) isShallow() bool {
	_, err := os.Stat(m.path("repository", "shallow"))
	return err == nil
}

// transfer fetches the objects of refs. Git checks that they are complete before it sets any tip.
func (m *Mirror) transfer(ctx context.Context, lock *os.File, names []string) error {
	if len(names) == 0 {
		return nil
	}
	args := []string{"fetch", "--quiet", "--stdin", "--no-tags", "--atomic", "--no-write-fetch-head", "--no-auto-maintenance",
		"--no-recurse-submodules", "--no-show-forced-updates", "--update-shallow"}
	if m.isShallow() {
		args = append(args, "--unshallow") // as much as the source has now
	}
	c := m.remote(append(args, "--", remoteName)...)
	c.dir, c.lock, c.maxFile, c.limit = m.repository(), lock, m.o.MaxPack, 1<<20
	var refspecs strings.Builder
	for _, name := range names {
		fmt.Fprintf(&refspecs, "+%s:%s\n", name, tipOf(name))
	}
	c.stdin = refspecs.String()
	if _, err := run(ctx, c); err != nil {
		if m.isOverfull() {
			err = fmt.Errorf("it brings more than %d bytes: %w", m.o.MaxPack, err)
		}
		return err
	}
	return durable.SyncDir(m.path("repository", "objects", "pack")) // git syncs its files, not their names
}

// isOverfull says whether a pack stopped growing at the limit; git's own words don't.
func (m *Mirror) isOverfull() bool {
	entries, _ := os.ReadDir(m.path("repository", "objects", "pack"))
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		info, err := e.Info()
		return err == nil && unfinished(m.path("repository", "objects", "pack", e.Name())) && info.Size() >= m.o.MaxPack
	})
}

// fetched are the refs as they are in the repository now: the remote may have moved on since it was asked.
func (m *Mirror) fetched(ctx context.Context, names []string) (map[string]Ref, error) {
	if len(names) == 0 {
		return nil, nil
	}
	objects, err := m.tips(ctx)
	if err != nil {
		return nil, err
	}
	got := map[string]Ref{}
	err = m.ask(ctx, func(r *reader) error {
		for _, name := range names {
			object, ok := objects[tipOf(name)]
			if !ok {
				return fmt.Errorf("git fetch didn't bring %s", name)
			}
			commit, err := r.peel(object)
			if err != nil {
				return err
			}
			got[name] = Ref{Name: name, Object: object, Commit: commit}
		}
		return nil
	})
	return got, err
}

// tips are the refs of the repository, with their objects.
func (m *Mirror) tips(ctx context.Context) (map[string]ID, error) {
	c := m.local("for-each-ref", "--format=%(refname) %(objectname)", tips)
	c.limit = 64 << 20
	out, err := run(ctx, c)
	if err != nil {
		return nil, err
	}
	all := map[string]ID{}
	for line := range strings.Lines(string(out)) {
		name, id, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ID(id).valid() {
			return nil, fmt.Errorf("git for-each-ref: %q has no object", line)
		}
		all[name] = ID(id)
	}
	return all, nil
}

// local is a run of git in our own repository.
func (m *Mirror) local(args ...string) command {
	return command{program: m.o.Program, args: args, dir: m.repository(), limit: 1 << 20}
}

// settle makes sure that a new repository is on the disk.
func settle(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
}
