package bindep

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"
)

var seed = flag.Uint64("seed", 214, "of the random inputs that bindep and dpkg are asked about")

// TestDifferential asks bindep about random files, platforms and versions. It needs a Python with bindep 2.14.0:
// WHEELYARD_ORACLE_PYTHON names one; otherwise it is python3.
func TestDifferential(t *testing.T) {
	python := oracletest.Python(t, "bindep", "2.14.0")
	r := rand.New(rand.NewPCG(*seed, 0))
	var q question
	for range 40 {
		q.Platforms = append(q.Platforms, someOS(r))
	}
	for range 8 {
		q.Profiles = append(q.Profiles, some(r, 3, someProfiles))
	}
	for range 10 {
		installed := map[string]string{}
		for _, name := range someNames {
			if r.IntN(3) > 0 {
				installed[name] = someVersion(r)
			}
		}
		q.Installed = append(q.Installed, installed)
	}
	for range 4 {
		q.Texts = append(q.Texts, someText(r, 200, someOdd))
	}
	q.Texts = append(q.Texts, someText(r, 200, someForeign))
	for range 1500 {
		a := someVersion(r)
		q.Versions = append(q.Versions, [3]string{a, anyOf(r, someOperators), likeVersion(r, a)})
	}
	var o oracle
	oracletest.Ask(t, python, q, &o)
	o.Question = q // not as JSON made it
	o.check(t)
	rules, bad, active := 0, 0, 0
	for _, text := range o.Answer.Texts {
		bad += len(text.Bad)
		for _, line := range text.Lines {
			if line != nil {
				rules++
			}
		}
		for _, of := range text.Active {
			for _, marks := range of {
				if marks != nil {
					active += strings.Count(*marks, "1")
				}
			}
		}
	}
	if rules < 400 || bad < 100 || active < 10*rules {
		t.Errorf("the random inputs are poor")
	}
	t.Logf("bindep %s, seed %d: %d rules and %d bad lines, active %d times", o.Bindep, *seed, rules, bad, active)
}

var (
	someNames     = []string{"foo", "bar", "baz", "ab", "a", "libfoo-dev", "libc++1", "/usr/bin/foo", "dev-libs/foo", "0ad", "Foo_bar"}
	someProfiles  = []string{"default", "compile", "test", "python", "a", "b", "platform:dpkg", "platform:rpm", "doc-x.1"}
	someIDs       = []string{"debian", "ubuntu", "pop", "amzn", "amazonami", "centos", "rhel", "redhatenterpriseserver", "redhatenterpriseworkstation", "fedora", "oracle", "ol", "rocky", "almalinux", "opensuse", "opensuse-leap", "opensuse-tumbleweed", "opensuseproject", "opensuse-x", "sles", "sled", "suselinux", "gentoo", "arch", "manjaro", "alpine", "darwin", "nixos", "Debian", "RHEL"}
	someReleases  = []string{"", "3", "7", "7.9", "8", "8.0", "9.4", "10", "12", "13", "15.5", "15.10", "16.03", "16.04", "22.04.3", "23", "41", "2023", "20260101", "trixie/sid", "8-stream", "8rc1", "8.0.dev1", "v8", "3.21_alpha2", "A.B"}
	someCodenames = []string{"", "bookworm", "Core", "Green Obsidian", "n/a", "a  b c"}
	someOSNames   = []string{"", "Red Hat Enterprise Linux Server", "Red Hat Enterprise Linux Workstation", "Workstation Server", "Debian GNU/Linux"}
	someOperators = []string{"<", "<=", "==", "!=", ">=", ">"}
	someOdd       = []string{"", "", " ", "\t", "(", ")", "[", "]", ",", "!", "#", "=", "<", "~", ".", "-", "_", "*", "+", ":", "/", "0", "a", "A", "\x00"}
	someForeign   = []string{"\u00e9", "\u00a0", "\u0661", "\u00b2", "\ufeff"}
	someAtoms     = []string{"default", "compile", "test", "a", "b", "platform:dpkg", "platform:rpm", "platform:redhat", "platform:suse", "platform:debian", "platform:debian-12", "platform:ubuntu-22.04", "platform:rhel-8", "platform:base-py3", "platform:base-py2", "platform:emerge", "platform:pacman", "platform:apk", "platform:darwin"}
)

func anyOf[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func some[T any](r *rand.Rand, most int, from []T) (all []T) {
	for range 1 + r.IntN(most) {
		all = append(all, anyOf(r, from))
	}
	return all
}

func someOS(r *rand.Rand) OS {
	return OS{ID: anyOf(r, someIDs), VersionID: anyOf(r, someReleases), Codename: anyOf(r, someCodenames), Name: anyOf(r, someOSNames), IDLike: some(r, 2, someIDs)}
}

func someText(r *rand.Rand, lines int, odd []string) string {
	var b strings.Builder
	for range lines {
		b.WriteString(mutated(r, someLine(r), odd) + anyOf(r, []string{"\n", "\n", "\r\n", "\r"}))
	}
	return b.String()
}

func someLine(r *rand.Rand) string {
	if r.IntN(12) == 0 {
		return anyOf(r, []string{"", "  ", "# a", "  # a [b"})
	}
	spaces := func() string { return anyOf(r, []string{" ", " ", " ", "  "}) }
	line := anyOf(r, someNames)
	if r.IntN(3) > 0 {
		line += spaces() + "["
		for range r.IntN(5) {
			if r.IntN(4) > 0 {
				line += someAtom(r)
			} else {
				line += "("
				for range r.IntN(4) {
					line += someAtom(r) + " "
				}
				line += ")"
			}
			line += anyOf(r, []string{" ", " ", "  "})
		}
		line += "]"
	}
	if r.IntN(3) == 0 {
		line += spaces()
		for i := range 1 + r.IntN(3) {
			line += ","[:min(i, 1)] + anyOf(r, someOperators) + someVersion(r)
		}
	}
	return line + anyOf(r, []string{"", "", "#a", "  # a"})
}

func someAtom(r *rand.Rand) string { return anyOf(r, []string{"", "", "!"}) + anyOf(r, someAtoms) }

// mutated changes one place of some lines.
func mutated(r *rand.Rand, s string, odd []string) string {
	if r.IntN(3) > 0 {
		return s
	}
	put := anyOf(r, odd)
	i, n := r.IntN(len(s)+1), r.IntN(2)
	return strings.ToValidUTF8(fmt.Sprint(s[:i], put, s[min(len(s), i+n):]), "?")
}
