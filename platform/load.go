package platform

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"wheelyard/internal/durable"
)

// Load is Probe, remembered in file. What is remembered counts while the question is the same (s, PATH, the kernel, the
// script), the interpreters' files are (path, size, time, inode), and so are the system's packages. A file that can't
// be read or written costs only time.
func Load(ctx context.Context, s Spec, file string) (Facts, error) {
	f, err := thisHost().load(ctx, s, file)
	if err != nil {
		return Facts{}, err
	}
	return f.withTags()
}

// memory is the content of Load's file. Tags are not in it: they are computed, not probed.
type memory struct {
	Question string  `json:"question"`
	Files    []stamp `json:"files"`
	Facts    Facts   `json:"facts"`
}

// stamp tells one state of a file from another.
type stamp struct {
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	Time  int64  `json:"time"` // nanoseconds
	Inode uint64 `json:"inode"`
}

func (h *host) load(ctx context.Context, s Spec, file string) (Facts, error) {
	question := h.question(s)
	if f, ok := h.recall(question, file); ok {
		return f, nil
	}
	p, err := h.probe(ctx, s)
	if err != nil {
		return Facts{}, err
	}
	m := memory{Question: question, Facts: p.facts}
	for _, path := range p.files {
		st, ok := stampOf(path)
		if !ok {
			return p.facts, nil // it went away meanwhile: the next one will see
		}
		m.Files = append(m.Files, st)
	}
	if text, err := json.Marshal(m); err == nil {
		_, _ = durable.WriteFile(file, text, 0o644) // see Load
	}
	return p.facts, nil
}

func (h *host) recall(question, file string) (Facts, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Facts{}, false
	}
	var m memory
	if json.Unmarshal(text, &m) != nil || m.Question != question || len(m.Files) == 0 || m.Facts.check() != nil {
		return Facts{}, false
	}
	for _, was := range m.Files {
		if is, ok := stampOf(was.Path); !ok || is != was {
			return Facts{}, false
		}
	}
	installed, err := h.packages()
	if err != nil || installed.root != m.Facts.Root {
		return Facts{}, false
	}
	m.Facts.here = true
	return m.Facts, true
}

// question digests what the answer depends on, besides files and packages.
func (h *host) question(s Spec) string {
	var uts unix.Utsname
	_ = unix.Uname(&uts) // cannot fail with a good address
	kernel := string(slices.Concat(uts.Sysname[:], uts.Release[:], uts.Version[:], uts.Machine[:]))
	text, _ := json.Marshal([]any{Format, s, h.root, h.path, h.asRoot, kernel, script}) // strings and numbers only
	return sum(text)
}

func stampOf(path string) (stamp, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, false
	}
	st := stamp{Path: path, Size: info.Size(), Time: info.ModTime().UnixNano()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		st.Inode = sys.Ino
	}
	return st, !strings.HasSuffix(path, "/")
}
