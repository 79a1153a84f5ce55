package upstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wheelyard/internal/durable"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
)

// head says how a page was received. The zero value stands for a page that isn't in the cache.
type head struct {
	Checked    time.Time     `json:"checked"`
	Fresh      time.Duration `json:"fresh"`             // in nanoseconds, from Checked on
	Missing    bool          `json:"missing,omitempty"` // upstream has no such project
	APIVersion string        `json:"api-version,omitempty"`
	ETag       string        `json:"etag,omitempty"`
	Modified   string        `json:"last-modified,omitempty"`
	Digest     string        `json:"digest,omitempty"` // of the page's file
	Sum        uint32        `json:"crc32c,omitempty"` // of the page's file: quick to check
}

// usable says whether the entry may be used without asking. One from the future is not: the clock has jumped.
func (e *head) usable(now time.Time, offline bool) bool {
	if e.Checked.IsZero() {
		return false
	}
	return offline || !now.Before(e.Checked) && now.Before(e.Checked.Add(e.Fresh))
}

// conditions ask for the page only if it is another than this one.
func (e *head) conditions() (http.Header, []int) {
	h := http.Header{"Accept": {accept}}
	wanted := []int{http.StatusOK}
	if e.ETag == "" && e.Modified == "" {
		return h, wanted
	}
	if e.ETag != "" {
		h.Set("If-None-Match", e.ETag)
	} else {
		h.Set("If-Modified-Since", e.Modified)
	}
	return h, append(wanted, http.StatusNotModified)
}

func (c *Client) headFile(name project.Name) string {
	return filepath.Join(c.pagesDir, string(name)+".head")
}

func (c *Client) pageFile(name project.Name) string {
	return filepath.Join(c.pagesDir, string(name)+".json")
}

// readHead returns the zero value when there is nothing of use.
func (c *Client) readHead(name project.Name) head {
	text, err := os.ReadFile(c.headFile(name))
	if err != nil {
		return head{}
	}
	var e head
	if json.Unmarshal(text, &e) != nil || !e.Missing && e.Digest == "" {
		return head{}
	}
	return e
}

// cached returns the page that e describes: fs.ErrNotExist when it says that there is none, another error when the page is damaged or gone.
func (c *Client) cached(name project.Name, e head) (Page, error) {
	if e.Missing {
		return Page{}, fmt.Errorf("upstream said on %s: %w", e.Checked.UTC().Format(time.RFC3339), fs.ErrNotExist)
	}
	text, sum, err := readText(c.pageFile(name))
	if err != nil || sum != e.Sum {
		return Page{}, errDamaged // never fs.ErrNotExist: that has a meaning here
	}
	return decoded(text, name, e)
}

// readText reads a file and its checksum.
func readText(path string) (string, uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	var (
		text  strings.Builder
		sum   uint32
		piece = make([]byte, min(st.Size()+1, 1<<16))
	)
	text.Grow(int(st.Size()))
	for {
		n, err := f.Read(piece)
		text.Write(piece[:n])
		sum = crc32.Update(sum, castagnoli, piece[:n])
		if errors.Is(err, io.EOF) {
			return text.String(), sum, nil
		}
		if err != nil {
			return "", 0, err
		}
	}
}

var (
	errDamaged = errors.New("damaged in the cache")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// decoded is the page in that text. What was just received goes the same way, so that it makes no difference where a page came from.
func decoded(text string, name project.Name, e head) (Page, error) {
	p, err := simple.ParseProjectJSON(text)
	if err != nil || p.Name != name {
		return Page{}, errDamaged
	}
	p.APIVersion = e.APIVersion
	return Page{Project: p, Digest: e.Digest, Checked: e.Checked}, nil
}

// store remembers a page and returns it. A cache that can't be written to is no reason to have no page.
func (c *Client) store(name project.Name, p simple.Project, e head) (Page, error) {
	var b bytes.Buffer
	if err := simple.WriteProjectJSON(&b, p); err != nil {
		return Page{}, err
	}
	text := b.Bytes()
	sum := sha256.Sum256(text)
	e.Digest = "sha256:" + hex.EncodeToString(sum[:])
	e.Sum = crc32.Checksum(text, castagnoli)
	if replace(c.pageFile(name), text, pagePerm) == nil {
		c.writeHead(name, e)
	}
	return decoded(string(text), name, e)
}

func (c *Client) writeHead(name project.Name, e head) {
	text, err := json.Marshal(e)
	if err == nil {
		err = replace(c.headFile(name), append(text, '\n'), pagePerm)
	}
	if err != nil {
		os.Remove(c.headFile(name)) // rather none than one that is outdated
	}
}

// cacheError keeps a missing folder of the cache from looking like a file that upstream doesn't have.
func cacheError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("in the cache of upstream: %v", err)
	}
	return fmt.Errorf("in the cache of upstream: %w", err)
}

// pagePerm: others may read pages, as they may all of a yard but its key.
const pagePerm = 0o644

// replace writes a file beside its place and renames it. It doesn't sync: a cache may be lost, and what is damaged is noticed.
func replace(path string, text []byte, perm fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), durable.TempPrefix+"*")
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		f, err = os.CreateTemp(filepath.Dir(path), durable.TempPrefix+"*")
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(perm), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// shortDigest names a folder after what may hold any character.
func shortDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
