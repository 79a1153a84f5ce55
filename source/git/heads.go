package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Heads asks the remote for the objects of its branches and tags, by their full names: refs/heads/stable/x. Nothing is fetched or written.
// An *Error when the remote can't be reached or refuses.
func (m *Mirror) Heads(ctx context.Context) (map[string]ID, error) {
	ctx, done, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	heads, err := m.heads(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", m.at.shown, err)
	}
	return heads, nil
}

// Moved asks the remote, as Heads does, whether Fetch would find anything new.
func (m *Mirror) Moved(ctx context.Context) (bool, error) {
	heads, err := m.Heads(ctx)
	if err != nil {
		return false, err
	}
	s, err := m.State()
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err == nil {
		err = s.believes(heads)
	}
	if err != nil {
		return false, fmt.Errorf("asking %s: %w", m.at.shown, err)
	}
	return !s.matches(heads), nil
}

// lsRemoteSize bounds what ls-remote may print for one ref: the longest name that is taken, and the ID, twice for an annotated tag.
const lsRemoteSize = 2 << 10

func (m *Mirror) heads(ctx context.Context) (map[string]ID, error) {
	c := m.remote("ls-remote", "--quiet", "--heads", "--tags", "--", remoteName)
	c.limit = max(1<<20, m.o.MaxRefs*lsRemoteSize)
	out, err := run(ctx, c)
	if errors.Is(err, errOutput) {
		return nil, fmt.Errorf("there are far more than %d branches and tags", m.o.MaxRefs)
	}
	if err != nil {
		return nil, err
	}
	return parseHeads(out, m.o.MaxRefs)
}

// remoteName stands for the address in git's arguments, so that the address is never taken for an option nor seen in the list of processes.
const remoteName = "source"

// remote is a run of git that asks the remote.
func (m *Mirror) remote(args ...string) command {
	c := command{program: m.o.Program, args: args, secrets: m.at.secrets, config: []setting{
		{"remote." + remoteName + ".url", m.at.address},
		{"remote." + remoteName + ".tagOpt", "--no-tags"},
	}}
	if m.at.header != "" {
		c.config = append(c.config, setting{"http.extraHeader", m.at.header})
	}
	if m.at.local {
		// Who owns the repository doesn't matter: whoever configured its path has chosen it, and none of its hooks run. Git passes no
		// setting on to this program, and hands the text to a shell.
		c.config = append(c.config, setting{"remote." + remoteName + ".uploadpack",
			shellQuote(m.o.Program) + " -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false upload-pack"})
	}
	return c
}
