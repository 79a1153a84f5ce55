package simple

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wheelyard/packaging/project"
)

func sample() Project {
	yes := true
	return Project{
		Name: "demo-pkg", Versions: []string{"0.9", "1.0+a<b"}, Status: Deprecated, StatusReason: `use "x" & <y>`,
		Files: []File{{
			Filename: "demo_pkg-1.0-py3-none-any.whl", URL: "../../files/demo_pkg-1.0-py3-none-any.whl", Hashes: map[string]string{"sha256": "aa", "md5": "bb"},
			Size: 0, UploadTime: time.Date(2020, 1, 2, 5, 4, 5, 678901000, time.FixedZone("", 7200)), RequiresPython: ">=3.8,<4", Yanked: true,
			YankedReason: "it's \"<bad>\"\n\té", CoreMetadata: true, CoreMetadataHashes: map[string]string{"sha256": "cc"}, GPGSig: &yes, Provenance: "https://p.example/?a=1&b=2",
		}, {
			Filename: "demo_pkg-0.9.tar.gz", URL: "https://files.example/demo_pkg-0.9.tar.gz", Size: -1, CoreMetadata: true, Yanked: true,
		}},
	}
}

const sampleJSON = `{"meta":{"api-version":"1.4"},"name":"demo-pkg","project-status":{"status":"deprecated","reason":"use \"x\" & <y>"},"versions":["0.9","1.0+a<b"],"files":[
{"filename":"demo_pkg-1.0-py3-none-any.whl","url":"../../files/demo_pkg-1.0-py3-none-any.whl","hashes":{"md5":"bb","sha256":"aa"},"size":0,"upload-time":"2020-01-02T03:04:05.678901Z","requires-python":">=3.8,<4","core-metadata":{"sha256":"cc"},"yanked":"it's \"<bad>\"\u000a\u0009é","gpg-sig":true,"provenance":"https://p.example/?a=1&b=2"},
{"filename":"demo_pkg-0.9.tar.gz","url":"https://files.example/demo_pkg-0.9.tar.gz","hashes":{},"core-metadata":true,"yanked":true}]}
`

const sampleHTML = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="pypi:repository-version" content="1.4">
<meta name="pypi:project-status" content="deprecated">
<meta name="pypi:project-status-reason" content="use &quot;x&quot; &amp; &lt;y&gt;">
<title>Links for demo-pkg</title>
</head>
<body>
<h1>Links for demo-pkg</h1>
<a href="../../files/demo_pkg-1.0-py3-none-any.whl#sha256=aa" data-requires-python="&gt;=3.8,&lt;4" data-core-metadata="sha256=cc" data-dist-info-metadata="sha256=cc" data-yanked="it&#39;s &quot;&lt;bad&gt;&quot;&#10;&#9;é" data-gpg-sig="true" data-provenance="https://p.example/?a=1&amp;b=2" data-upload-time="2020-01-02T03:04:05.678901Z" data-size="0">demo_pkg-1.0-py3-none-any.whl</a><br>
<a href="https://files.example/demo_pkg-0.9.tar.gz" data-core-metadata="true" data-dist-info-metadata="true" data-yanked="">demo_pkg-0.9.tar.gz</a><br>
</body>
</html>
`

func written[T any](t testing.TB, write func(io.Writer, T) error, v T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteProject(t *testing.T) {
	for range 5 { // the order of a map must not show
		if diff := cmp.Diff(sampleJSON, string(written(t, WriteProjectJSON, sample()))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(sampleHTML, string(written(t, WriteProjectHTML, sample()))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	want := sample()
	want.APIVersion = APIVersion
	want.Files[0].UploadTime = want.Files[0].UploadTime.UTC()
	got, err := ReadProjectJSON([]byte(sampleJSON))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("JSON: %v %s", err, diff)
	}
	want.Versions = nil
	delete(want.Files[0].Hashes, "md5")
	got, err = ReadProjectHTML([]byte(sampleHTML), "demo-pkg")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("HTML: %v %s", err, diff)
	}
}

func TestQuarantinedOffersNothing(t *testing.T) {
	p := sample()
	p.Status = Quarantined
	for _, b := range [][]byte{written(t, WriteProjectJSON, p), written(t, WriteProjectHTML, p)} {
		if bytes.Contains(b, []byte("demo_pkg-")) || !bytes.Contains(b, []byte("quarantined")) {
			t.Errorf("%s", b)
		}
	}
}

func TestOneHashInHTML(t *testing.T) {
	for _, c := range []struct {
		hashes map[string]string
		want   string
	}{
		{nil, `href="u"`},
		{map[string]string{"sha512": "b", "md5": "a"}, `href="u#md5=a"`},
		{map[string]string{"unheard-of": "a"}, `href="u"`},
		{map[string]string{"sha512": "b", "sha256": "c"}, `href="u#sha256=c"`},
	} {
		b := written(t, WriteProjectHTML, Project{Name: "x", Files: []File{{Filename: "u", URL: "u", Hashes: c.hashes}}})
		if !bytes.Contains(b, []byte(c.want)) {
			t.Errorf("%v: %s", c.hashes, b)
		}
	}
}

func TestWriteRoot(t *testing.T) {
	r := Root{Projects: []string{"Demo.Pkg", "a<b", "x"}}
	b := written(t, WriteRootJSON, r)
	got, err := ReadRootJSON(b)
	if err != nil || !cmp.Equal(got.Projects, r.Projects) || !json.Valid(b) {
		t.Errorf("%v, %v", got, err)
	}
	b = written(t, WriteRootHTML, r)
	got, err = ReadRootHTML(b)
	if err != nil || !cmp.Equal(got.Projects, r.Projects) || !strings.Contains(string(b), `<a href="demo-pkg/">Demo.Pkg</a>`) {
		t.Errorf("%v, %v\n%s", got, err, b)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrors(t *testing.T) {
	for _, write := range []func(io.Writer, Project) error{WriteProjectJSON, WriteProjectHTML} {
		if err := write(broken{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
		if err := write(io.Discard, Project{Name: project.Name("")}); err == nil {
			t.Error("a page without a name was written")
		}
	}
	for _, write := range []func(io.Writer, Root) error{WriteRootJSON, WriteRootHTML} {
		if err := write(broken{}, Root{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	}
}
