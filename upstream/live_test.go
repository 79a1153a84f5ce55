package upstream

import (
	"errors"
	"os"
	"testing"
	"time"
)

// Asks the index that pip on this machine uses for one small project; only with WHEELYARD_LIVE=1.
func TestLive(t *testing.T) {
	if os.Getenv("WHEELYARD_LIVE") == "" {
		t.Skip("asks the real index: set WHEELYARD_LIVE=1")
	}
	index, err := DefaultIndex(t.Context(), "")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	c, err := New(Options{Index: index, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	p, err := c.Page(t.Context(), "suds-jurko")
	if errors.Is(err, ErrUnreachable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files in %s", len(p.Project.Files), time.Since(start))
	path, err := c.File(t.Context(), p.Project.Files[len(p.Project.Files)-1])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %s", path, time.Since(start))
	again, err := c.Page(t.Context(), "suds-jurko")
	if err != nil || again.Digest != p.Digest || !again.Checked.Equal(p.Checked) {
		t.Errorf("%v, %v", again, err)
	}
}
