package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// reader is a running `git cat-file`, asked and answering in turn. It ends by itself when this process does, since its input ends then.
type reader struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said *tail
	stop sync.Once
}

// brokenError: the reader doesn't answer as it should, and is of no more use.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// ask has f talk to the reader, nobody else at the same time. A reader that dies, as it does of a damaged object, is started anew, and
// f is called once more. When the context ends, its error is returned.
func (m *Mirror) ask(ctx context.Context, f func(*reader) error) error {
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		return ended(ctx)
	}
	defer func() { <-m.turn }()
	var err error
	for range 2 {
		if err := ended(ctx); err != nil {
			return err
		}
		if m.reader == nil {
			if m.reader, err = m.startReader(); err != nil {
				return err
			}
		}
		err = m.askOnce(ctx, f)
		if _, broken := errors.AsType[*brokenError](err); !broken {
			return err
		}
	}
	return err
}

// askOnce leaves no reader behind that isn't ready for the next question.
func (m *Mirror) askOnce(ctx context.Context, f func(*reader) error) error {
	r := m.reader
	unhook := context.AfterFunc(ctx, r.kill)
	err := f(r)
	inTime := unhook()
	broken, isBroken := errors.AsType[*brokenError](err)
	if inTime && !isBroken {
		return err
	}
	m.reader = nil
	r.end()
	if !inTime && isBroken {
		return ended(ctx)
	}
	if isBroken {
		broken.err = r.failure(broken.err, m.at.secrets)
	}
	return err
}

func (m *Mirror) startReader() (*reader, error) {
	c := m.local("cat-file", "--batch-command", "--follow-symlinks")
	r := &reader{cmd: c.prepare(), said: &tail{}}
	r.cmd.Stderr = r.said
	r.cmd.WaitDelay = time.Second
	in, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.in, r.out = in, bufio.NewReaderSize(out, 64<<10)
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return r, nil
}

func (r *reader) kill() { unix.Kill(-r.cmd.Process.Pid, unix.SIGKILL) }

// end kills it, and returns when it is dead. nil has none.
func (r *reader) end() {
	if r == nil {
		return
	}
	r.stop.Do(func() {
		r.in.Close()
		r.cmd.Process.Kill()
		r.cmd.Wait()
	})
}

// failure is what the reader said before it died; in place of that its output ended.
func (r *reader) failure(err error, secrets []string) error {
	if said := harmless(string(r.said.kept), secrets); said != "" {
		return &Error{Command: "cat-file", Status: -1, Said: said}
	}
	return fmt.Errorf("git cat-file: %w", err)
}

func broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &brokenError{err}
}

// maxLine is above any answer: the longest name that is asked for, and some words.
const maxLine = 64 << 10

func (r *reader) line() (string, error) {
	line, err := r.out.ReadSlice('\n')
	if err != nil {
		return "", broken(err)
	}
	return strings.TrimSuffix(string(line), "\n"), nil
}

// object is what git knows of one without reading it. kind is "blob", "tree", "commit", "tag"; or why there is none.
type object struct {
	id   ID
	kind string
	size int64
}

// errMissing is about an object, which a path may lead to nevertheless.
var errMissing = fmt.Errorf("the object is missing: %w", fs.ErrNotExist)

// info asks for an object. name is an ID, ID^{commit} or ID:path, with links followed within the commit. errMissing: there is none;
// another fs.ErrNotExist: the path leads nowhere.
func (r *reader) info(name string) (object, error) {
	if len(name) > maxLine/2 || strings.ContainsAny(name, "\n\x00") {
		return object{}, fs.ErrNotExist
	}
	if _, err := io.WriteString(r.in, "info "+name+"\n"); err != nil {
		return object{}, broken(err)
	}
	line, err := r.line()
	if err != nil {
		return object{}, err
	}
	if line == name+" missing" {
		return object{}, errMissing
	}
	words := strings.Split(line, " ")
	if len(words) == 2 { // a link: "symlink SIZE", and a line of so many bytes
		return object{}, r.link(words[0], words[1])
	}
	if len(words) == 3 && ID(words[0]).valid() {
		if size, err := strconv.ParseInt(words[2], 10, 64); err == nil {
			return object{id: ID(words[0]), kind: words[1], size: size}, nil
		}
	}
	return object{}, broken(fmt.Errorf("the answer %q is not understood", clip(line, 100)))
}

// link reads the rest of the answer for a path with a link in it that doesn't lead to a file.
func (r *reader) link(what, length string) error {
	n, err := strconv.ParseInt(length, 10, 32)
	if err != nil || n > maxLine {
		return broken(fmt.Errorf("the answer %q is not understood", clip(what+" "+length, 100)))
	}
	if _, err := r.out.Discard(int(n) + 1); err != nil {
		return broken(err)
	}
	switch what {
	case "dangling", "notdir":
		return fs.ErrNotExist
	case "symlink":
		return errors.New("it is a link that leads out of the repository")
	case "loop":
		return errors.New("it is a link that leads to itself")
	}
	return broken(fmt.Errorf("the answer %q is not understood", clip(what, 100)))
}

// contents reads an object that info has found.
func (r *reader) contents(o object) ([]byte, error) {
	if _, err := io.WriteString(r.in, "contents "+string(o.id)+"\n"); err != nil {
		return nil, broken(err)
	}
	line, err := r.line()
	if err != nil {
		return nil, err
	}
	if line != fmt.Sprintf("%s %s %d", o.id, o.kind, o.size) {
		return nil, broken(fmt.Errorf("the answer %q is not understood", clip(line, 100)))
	}
	data := make([]byte, o.size+1)
	if _, err := io.ReadFull(r.out, data); err != nil {
		return nil, broken(err)
	}
	return data[:o.size], nil
}

// peel finds the commit behind a tag; empty: it is a tag of something else.
func (r *reader) peel(id ID) (ID, error) {
	o, err := r.info(string(id) + "^{commit}")
	if errors.Is(err, fs.ErrNotExist) {
		_, err = r.info(string(id)) // that it isn't missing itself
	}
	return o.id, err
}
