package pep440

import (
	"errors"
	"strings"
	"testing"
)

func mustParseSpecifiers(t testing.TB, s string) Specifiers {
	t.Helper()
	set, err := ParseSpecifiers(s)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestContains(t *testing.T) {
	for _, test := range []struct{ specifiers, in, out string }{
		{"", "1 1a1 1+x", ""},
		{"==1.0", "1 1.0.0 1.0+x", "1.0.post1 1.0a1 1.0.dev0 1!1.0"},
		{"==1.0+x", "1.0+x 1+X", "1.0 1.0+y 1.0+x.1"},
		{"!=1.0", "1.0.post1 1.1", "1 1.0+x"},
		{"!=1.0+x", "1.0 1.0+y", "1.0+x"},
		{"==1.0.*", "1 1.0.0.1 1.0a1 1.0.dev0 1.0.post1 1.0+x 1.0.99", "1.1 1.1.dev0 1!1.0 0.9"},
		{"!=1.9.*", "1.10 1.8 2", "1.9 1.9.dev0 1.9.1"},
		{"==2!1.*", "2!1.5", "1.5 2!2"},
		{"<=1.0", "1 1.0+x 1.0rc1 0", "1.0.post1 1.0.0.1"},
		{">=1.0", "1 1.0+x 1.0.post1 2 1!0", "1.0rc1 0.9 1.0.dev5"},
		{"<1.0", "0.9 0.9.post1 0.9rc1", "1.0 1.0rc1 1.0.dev0 1.0+x"},
		{"<1.0rc1", "1.0b1 1.0.dev0 1.0rc1.dev0", "1.0rc1 1.0rc1+x 1.0"},
		{"<1.0.post1", "1.0 1.0.post0 1.0+x 1.0rc1", "1.0.post1.dev0 1.0.post1"},
		{">1.0", "1.0.1 1.1.dev0 2", "1.0 1.0+x 1.0.post1 1.0.post1+x 1.0.post0.dev1 1.0rc1"},
		{">1.0.post1", "1.0.post2 1.0.post2.dev0 1.1", "1.0.post1 1.0.post1+x 1.0"},
		{">1.0a1", "1.0a2.dev0 1.0a2 1.0", "1.0a1 1.0a1.post5 1.0a1+x"},
		{">1.0.dev1", "1.0.dev2 1.0a1 1.0", "1.0.dev1 1.0.dev1+x"},
		{"~=1.4", "1.4 1.5 1.99.0 1.5a1", "1.3 2 2.dev0 1.4a1"},
		{"~=1.4.5a4", "1.4.5a4 1.4.5 1.4.99", "1.4.5a3 1.5 1.5.dev0"},
		{"~=1.9.0", "1.9.7", "1.10"},
		{"~=2!1.4.0", "2!1.4.3", "2!1.5 1.4.3"},
		{"~=v1.0", "1.7", "2"},
		{"===1.0", "1.0", "1 1.0.0 1.0+x"},
		{"=== 1.0RC1", "1.0rc1", "1.0"},
		{"===1.0c1", "", "1.0rc1"},
		{"===foo", "", "1"},
		{"===", "", "1"},
		{">=1,<2,!=1.5", "1 1.4 1.9", "0.9 1.5 2"},
		{"==1.*,==1.5", "1.5", "1.4"},
	} {
		set := mustParseSpecifiers(t, test.specifiers)
		check := func(versions string, want bool) {
			for v := range strings.FieldsSeq(versions) {
				if got := set.Contains(MustParse(v), PrereleasesAllow); got != want {
					t.Errorf("%s in %q: %v", v, test.specifiers, got)
				}
			}
		}
		check(test.in, true)
		check(test.out, false)
	}
}

func TestZeroVersionIsNowhere(t *testing.T) {
	for _, s := range []string{"<2", "!=1", "!=1.*", "<=1", "===foo", "==="} {
		if mustParseSpecifiers(t, s).Contains(Version{}, PrereleasesAllow) {
			t.Errorf("%s takes the zero Version", s)
		}
	}
}

func TestPrereleases(t *testing.T) {
	for _, test := range []struct {
		specifiers, versions                            string
		filteredByDefault, filteredAllowed, finalsAlone string
	}{
		{"", "1a1 1 2a1", "1", "1a1 1 2a1", "1"},
		{"", "1a1 2a1", "1a1 2a1", "1a1 2a1", ""},
		{">=1", "0 1a1 1 2a1 2.dev0", "1", "1 2a1 2.dev0", "1"},
		{">=1.5", "1 2a1 2.dev0", "2a1 2.dev0", "2a1 2.dev0", ""},
		{">=1a1", "1a1 1", "1a1 1", "1a1 1", "1"},
		{"!=1a1", "1a1 1a2 1", "1", "1a2 1", "1"},
		{"==1.*", "1a1 1", "1", "1a1 1", "1"},
		{"===1a1", "1a1 1", "1a1", "1a1", ""},
		{"~=1.0.dev1,<1.9", "1.1a1 1.2", "1.1a1 1.2", "1.1a1 1.2", "1.2"},
	} {
		set := mustParseSpecifiers(t, test.specifiers)
		var versions []Version
		for v := range strings.FieldsSeq(test.versions) {
			versions = append(versions, MustParse(v))
		}
		for pre, want := range map[Prereleases]string{PrereleasesDefault: test.filteredByDefault,
			PrereleasesAllow: test.filteredAllowed, PrereleasesDeny: test.finalsAlone} {
			var got []string
			for _, v := range set.Filter(versions, pre) {
				got = append(got, v.String())
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q, mode %d: %v, want %v", test.specifiers, pre, got, want)
			}
		}
		for _, v := range versions {
			allowed := set.Contains(v, PrereleasesAllow)
			if set.Contains(v, PrereleasesDefault) != allowed {
				t.Errorf("%q: %s alone is not taken by default", test.specifiers, v)
			}
			if set.Contains(v, PrereleasesDeny) != (allowed && !v.IsPrerelease()) {
				t.Errorf("%q: %s with pre-releases denied", test.specifiers, v)
			}
		}
	}
}

func TestContainsText(t *testing.T) {
	for _, test := range []struct {
		specifiers, text string
		pre              Prereleases
		want             bool
	}{
		{"===1.0.RC1", "1.0.rc1", PrereleasesAllow, true},
		{"===1.0rc1", "1.0.rc1", PrereleasesAllow, false},
		{"===1.0.rc1", "1.0.RC1", PrereleasesDeny, false},
		{"===Foo", "fOO", PrereleasesDeny, true},
		{"===", "", PrereleasesDefault, true},
		{"===foo,>=1", "foo", PrereleasesAllow, false},
		{"===v1,>=1", "V1", PrereleasesAllow, true},
		{">=1", "foo", PrereleasesAllow, false},
		{"!=1", "foo", PrereleasesAllow, false},
		{"", "foo", PrereleasesDeny, true},
		{">=1", " v1.0 ", PrereleasesAllow, true},
		{">=1", "2a1", PrereleasesDeny, false},
	} {
		if got := mustParseSpecifiers(t, test.specifiers).ContainsText(test.text, test.pre); got != test.want {
			t.Errorf("%q in %q, mode %d: %v", test.text, test.specifiers, test.pre, got)
		}
	}
}

func TestSpecifiersString(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " , ,": "", ">= 1.0 , < 2": "<2,>=1.0", "==V1.0": "==V1.0", "==1.0,==1.0.0,==1": "==1",
		"~=1.0,~=1.0.0": "~=1.0,~=1.0.0", "===1.0,===1.00": "===1.0,===1.00", "==1.0.*,==1.0.*": "==1.0.*",
		"==1.0+A,==1.0+a,==1.0": "==1.0,==1.0+A", "===": "===", "=== x ,": "===x", ">=\t\n1": ">=1",
	} {
		s := mustParseSpecifiers(t, in)
		if s.String() != want || s.IsEmpty() != (want == "") {
			t.Errorf("%q prints as %q, want %q", in, s, want)
		}
		if !mustParseSpecifiers(t, want).Equal(s) {
			t.Errorf("%q is not equal to %q", want, in)
		}
	}
	if mustParseSpecifiers(t, ">=1,>=2").Equal(mustParseSpecifiers(t, ">=2")) || !mustParseSpecifiers(t, ">=1.0,<2").Equal(mustParseSpecifiers(t, "<2.0,>=1")) {
		t.Error("Equal is wrong")
	}
}

