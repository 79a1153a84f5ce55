package simple

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// link is a file as pip sees it.
type link struct {
	URL        string            `json:"url"`
	Filename   string            `json:"filename"`
	Python     string            `json:"requires_python"`
	Yanked     *string           `json:"yanked"`
	Hashes     map[string]string `json:"hashes"`
	Core       bool              `json:"core_metadata"`
	CoreHashes map[string]string `json:"core_metadata_hashes"`
	UploadTime *float64          `json:"upload_time"`
}

func fromFile(t *testing.T, base *url.URL, f File) link {
	l := link{
		URL: resolved(t, base, f.URL), Filename: f.Filename, Python: f.RequiresPython, Hashes: f.Hashes,
		Core: f.CoreMetadata, CoreHashes: f.CoreMetadataHashes,
	}
	if f.Yanked {
		l.Yanked = &f.YankedReason
	}
	if !f.UploadTime.IsZero() {
		at := float64(f.UploadTime.UnixMicro()) / float64(time.Second/time.Microsecond)
		l.UploadTime = &at
	}
	if l.Hashes == nil {
		l.Hashes = map[string]string{}
	}
	if l.CoreHashes == nil {
		l.CoreHashes = map[string]string{}
	}
	return l
}

// resolved spells a URL in one way, so that different ways of escaping compare equal.
func resolved(t *testing.T, base *url.URL, s string) string {
	u, err := base.Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return fmt.Sprintf("%s://%s%s?%s", u.Scheme, u.Host, u.Path, u.RawQuery)
}

// isArchive leaves out the links that neither pip nor anyone else takes for a distribution.
func isArchive(filename string) bool {
	return strings.HasSuffix(filename, ".whl") || strings.HasSuffix(filename, ".zip") || strings.HasSuffix(filename, ".tar.gz")
}

func TestAgainstPip(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Pip, URL string
		Pages    []struct {
			Type, Page string
			Links      []link
		}
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(vectors.URL)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, v := range vectors.Pages {
		var p Project
		if v.Type == TypeJSON {
			p, err = ReadProjectJSON([]byte(v.Page))
		} else {
			p, err = ReadProjectHTML([]byte(v.Page), "demo")
		}
		if err != nil {
			t.Errorf("%s\n%v", v.Page, err)
			continue
		}
		var got, want []link
		for _, f := range p.Files {
			if isArchive(f.Filename) {
				got = append(got, fromFile(t, base, f))
			}
		}
		for _, l := range v.Links {
			if isArchive(l.Filename) {
				l.URL = resolved(t, base, l.URL)
				want = append(want, l)
			}
		}
		compared += len(want)
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-5 })
		if diff := cmp.Diff(want, got, near); diff != "" {
			t.Errorf("%s\nunlike pip %s (-pip +here):\n%s", v.Page, vectors.Pip, diff)
		}
	}
	if compared < 300 {
		t.Errorf("only %d links compared", compared)
	}
}
