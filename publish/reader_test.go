package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wheelyard/index"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// client reads a tree through package index, as pip would.
type client struct {
	t       testing.TB
	handler http.Handler
	format  string
}

func (s *shop) client(format string) *client {
	s.t.Helper()
	h, err := index.Handler(s.Dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{s.t, h, format}
}

// get is the contents at an address, nil when there is nothing.
func (c *client) get(address string) []byte {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Accept", c.format)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	switch w.Code {
	case http.StatusOK:
		return w.Body.Bytes()
	case http.StatusNotFound:
		return nil
	}
	c.t.Errorf("%s: status %d", address, w.Code)
	return nil
}

const rootAddress = "/" + platform + "/simple/"

// projects are those of the root page; nil when there is none.
func (c *client) projects() []string {
	text := c.get(rootAddress)
	if text == nil {
		return nil
	}
	read := simple.ReadRootHTML
	if c.format == simple.TypeJSON {
		read = simple.ReadRootJSON
	}
	root, err := read(text)
	if err != nil {
		c.t.Errorf("the root page: %v", err)
	}
	return root.Projects
}

// page is a project's page; ok is false when there is none.
func (c *client) page(name string) (p simple.Project, ok bool) {
	text := c.get(rootAddress + name + "/")
	if text == nil {
		return p, false
	}
	var err error
	if c.format == simple.TypeJSON {
		p, err = simple.ReadProjectJSON(text)
	} else {
		p, err = simple.ReadProjectHTML(text, project.Name(name))
	}
	if err != nil {
		c.t.Errorf("the page of %s: %v", name, err)
	}
	return p, true
}

// misses are the things that the pages name and that are not there, or are not what they should be.
func (c *client) misses() []string {
	var misses []string
	for _, name := range c.projects() {
		p, ok := c.page(name)
		if !ok {
			misses = append(misses, name)
		}
		for _, f := range p.Files {
			address := rootAddress + name + "/" + f.URL
			if !sumIs(c.get(address), f.Hashes) {
				misses = append(misses, name+" "+f.Filename)
			}
			if !f.CoreMetadata || !sumIs(c.get(address+".metadata"), f.CoreMetadataHashes) {
				misses = append(misses, name+" "+f.Filename)
			}
		}
	}
	return misses
}

func sumIs(contents []byte, hashes map[string]string) bool {
	sum := sha256.Sum256(contents)
	return contents != nil && hashes["sha256"] == hex.EncodeToString(sum[:])
}

// named are the things that the pages name now.
func (c *client) named() map[string]bool {
	all := map[string]bool{}
	for _, name := range c.projects() {
		all[name] = true
		p, _ := c.page(name)
		for _, f := range p.Files {
			all[name+" "+f.Filename] = true
		}
	}
	return all
}

func formats() []string { return []string{simple.TypeJSON, simple.TypeHTML} }

// sound: whoever reads the tree at rest finds all that is named.
func (s *shop) sound(when string) {
	s.t.Helper()
	for _, format := range formats() {
		if m := s.client(format).misses(); len(m) > 0 {
			s.t.Errorf("%s: missing are %q", when, m)
		}
	}
}

// while reads until the work is done, and once more.
func while(work func(), read func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	for {
		select {
		case <-done:
			read()
			return
		default:
			read()
		}
	}
}

// steps are the names of wheels that come one after the other, of several versions and projects.
func steps() (names []string) {
	for i := range 24 {
		names = append(names, fmt.Sprintf("p%d-1.%d", i%5, i))
	}
	return names
}

// TestReaderWhileMoreComes: nothing is missing at any time.
func TestReaderWhileMoreComes(t *testing.T) {
	for _, format := range formats() {
		s := newShop(t)
		s.offer()
		c := s.client(format)
		while(func() {
			for i := range steps() {
				s.offer(steps()[:i+1]...)
			}
		}, func() {
			if m := c.misses(); len(m) > 0 {
				t.Errorf("missing are %q", m)
			}
		})
		if n := len(c.named()); n != 24+5 {
			t.Errorf("%d things are named in the end", n)
		}
	}
}

// TestReaderWhileThingsGo: what is missing is named no more when one looks again.
func TestReaderWhileThingsGo(t *testing.T) {
	for _, format := range formats() {
		s := newShop(t)
		s.offer(steps()...)
		c := s.client(format)
		while(func() {
			for i := range steps() {
				s.offer(steps()[i+1:]...)
			}
		}, func() {
			if m := c.misses(); len(m) > 0 {
				named := c.named()
				if m = slices.DeleteFunc(m, func(name string) bool { return !named[name] }); len(m) > 0 {
					t.Errorf("missing, and named still, are %q", m)
				}
			}
		})
		if n := len(c.named()); n != 0 || c.projects() == nil && c.get(rootAddress) == nil {
			t.Errorf("%d things are named in the end", n)
		}
	}
}

// TestCallsAtOnce: each project of many calls is there in the end.
func TestCallsAtOnce(t *testing.T) {
	s := newShop(t)
	names := []string{"a-1.0", "b-1.0", "c-1.0", "d-1.0", "e-1.0", "f-1.0"}
	wheels := s.wheels(names...)
	errs := make(chan error)
	for i := range names {
		go func() { errs <- s.Project(t.Context(), platform, project.Name(names[i][:1]), wheels[i:i+1]) }()
	}
	for range names {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	s.sound("in the end")
	if got := slices.Sorted(maps.Keys(s.client(simple.TypeJSON).named())); len(got) != 12 {
		t.Errorf("named are %q", got)
	}
}

// TestReaderSeesWhatIsMissing keeps the reader honest.
func TestReaderSeesWhatIsMissing(t *testing.T) {
	s := newShop(t)
	s.offer("a-1.0", "b-1.0")
	for _, name := range []string{"a/a-1.0-cp311-cp311-linux_x86_64.whl", "b/b-1.0-cp311-cp311-linux_x86_64.whl.metadata"} {
		if err := os.Remove(filepath.Join(s.Dir, platform, "simple", name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range formats() {
		if m := s.client(format).misses(); len(m) != 2 {
			t.Errorf("missing are %q", m)
		}
	}
}
