package bindep

import (
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// ordered are versions of which each comes before the next, unless an "=" stands between them.
const ordered = `0~~ < 0~ < 0 = 00 = 0-0 = 0:0 < 0-0.0 < 0a < 0.0 < 0.1 < 1~~ < 1~~a < 1~ < 1~a < 1~rc1 < 1~rc2 < 1~rc10 < 1 = 01 = 1-0 = 1-00 = 00:1
< 1-0a < 1-0.1 < 1-1 < 1-2~ < 1-2 < 1-2a < 1-2+b1 < 1-10 < 1Z < 1a < 1a1 < 1a2 < 1a10 < 1ab < 1a+ < 1+ < 1+b < 1+b1 < 1--1 < 1.0 = 1.00 < 1.1 < 1.09 < 1.10 < 1.10a < 1.10.0
< 1.99999999999999999999 < 1.100000000000000000000 < 2 < r1 < r2 < :0 < :1 < 1:0 < 1:1.10 < 1:1:1 < 2:0 < 10:0 < 99999999999999999999:0 < 100000000000000000000:0`

func TestCompareVersions(t *testing.T) {
	words := strings.Fields(ordered)
	for i := 0; i < len(words); i += 2 {
		between := 0
		for j := i; j < len(words); j += 2 {
			if j > i && words[j-1] == "<" {
				between = -1
			}
			a, b := words[i], words[j]
			if got, back := CompareVersions(a, b), CompareVersions(b, a); got != between || back != -between {
				t.Errorf("%s and %s: %d, %d, want %d", a, b, got, back, between)
			}
		}
	}
}

// TestDpkg asks dpkg about random pairs of versions.
func TestDpkg(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip(err)
	}
	r := rand.New(rand.NewPCG(*seed, 1))
	counts := map[string]int{}
	for range 250 {
		a := someVersion(r)
		b := likeVersion(r, a)
		op := [...]string{"lt", "eq", "gt"}[CompareVersions(a, b)+1]
		counts[op]++
		out, err := exec.Command("dpkg", "--compare-versions", a, op, b).CombinedOutput()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.ExitCode() == 1:
			t.Errorf("%s %s %s: not so, says dpkg", a, op, b)
		case err != nil || len(out) > 0:
			t.Errorf("%s %s %s: %v\n%s", a, op, b, err, out)
		}
	}
	if counts["lt"] < 25 || counts["eq"] < 10 || counts["gt"] < 25 {
		t.Errorf("the random versions are poor: %v", counts)
	}
}

func someVersion(r *rand.Rand) string {
	s := anyOf(r, []string{"", "", "", "0:", "1:", "01:", "12:"}) + anyOf(r, []string{"0", "1", "1", "2", "10", "007"})
	for range r.IntN(5) {
		s += anyOf(r, []string{".", ".", ".1", ".0", "0", "00", "1", "9", "~", "~rc", "a", "b", "Z", "+", "+dfsg", "+b"})
	}
	for range r.IntN(3) {
		s += "-" + anyOf(r, []string{"0", "1", "1", "2", "10", "0ubuntu1", "1~bpo12+1", "~", "+b1", "a", "1."})
	}
	return s
}

// likeVersion changes one place, or what makes no difference, or all.
func likeVersion(r *rand.Rand, s string) string {
	first := strings.IndexByte(s, ':') + 1
	i := first + 1 + r.IntN(len(s)-first)
	put := anyOf(r, []string{"0", "1", "a", "~", "+", ".", "-1", "-0"})
	switch r.IntN(5) {
	case 0:
		return someVersion(r)
	case 1:
		return s[:i] + put + s[i:]
	case 2:
		return s[:first] + "0" + s[first:]
	case 3:
		return strings.TrimRight(s[:i], "-")
	}
	return s[:i] + put
}
