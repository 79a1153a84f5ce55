package bindep

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Where this package knowingly does something else than bindep 2.14.0, and why. (What both do is in the vectors.)

var (
	hyphens  = regexp.MustCompile(`-[-:]`)
	nonASCII = regexp.MustCompile(`[^\x00-\x7f]`)
)

// onlyHere says whether this is a rule that bindep refuses.
func onlyHere(r Rule) bool {
	return len(r.Name) == 1 || slices.ContainsFunc(r.Versions, func(v Relation) bool { return hyphens.MatchString(v.Version) })
}

// onlyThere says whether bindep may take a line for a rule that is refused here.
func onlyThere(line string) bool {
	before, _, _ := strings.Cut(line, "#")
	return nonASCII.MatchString(before)
}

// bindep's grammar wants two characters. There are packages of one, such as Fedora's R.
func TestNamesOfOneLetter(t *testing.T) {
	mustParse(t, "R [platform:fedora]")
	mustParse(t, "/")
}

// bindep's grammar looks only as far as the second hyphen for where the revision begins: it refuses versions that Debian has.
func TestHyphensInVersions(t *testing.T) {
	for _, version := range []string{"1---2", "1-2-:3-4", "1--:2--3", "1.0--~-1"} {
		r := mustParse(t, "foo >="+version)
		if got := r.Versions[0].Version; got != version {
			t.Errorf("%q is read as %q", version, got)
		}
	}
}

// To bindep any letter or digit of Unicode is one. No distribution allows such names or versions, and an int() of some fails.
func TestOnlyASCII(t *testing.T) {
	for _, line := range []string{"fo\u00e9", "foo [\u0661]", "foo [a\u00b2]", "foo >=\u0661", "foo >=1\u00e9"} {
		if rules, problems := Parse(line); len(rules) > 0 || len(problems) != 1 {
			t.Errorf("%q: %v, %v", line, rules, problems)
		}
	}
	mustParse(t, "foo # \u00e9")
}

// Bytes that are no UTF-8 end bindep with a UnicodeDecodeError. In comments they don't matter here.
func TestBytesThatAreNoUTF8(t *testing.T) {
	mustParse(t, "foo # \xff")
	if rules, problems := Parse("foo\xff"); len(rules) > 0 || len(problems) != 1 || problems[0].Column != 4 {
		t.Errorf("%v, %v", rules, problems)
	}
}

// One bad line makes bindep refuse the file. Here it is told, and the rest counts.
func TestABadLine(t *testing.T) {
	rules, problems := Parse("foo\nfoo >= 1\n bar\nbaz\n")
	if got := strings.Join(rules.Names(), " "); got != "foo baz" || len(problems) != 2 {
		t.Errorf("%s, %v", got, problems)
	}
}

// bindep ends with a ParseError when the version of a package that is installed isn't in Debian's form, as those of rpm with an
// underscore and Homebrew's revisions aren't. Here any two texts have an order.
func TestInstalledVersionsOfOthers(t *testing.T) {
	rules, _ := Parse("git >=2.15.1\nkernel <4.18.0-553.el8\nodd >=1\n")
	got := rules.Check(map[string]string{"git": "2.15.1_1", "kernel": "4.18.0-553.el8_10", "odd": "r12"})
	if len(got.Missing) > 0 || len(got.Wrong) != 1 || got.Wrong[0].Name != "kernel" {
		t.Errorf("%+v", got)
	}
}

// Python reads no number of more than 4300 digits, so that bindep compares the first 4300 only, then the others.
func TestLongNumbers(t *testing.T) {
	long := strings.Repeat("1", 4300)
	if c := CompareVersions(long+"2", long+"11"); c >= 0 {
		t.Errorf("%d", c)
	}
}

// Without a release that is a number bindep ends with a TypeError on Ubuntu, Fedora and Red Hat's kin. Here nothing is said of
// their Python.
func TestReleasesThatAreNoNumbers(t *testing.T) {
	for _, o := range []OS{{ID: "ubuntu"}, {ID: "fedora", VersionID: "rawhide"}, {ID: "rhel"}, {ID: "centos", VersionID: "8-stream"}} {
		for _, a := range o.Atoms() {
			if strings.HasPrefix(a, "base-") {
				t.Errorf("%+v: %s", o, a)
			}
		}
	}
}

// Of a distribution that it doesn't know bindep says only the name, so that no rule for dpkg or rpm counts there.
func TestUnknownDistributions(t *testing.T) {
	for _, c := range []struct {
		like, atoms string
	}{
		{"ubuntu debian", "dpkg mint mint-21.3"}, {"rhel centos fedora", "mint mint-21.3 redhat rpm"}, {"suse", "mint mint-21.3 rpm suse"},
		{"arch", "mint mint-21.3 pacman"}, {"gentoo", "emerge mint mint-21.3"}, {"something alpine arch", "apk mint mint-21.3"}, {"", "mint mint-21.3"}, {"darwin", "mint mint-21.3"},
	} {
		got := OS{ID: "mint", IDLike: strings.Fields(c.like), VersionID: "21.3"}.Atoms()
		got = slices.DeleteFunc(got, func(a string) bool { return a == "mint-21" })
		if strings.Join(got, " ") != c.atoms {
			t.Errorf("like %s: %q", c.like, got)
		}
	}
}

// Each part of a release makes an atom with all parts before it. Of a release with very many that would be more than fits.
func TestManyParts(t *testing.T) {
	long := OS{ID: "x", VersionID: strings.Repeat("1.", 1e5), Codename: strings.Repeat("a ", 1e5)}
	if n := len(long.Atoms()); n != 1+2*mostParts {
		t.Errorf("%d atoms", n)
	}
}
