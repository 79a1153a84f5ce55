package index

import (
	"testing"

	"wheelyard/packaging/simple"
)

func TestNegotiate(t *testing.T) {
	const json, html, text = simple.TypeJSON, simple.TypeHTML, simple.TypeText
	for _, c := range []struct{ accept, want string }{
		{"", text},
		{"*/*", text},
		{json, json},
		{html, html},
		{text, text},
		{"application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", json}, // pip
		{"application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", json},   // uv
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text},                                    // browsers
		{"text/html; q=0.5, application/vnd.pypi.simple.v1+html", html},
		{"text/html, " + json, json},
		{"text/html;q=1.0, " + json + ";q=0.999", text},
		{"text/*", text},
		{"application/*", json},
		{"application/*;q=0.1, */*;q=0.9", text},
		{"*/*, " + html + ";q=0.5", text},
		{"*/*, " + html, html},
		{"*/*, text/html;q=0", json},
		{"text/*;q=0.9, text/html;q=0.1, " + html + ";q=0.5", html},
		{"application/vnd.pypi.simple.latest+json", json},
		{"application/vnd.pypi.simple.latest+html", html},
		{"application/vnd.pypi.simple.latest+json;q=0.2, text/html;q=0.1", json},
		{"APPLICATION/VND.PYPI.SIMPLE.V1+JSON", json},
		{" text/html ; charset=utf-8 ; Q=1 ", text},
		{"nonsense, " + html, html},
		{"nonsense", text},
		{"*/html", text},
		{"text/html;q=x, " + html, html},
		{"text/html;q=2, " + html, html},
		{"text/html;q=NaN, " + html, html},
		{"application/vnd.pypi.simple.v2+json", ""},
		{"image/png", ""},
		{json + ";q=0", ""},
		{json + ";q=0.000, text/html;q=0", ""},
		{"*/*;q=0", ""},
	} {
		if got := negotiate([]string{c.accept}, ""); got != c.want {
			t.Errorf("Accept: %s\n\t%q, want %q", c.accept, got, c.want)
		}
	}
	if got := negotiate(nil, ""); got != text {
		t.Errorf("no Accept: %q", got)
	}
	if got := negotiate([]string{"image/png", json}, ""); got != json {
		t.Errorf("two headers: %q", got)
	}
}

func TestFormatBeatsAccept(t *testing.T) {
	for format, want := range map[string]string{
		"application/vnd.pypi.simple.v1+json":     simple.TypeJSON,
		"application/vnd.pypi.simple.v1 json":     simple.TypeJSON, // an unescaped plus
		"application/vnd.pypi.simple.latest+json": simple.TypeJSON,
		"application/vnd.pypi.simple.v1+html":     simple.TypeHTML,
		"text/html":                               simple.TypeText,
		"json":                                    "",
		"*/*":                                     "",
	} {
		if got := negotiate([]string{"text/html"}, format); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "identity": false, "br": false, "gzip;q=0": false, "*;q=0": false, "gzip;q=0, *": false, "gzip;q=x": false,
		"gzip": true, "deflate, gzip;q=0.5": true, "*": true, "GZIP": true, "x-gzip": true, "gzip, *;q=0": true,
	} {
		if got := acceptsGzip([]string{header}); got != want {
			t.Errorf("%q: %t, want %t", header, got, want)
		}
	}
}

// A type that comes out is one that a page has, whatever goes in.
func FuzzNegotiate(f *testing.F) {
	f.Add("text/html;q=0.1, */*", "")
	f.Add("", "application/vnd.pypi.simple.v1 json")
	f.Add(";;,,/;q=,a/b;q=0.1.1", "x")
	f.Fuzz(func(t *testing.T, accept, format string) {
		switch got := negotiate([]string{accept}, format); got {
		case "", simple.TypeJSON, simple.TypeHTML, simple.TypeText:
		default:
			t.Errorf("%q", got)
		}
		acceptsGzip([]string{accept})
	})
}
