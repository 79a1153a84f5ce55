package simple

import (
	"strings"
	"testing"
)

// Where this package knowingly reads something else than pip 26.3 does, and why.
func TestDifferencesFromPip(t *testing.T) {
	for _, c := range []struct {
		why, page string
		check     func([]File) bool
	}{
		{
			"PEP 592: data-yanked may have no value; pip takes such a file for a good one",
			`<a href="demo-1.zip" data-yanked>x</a>`,
			func(f []File) bool { return len(f) == 1 && f[0].Yanked && f[0].YankedReason == "" },
		},
		{
			"HTML: white space at the end of a URL doesn't belong to it; pip keeps it, and finds no archive",
			`<a href="demo-1.zip ">x</a>`,
			func(f []File) bool { return len(f) == 1 && f[0].Filename == "demo-1.zip" },
		},
		{
			"HTML: of attributes of one name the first counts; pip takes the last",
			`<a href="demo-1.zip" href="demo-2.zip">x</a>`,
			func(f []File) bool { return len(f) == 1 && f[0].Filename == "demo-1.zip" },
		},
		{
			"every hash of a fragment counts; pip takes the first",
			`<a href="demo-1.zip#md5=aa&sha256=bb">x</a>`,
			func(f []File) bool { return f[0].Hashes["md5"] == "aa" && f[0].Hashes["sha256"] == "bb" },
		},
		{
			"a hash in a query is no hash of the file; pip finds it there",
			`<a href="demo-1.zip?a=b&sha256=bb">x</a>`,
			func(f []File) bool { return f[0].Hashes == nil },
		},
		{
			"a relative base element leads on from the page; pip drops the page's URL",
			`<base href="../files/index.html"><a href="demo-1.zip">x</a>`,
			func(f []File) bool { return f[0].URL == "../files/demo-1.zip" },
		},
		{
			"links that lead to no file are passed over; pip does so later",
			`<a href="../">up</a><a href="mailto:a@example.org">m</a><a href="javascript:x/y.zip">j</a><a href="https://o.example">h</a>`,
			func(f []File) bool { return len(f) == 0 },
		},
		{
			"a name with a separator in it is no file name; pip cuts it at the last one",
			`<a href="demo%2F..%2Fx-1.zip">x</a><a href="a%5Cb-1.zip">x</a><a href="a%00b-1.zip">x</a>`,
			func(f []File) bool { return len(f) == 0 },
		},
		{
			"uv's extras are read; pip knows no size and no time in HTML",
			`<a href="demo-1.zip" data-size="12" data-upload-time="2020-01-02T03:04:05Z" data-gpg-sig="true" data-provenance="p">x</a>`,
			func(f []File) bool {
				return f[0].Size == 12 && f[0].UploadTime.Unix() == 1577934245 && *f[0].GPGSig && f[0].Provenance == "p"
			},
		},
	} {
		p, err := ReadProjectHTML([]byte(c.page), "demo")
		if err != nil || !c.check(p.Files) {
			t.Errorf("%s\n%s\n%+v, %v", c.why, c.page, p.Files, err)
		}
	}
}

// In JSON, pip takes a file's name from its URL; here it is the one that the page says, which PEP 691 makes the file's name.
func TestJSONNameIsTheOneSaid(t *testing.T) {
	p, err := ReadProjectJSON([]byte(`{"files":[{"filename":"demo-1.zip","url":"download?id=7","hashes":{}}]}`))
	if err != nil || len(p.Files) != 1 || p.Files[0].Filename != "demo-1.zip" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"../x.zip", "a/b.zip", `a\\b.zip`, "", ".", "..", `a\u0000b`, `a\nb`} {
		p, err := ReadProjectJSON([]byte(`{"files":[{"filename":"` + bad + `","url":"u","hashes":{}}]}`))
		if err != nil || len(p.Files) != 0 {
			t.Errorf("%s: %+v, %v", strings.TrimSpace(bad), p.Files, err)
		}
	}
}
