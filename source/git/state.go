package git

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wheelyard/internal/durable"
)

// State is where the branches and tags stood when a fetch was last complete. It may be shared: nothing in it is to be changed.
type State struct {
	Format   int       `json:"format"`
	Location string    `json:"location"` // without credentials
	Checked  time.Time `json:"checked"`  // when the remote last confirmed it
	Refs     []Ref     `json:"refs"`     // by name
}

// Ref is a branch or a tag.
type Ref struct {
	Name   string    `json:"name"`             // refs/heads/stable/x
	Object ID        `json:"object"`           // a commit, or an annotated tag
	Commit ID        `json:"commit,omitempty"` // what it comes down to; empty: a tag of something else
	Gone   time.Time `json:"gone,omitzero"`    // since when upstream doesn't have it any more, as far as we asked; zero: it has it
}

const stateFormat = 1

func (m *Mirror) path(name ...string) string {
	return filepath.Join(append([]string{m.o.Dir}, name...)...)
}

func (m *Mirror) repository() string { return m.path("repository") }

// knownState is a state that was read, and the file that it was read from: a file that is replaced is another one.
type knownState struct {
	file  fs.FileInfo
	state *State
}

// State reads what the last complete fetch found, by whatever process. It wraps fs.ErrNotExist when there was none.
func (m *Mirror) State() (*State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := os.Open(m.path("state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s was never fetched: %w", m.at.shown, fs.ErrNotExist)
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if k := m.known; k.file != nil && os.SameFile(k.file, info) && k.file.ModTime().Equal(info.ModTime()) && k.file.Size() == info.Size() {
		return k.state, nil
	}
	s := &State{}
	if err := json.NewDecoder(f).Decode(s); err != nil {
		return nil, fmt.Errorf("%s is damaged; the folder may be deleted, to be fetched anew: %w", f.Name(), err)
	}
	if s.Format != stateFormat {
		return nil, fmt.Errorf("%s has format %d: this version reads %d", f.Name(), s.Format, stateFormat)
	}
	m.known = knownState{file: info, state: s}
	return s, nil
}

func (m *Mirror) writeState(s *State) error {
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	_, err = durable.WriteFile(m.path("state.json"), append(text, '\n'), 0o644)
	return err
}

// find is nil when there never was such a ref.
func (s *State) find(name string) *Ref {
	i, ok := slices.BinarySearchFunc(s.Refs, name, func(r Ref, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return nil
	}
	return &s.Refs[i]
}

// matches says whether a remote with these heads has nothing new.
func (s *State) matches(heads map[string]ID) bool {
	n := 0
	for _, r := range s.Refs {
		if !r.Gone.IsZero() {
			continue
		}
		if n++; heads[r.Name] != r.Object {
			return false
		}
	}
	return n == len(heads)
}

// believes refuses heads that are none where there were some. That is what git makes of a web page of one line, such as an apology, in the place
// of the repository; that somebody deletes the last branch is less likely, and changes nothing of what can be read.
func (s *State) believes(heads map[string]ID) error {
	if len(heads) > 0 || s.matches(heads) {
		return nil
	}
	return errors.New("it lists no branches and tags at all, and it did before: all are kept as they were")
}

// Change is what a fetch found of one branch or tag.
type Change struct {
	Ref      string // refs/heads/stable/x
	Old, New ID     // commits. Old is empty: there was none; New is empty: it is gone. Both alike: it is back, or is another tag of the commit
}

// next is the state after a fetch: heads are what the remote has, got what was fetched of them; of the others nothing has moved.
func (s *State) next(heads map[string]ID, got map[string]Ref, now time.Time, most int) (*State, []Change) {
	n := &State{Format: stateFormat, Checked: now}
	var changes []Change
	for _, old := range s.Refs {
		if _, there := heads[old.Name]; there {
			continue
		}
		if old.Gone.IsZero() {
			old.Gone = now
			changes = append(changes, Change{Ref: old.Name, Old: old.Commit})
		}
		n.Refs = append(n.Refs, old)
	}
	n.Refs = lastGone(n.Refs, most)
	for name := range heads {
		was := s.find(name)
		r, moved := got[name]
		if !moved {
			n.Refs = append(n.Refs, *was)
			continue
		}
		n.Refs = append(n.Refs, r)
		if was == nil {
			changes = append(changes, Change{Ref: name, New: r.Commit})
		} else if was.Object != r.Object || !was.Gone.IsZero() {
			changes = append(changes, Change{Ref: name, Old: was.Commit, New: r.Commit})
		}
	}
	slices.SortFunc(n.Refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Ref, b.Ref) })
	return n, changes
}

// lastGone forgets what is gone longest, if it is too much.
func lastGone(gone []Ref, most int) []Ref {
	slices.SortStableFunc(gone, func(a, b Ref) int { return a.Gone.Compare(b.Gone) })
	return last(gone, most)
}