func TestParseSpecifiersRefuses(t *testing.T) {
	for in, reason := range map[string]string{
		"1.0": "no operator", "=1.0": "no operator", "=>1.0": "no operator", "lolwat": "no operator",
		">=": "no version", ">= foo": "no version", "~=1": "two release segments", "~=1.0+x": "local version",
		">=1.0.*": ".*", "==1.0a1.*": ".*", "~=1.0.*": ".*", "==1.*.1": `".1"`, "==1.0+x.*": ".*", "<1+x": "local version",
		"==1.0 foo": `" foo"`, "=== a b": `" b"`, "===a;b": `";b"`, "===a)": `")"`, ">=3.5.*": ".*", "==1,2": "no operator",
		"~=1.0po\u017ft1": "not understood", "!=3.0*": `"*"`, ">=1>2": `">2"`, "<>1": "no version", "==*": "no version",
	} {
		s, err := ParseSpecifiers(in)
		var invalid *InvalidSpecifierError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), reason) || !s.IsEmpty() {
			t.Errorf("ParseSpecifiers(%q) = %q, %v; want %q", in, s, err, reason)
		}
	}
}

func TestParseSpecifier(t *testing.T) {
	if s, err := ParseSpecifier(" ===1,2 "); err != nil || s.String() != "===1,2" {
		t.Errorf("%q, %v", s, err)
	}
	for _, s := range []string{"", ">=1,<2", ">=1,"} {
		if _, err := ParseSpecifier(s); err == nil {
			t.Errorf("%q is one specifier", s)
		}
	}
}

