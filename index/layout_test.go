package index

import (
	"path"
	"strings"
	"testing"

	"wheelyard/packaging/project"
)

func TestLocate(t *testing.T) {
	const whl = "demo-1.0-py3-none-any.whl"
	for address, want := range map[string]Place{
		"/":                                       {Kind: Front},
		"/healthz":                                {Kind: Health},
		"/key.pem":                                {Kind: Key, Path: "key.pem"},
		"/p/simple":                               {Kind: Elsewhere, To: "simple/"},
		"/p/simple/":                              {Kind: RootPage, Path: "p/simple"},
		"/p/simple/demo":                          {Kind: Elsewhere, To: "demo/"},
		"/p/simple/De.mo__x":                      {Kind: Elsewhere, To: "de-mo-x/"},
		"/p/simple/De.mo/":                        {Kind: Elsewhere, To: "../de-mo/"},
		"/p/simple/De.mo/index.json":              {Kind: Elsewhere, To: "../de-mo/index.json"},
		"/p/simple/Demo/d-1+x-a-b-c.whl":          {Kind: Elsewhere, To: "../demo/d-1%2Bx-a-b-c.whl"},
		"/p/simple/demo/":                         {Kind: ProjectPage, Path: "p/simple/demo"},
		"/p/simple/index.html":                    {Kind: RootFile, Path: "p/simple/index.html"},
		"/p/simple/index.json":                    {Kind: RootFile, Path: "p/simple/index.json"},
		"/p/simple/demo/index.json":               {Kind: ProjectFile, Path: "p/simple/demo/index.json"},
		"/p/simple/demo/" + whl:                   {Kind: Wheel, Path: "p/simple/demo/" + whl},
		"/p/simple/demo/d-1!1+x-a-b.whl":          {Kind: Wheel, Path: "p/simple/demo/d-1!1+x-a-b.whl"},
		"/p/simple/demo/" + whl + ".metadata":     {Kind: WheelText, Path: "p/simple/demo/" + whl + ".metadata"},
		"/p/simple/demo/" + whl + ".intoto.jsonl": {Kind: WheelRecord, Path: "p/simple/demo/" + whl + ".intoto.jsonl"},
	} {
		if got := Locate(address); got != want {
			t.Errorf("%s: %+v, want %+v", address, got, want)
		}
	}
}

func TestLocateNothing(t *testing.T) {
	for _, address := range []string{
		"", "p", "/p", "/p/", "//", "//simple/", "/p//", "/p/simple//", "/p/simple//x.whl", "/.written/simple/", "/p/.written/demo",
		"/../simple/", "/p/simple/..", "/p/simple/../", "/p/simple/./", "/p/simple/demo/..", "/p/simple/demo/.x.whl", "/p/simple/.demo/",
		"/p/simple/demo/x.whl.tmp", "/p/simple/demo/.x.whl.123", "/p/simple/demo/.whl", "/p/simple/demo/x.tar.gz", "/p/simple/demo/.metadata",
		"/p/simple/demo/x.metadata", "/p/simple/demo/x.whl/", "/p/simple/demo/a/b.whl", "/p/simple/demo/a\\b.whl", "/p/simple/demo/a\x00.whl",
		"/p/simple/-demo/", "/p/simple/de:mo/", "/p/simple/dëmo/", "/p/other/", "/healthz/", "/healthz/simple/", "/key.pem/simple/",
		"/p/simple/demo/" + strings.Repeat("x", 252) + ".whl", "/p q/simple/", "/p/simple/de mo", "/p/simple/http://evil.example/",
	} {
		if got := Locate(address); got.Kind != Nothing {
			t.Errorf("%q: %+v, want nothing", address, got)
		}
	}
}

func TestValidPlatform(t *testing.T) {
	for name, want := range map[string]bool{
		"debian-12-x86_64": true, "p": true, "musl.1": true,
		"": false, "healthz": false, "key.pem": false, ".written": false, "..": false, "a/b": false, "-x": false, "a b": false,
	} {
		if ValidPlatform(name) != want {
			t.Errorf("%q: %t, want %t", name, !want, want)
		}
	}
}

// Whatever the address: a path that comes out has no part that is hidden or leads upwards, and a redirect stays on this server
// and is not redirected again.
func FuzzLocate(f *testing.F) {
	for _, s := range []string{"/", "/p/simple/De.mo/", "/p/simple/demo/x.whl", "/p/simple/..", "//evil.example/simple/x", "/p/simple/x/.y.whl"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		p := Locate(address)
		if p.Path != path.Clean(p.Path) && p.Path != "" {
			t.Errorf("%q: %q isn't clean", address, p.Path)
		}
		for part := range strings.SplitSeq(p.Path, "/") {
			if strings.HasPrefix(part, ".") {
				t.Errorf("%q: %q has a hidden part", address, p.Path)
			}
		}
		if p.Kind != Elsewhere {
			return
		}
		next := path.Join(path.Dir(address), p.To)
		if strings.HasSuffix(p.To, "/") {
			next += "/"
		}
		if strings.Contains(p.To, "//") || strings.Contains(p.To, ":") || Locate(next).Kind == Elsewhere {
			t.Errorf("%q leads to %q", address, p.To)
		}
	})
}

func TestFileURL(t *testing.T) {
	if got := FileURL("a-1!2+x-py3-none-any.whl"); got != "a-1%212%2Bx-py3-none-any.whl" {
		t.Error(got)
	}
}

func TestDirs(t *testing.T) {
	for got, want := range map[string]string{
		RootDir("p"):                            "p/simple",
		ProjectDir("p", project.Name("demo-x")): "p/simple/demo-x",
		WrittenDir("p"):                         "p/.written",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
