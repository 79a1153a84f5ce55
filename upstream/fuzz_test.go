package upstream

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/simple"
)

// FuzzParse: whatever a server answers is an error or the page of the project that was asked for, with files that can be fetched.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"name":"Demo_Pkg","files":[{"filename":"a-1.zip","url":"https://u:p@x.example/a-1.zip","hashes":{}}]}`), simple.TypeJSON)
	f.Add([]byte(`{"name":"other","files":[]}`), simple.TypeJSON+"; charset=utf-8")
	f.Add([]byte(`<base href="//x.example"><a href="a-1.zip#sha256=aa" data-yanked>a</a>`), "text/html; charset=latin-1")
	f.Add([]byte(`<meta name="pypi:repository-version" content="1.0">`), simple.TypeHTML)
	f.Add([]byte{}, "text/html; charset")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p, err := parse(body, contentType, "demo-pkg")
		if err != nil {
			return
		}
		if p.Name != "demo-pkg" {
			t.Fatal(p.Name)
		}
		req, _ := http.NewRequest(http.MethodGet, "https://index.example/simple/demo-pkg/", nil)
		for _, file := range absolute(p.Files, req.URL) {
			if !strings.HasPrefix(file.URL, "http://") && !strings.HasPrefix(file.URL, "https://") {
				t.Fatal(file.URL)
			}
		}
	})
}

// FuzzHeaders: no header makes an answer count for less than no time or more than a day, or a pause negative.
func FuzzHeaders(f *testing.F) {
	f.Add("max-age=600, public", "3", "120")
	f.Add("no-cache,max-age=\"-1\"", "-3", "Tue, 24 Nov 2026 12:00:20 GMT")
	f.Add("max-age=99999999999999999999", "99999999999999999999", "99999999999")
	f.Fuzz(func(t *testing.T, control, age, after string) {
		fresh := freshFor(http.Header{"Cache-Control": {control}, "Age": {age}})
		if fresh < 0 || fresh > maxFresh {
			t.Fatal(fresh)
		}
		if d := retryAfter(after, time.Unix(0, 0)); d < 0 {
			t.Fatal(d)
		}
	})
}

// FuzzHead: an entry of the cache, whatever became of it, is used or asked for again, and breaks nothing.
func FuzzHead(f *testing.F) {
	f.Add([]byte(`{"checked":"2026-11-24T12:00:00Z","fresh":600000000000,"digest":"sha256:00","crc32c":1}`))
	f.Add([]byte(`{"checked":"9999-11-24T12:00:00Z","fresh":-1,"missing":true}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := Client{pagesDir: t.TempDir()}
		if err := replace(c.headFile("x"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		e := c.readHead("x")
		e.usable(time.Unix(0, 0), false)
		e.conditions()
		if page, err := c.cached("x", e); err == nil {
			t.Fatalf("a page out of nothing: %+v", page)
		}
	})
}
