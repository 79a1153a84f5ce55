package simple

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadProjectJSON(t *testing.T) {
	p, err := ReadProjectJSON([]byte(`{
		"meta": {"api-version": "1.4", "_last-serial": "12", "x": [{}]},
		"name": "Demo.Pkg",
		"project-status": {"status": "archived", "reason": "done \u00e9\ud83d\ude00\ud800\u0041\ud800\"\\\/\b\f\n\r\t"},
		"versions": ["0.9", "1.0"],
		"alternate-locations": [null, true, false, -1.5e+3, {"a": {}}],
		"files": [{
			"filename": "demo_pkg-1.0-py3-none-any.whl", "url": "../f/demo_pkg-1.0-py3-none-any.whl",
			"hashes": {"sha256": "aa", "blake2b": "bb"}, "size": 123, "upload-time": "2020-01-02T03:04:05.678901Z",
			"requires-python": ">=3.8", "yanked": "broken", "core-metadata": {"sha256": "cc"}, "gpg-sig": false, "provenance": "https://p.example/x"
		}, {"filename": "demo_pkg-0.9.tar.gz", "url": "u", "hashes": {}, "size": null, "upload-time": null, "yanked": null, "provenance": null, "gpg-sig": null}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	no := false
	want := Project{
		APIVersion: "1.4", Name: "demo-pkg", Versions: []string{"0.9", "1.0"},
		Status: Archived, StatusReason: "done é😀\ufffdA\ufffd\"\\/\b\f\n\r\t",
		Files: []File{{
			Filename: "demo_pkg-1.0-py3-none-any.whl", URL: "../f/demo_pkg-1.0-py3-none-any.whl", Hashes: map[string]string{"sha256": "aa", "blake2b": "bb"},
			Size: 123, UploadTime: time.Date(2020, 1, 2, 3, 4, 5, 678901000, time.UTC), RequiresPython: ">=3.8", Yanked: true, YankedReason: "broken",
			CoreMetadata: true, CoreMetadataHashes: map[string]string{"sha256": "cc"}, GPGSig: &no, Provenance: "https://p.example/x",
		}, {Filename: "demo_pkg-0.9.tar.gz", URL: "u", Size: -1}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestOddValuesCountAsNotSaid(t *testing.T) {
	for _, odd := range []string{
		`"size":"big"`, `"size":-5`, `"size":1.5`, `"size":99999999999999999999`, `"size":{}`, `"upload-time":"yesterday"`, `"upload-time":7`,
		`"upload-time":"2021-02-30T00:00:00Z"`, `"upload-time":"2021-04-31T00:00:00.0Z"`, `"hashes":[]`, `"hashes":null`, `"hashes":{"sha256":null}`, `"requires-python":3`, `"gpg-sig":"yes"`, `"provenance":{}`,
	} {
		p, err := ReadProjectJSON([]byte(`{"files":[{"filename":"a","url":"b",` + odd + `}]}`))
		if err != nil || len(p.Files) != 1 {
			t.Errorf("%s: %+v, %v", odd, p, err)
			continue
		}
		if diff := cmp.Diff(File{Filename: "a", URL: "b", Size: -1}, p.Files[0]); diff != "" {
			t.Errorf("%s: %s", odd, diff)
		}
	}
}

func TestNoPage(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for text, want := range map[string]string{
		"":                                "opening bracket",
		"[]":                              "opening bracket",
		"null":                            "opening bracket",
		`{}`:                              "no list of files",
		`{"message":"rate limited"}`:      "no list of files",
		`{"files":null}`:                  "no list of files",
		`{"files":{}}`:                    "no list of files",
		`{"files":[]`:                     "comma or closing",
		`{"files":[{]}`:                   "no text",
		`{"files":[{"filename":"a"`:       "comma or closing",
		`{"files":[{"filename":"a`:        "within a text",
		`{"files":[{"filename":"a\`:       "within a text",
		`{"files":[{"filename":"a\u12`:    "within a text",
		`{"files":[{"filename":"a\u12xx"`: "hexadecimal",
		`{"files":[{"filename":"a\q"`:     "escape",
		"{\"files\":[{\"filename\":\"\n":  "control character",
		`{"files":[],}`:                   "no text",
		`{"files":[]} x`:                  "follows",
		`{"files":[],"x":01}`:             "no JSON value",
		`{"files":[],"x":1.}`:             "fraction",
		`{"files":[],"x":1e}`:             "exponent",
		`{"files":[],"x":nul}`:            "no JSON value",
		`{"files":[],"x":` + deep:         "too deeply",
		"{\"files\":[],\"x\":\"\xff\"}":   "UTF-8",
		"<!DOCTYPE html><a href=x>":       "opening bracket",
	} {
		_, err := ReadProjectJSON([]byte(text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", text, err, want)
		}
	}
}

func TestVersions(t *testing.T) {
	for version, ok := range map[string]bool{"1.0": true, "1.4": true, "1.99": true, "1": true, "2.0": false, "0.9": false, "10.0": false, "1.x": false, "one": false} {
		_, jsonErr := ReadProjectJSON([]byte(`{"meta":{"api-version":"` + version + `"},"files":[]}`))
		_, htmlErr := ReadProjectHTML([]byte(`<meta name="pypi:repository-version" content="`+version+`">`), "demo")
		_, rootErr := ReadRootJSON([]byte(`{"meta":{"api-version":"` + version + `"},"projects":[]}`))
		_, rootHTMLErr := ReadRootHTML([]byte(`<meta name="pypi:repository-version" content="` + version + `">`))
		for _, err := range []error{jsonErr, htmlErr, rootErr, rootHTMLErr} {
			var unknown *VersionError
			if ok != (err == nil) || !ok && (!errors.As(err, &unknown) || unknown.Version != version) {
				t.Errorf("%s: %v", version, err)
			}
		}
	}
	if _, err := ReadProjectJSON([]byte(`{"meta":{"api-version":"2.0"},"files":"elsewhere"}`)); !errors.As(err, new(*VersionError)) {
		t.Errorf("a page of version 2: %v", err)
	}
}

func TestReadHTMLStatus(t *testing.T) {
	p, err := ReadProjectHTML([]byte(`<meta name="pypi:project-status" content="quarantined"><meta name="pypi:project-status-reason" content="a &lt; b">`), "demo")
	if err != nil || p.Name != "demo" || p.Status != Quarantined || p.StatusReason != "a < b" || p.APIVersion != "" {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = ReadProjectJSON([]byte(`{"meta":{"project-status":"archived","project-status-reason":"r"},"files":[]}`))
	if err != nil || p.Status != Archived || p.StatusReason != "r" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestBaseIsBounded(t *testing.T) {
	for n, want := range map[int]int{maxBase: 1, maxBase + 1: 0} {
		p, err := ReadProjectHTML([]byte(`<base href="`+strings.Repeat("a", n)+`"><a href="demo-1.zip">`), "demo")
		if err != nil || len(p.Files) != want {
			t.Errorf("%d bytes: %d files, %v", n, len(p.Files), err)
		}
	}
}

func TestReadRoot(t *testing.T) {
	r, err := ReadRootJSON([]byte("\ufeff" + `{"meta":{"api-version":"1.0"},"projects":[{"name":"Demo.Pkg","_last-serial":3},{"name":"x"},{"nom":"y"},7]}`))
	if diff := cmp.Diff(Root{APIVersion: "1.0", Projects: []string{"Demo.Pkg", "x"}}, r); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	r, err = ReadRootHTML([]byte(`<meta name="pypi:repository-version" content="1.0"><title>t</title>text
		<a href="/simple/demo-pkg/">Demo<b>.Pkg</b></a><a href="x/"> x <a href="y-z/?a#b"></a><a>none</a><a href="../">../</a><a href="q/"/>`))
	if diff := cmp.Diff(Root{APIVersion: "1.0", Projects: []string{"Demo.Pkg", "x", "y-z", "q"}}, r); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := ReadRootJSON([]byte(`{"files":[]}`)); !errors.As(err, new(*SyntaxError)) {
		t.Errorf("no list: %v", err)
	}
}

// Recorded pages read like encoding/json reads them. $WHEELYARD_DATA names a folder with more of them in pypi/.
func TestRecordedPages(t *testing.T) {
	paths, _ := filepath.Glob("testdata/recorded/*.json.gz")
	if dir := os.Getenv("WHEELYARD_DATA"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "pypi", "*.json.gz"))
		paths = append(paths, more...)
	}
	if len(paths) == 0 {
		t.Fatal("no recorded pages")
	}
	for _, path := range paths {
		text := unzipped(t, path)
		p, err := ReadProjectJSON(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var want struct {
			Files []struct {
				Filename, URL string
				Hashes        map[string]string
				Size          int64
				UploadTime    time.Time `json:"upload-time"`
				Python        string    `json:"requires-python"`
				Yanked        any
			}
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if len(p.Files) != len(want.Files) {
			t.Errorf("%s: %d files, want %d", path, len(p.Files), len(want.Files))
			continue
		}
		for i, w := range want.Files {
			reason, isText := w.Yanked.(string)
			yes, _ := w.Yanked.(bool)
			expect := File{
				Filename: w.Filename, URL: w.URL, Hashes: w.Hashes, Size: w.Size, UploadTime: w.UploadTime, RequiresPython: w.Python,
				Yanked: yes || isText, YankedReason: reason,
			}
			if diff := cmp.Diff(expect, p.Files[i]); diff != "" {
				t.Errorf("%s: %s: %s", path, w.Filename, diff)
			}
		}
	}
}

func unzipped(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2020-01-02T03:04:05Z":            "2020-01-02T03:04:05Z",
		"2020-01-02T03:04:05.1Z":          "2020-01-02T03:04:05.1Z",
		"2020-01-02T03:04:05.1234567891Z": "2020-01-02T03:04:05.123456789Z",
		"2020-01-02T03:04:05+02:00":       "2020-01-02T01:04:05Z",
		"2020-01-02T03:04:05":             "2020-01-02T03:04:05Z",
		"2020-01-02 03:04:05":             "2020-01-02T03:04:05Z",
		"2020-02-29T00:00:00Z":            "2020-02-29T00:00:00Z",
		"2021-02-29T00:00:00Z":            "",
		"2020-01-02T24:00:00Z":            "",
		"2020-01-02T03:04:05.Z":           "",
		"2020-13-02T03:04:05Z":            "",
		"2020-00-02T03:04:05Z":            "",
		"2020-01-02T03:04:05.x23456789Z":  "",
		"20a0-01-02T03:04:05Z":            "",
		"now":                             "",
		"":                                "",
	} {
		got := parseTime(text)
		if s := got.Format(time.RFC3339Nano); want == "" && !got.IsZero() || want != "" && s != want {
			t.Errorf("%s: %s, want %s", text, s, want)
		}
	}
}

func TestNormal(t *testing.T) {
	for name, want := range map[string]string{"Demo.Pkg": "demo-pkg", "a-_.b": "a-b", "_a_": "-a-", "ABC9": "abc9", "": ""} {
		if got := normal(name); string(got) != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