func TestScanSpecifier(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "foo": "", ">=1.0;x": ">=1.0", ">=1.0.*": ">=1.0", "==1.0.*)": "==1.0.*", "===a,b c": "===a,b", "===;": "===",
		"== \n1.0-": "== \n1.0", "~=1 ": "", "<1+x": "<1", "==1+x.": "==1+x", ">=1!": ">=1", "<=": "", "==1.0.post.": "==1.0.post.",
	} {
		if got := in[:ScanSpecifier(in)]; got != want {
			t.Errorf("ScanSpecifier(%q) takes %q, want %q", in, got, want)
		}
	}
}

func TestPin(t *testing.T) {
	for in, want := range map[string]string{
		"==1.0": "1.0", "===1.0": "1.0", "==1.0+x": "1.0+x", "==1.0,==1": "1", "===foo": "", "": "no", "==1.*": "no",
		">=1": "no", "==1,==2": "no", "!=1": "no", "~=1.0": "no",
	} {
		v, ok := mustParseSpecifiers(t, in).Pin()
		if ok != (want != "no") || ok && v.String() != want {
			t.Errorf("the pin of %q is %q, %v", in, v, ok)
		}
	}
}

func TestAllowsPrereleases(t *testing.T) {
	for in, want := range map[string]bool{
		"": false, ">=1": false, ">=1a1": true, "<2.dev0,>1": true, "!=1a1": false, "==1.0rc1": true, "===1.0rc1": true,
		"===foo": false, "==1.*": false, "~=1.0b1": true, ">=1.0.post1": false,
	} {
		if got := mustParseSpecifiers(t, in).AllowsPrereleases(); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}
