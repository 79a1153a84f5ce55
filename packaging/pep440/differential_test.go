package pep440

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"
)

var seed = flag.Uint64("seed", 440, "of the random inputs that packaging is asked about")

// TestDifferential asks packaging about random versions and specifiers. It needs a Python with packaging 26.3:
// WHEELYARD_ORACLE_PYTHON names one; otherwise it is python3.
func TestDifferential(t *testing.T) {
	python := oracletest.Python(t, "packaging", "26.3")
	r := rand.New(rand.NewPCG(*seed, 0))
	var q question
	valid := 0
	for range 300 {
		v := someVersion(r)
		if _, err := Parse(v); err == nil {
			valid++
		}
		q.Versions = append(q.Versions, v)
	}
	for range 600 {
		q.Sets = append(q.Sets, someSet(r))
	}
	for n := range 8 {
		q.Lists = append(q.Lists, r.Perm(valid)[:1+n])
	}
	var o oracle
	oracletest.Ask(t, python, q, &o)
	if len(o.Answer.Ranks) != valid {
		t.Errorf("%d texts are versions here, %d in packaging", valid, len(o.Answer.Ranks))
	}
	o.check(t)
	t.Logf("packaging %s, seed %d: %d versions of %d texts, %d sets", o.Packaging, *seed, valid, len(q.Versions), len(q.Sets))
}

func anyOf(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func someNumber(r *rand.Rand) string {
	if r.IntN(4) > 0 {
		return anyOf(r, "0", "1", "1", "2") // so that many versions are near each other
	}
	return anyOf(r, "2", "3", "9", "10", "99", "01", "00", "239", "240", "18446744073709551616", "9999999999999999999999")
}

// someVersion is a version in any spelling, or nearly one.
func someVersion(r *rand.Rand) string {
	s := anyOf(r, "", "", "", "", "", "v", "V", "0!", "1!", "01!", "2!")
	s += someNumber(r)
	for range r.IntN(r.IntN(4) + 1) {
		s += "." + someNumber(r)
	}
	s += someSuffixes(r)
	if r.IntN(6) == 0 {
		s += "+" + anyOf(r, "x", "X", "a", "1a", someNumber(r))
		for range r.IntN(3) {
			s += anyOf(r, ".", "-", "_") + anyOf(r, "x", "a", "ab", "1a", someNumber(r))
		}
	}
	if r.IntN(12) == 0 {
		s = anyOf(r, " ", "\n", "\u00a0", "\x1f", "") + s + anyOf(r, " ", "\t", "\u3000")
	}
	if r.IntN(8) == 0 {
		s = mutated(r, s)
	}
	return s
}

func someSuffixes(r *rand.Rand) string {
	var s string
	suffix := func(words ...string) string {
		word := anyOf(r, words...)
		if r.IntN(5) == 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		return anyOf(r, "", "", ".", "-", "_") + word + anyOf(r, "", "", ".", "-", "_") + anyOf(r, "", someNumber(r), someNumber(r))
	}
	if r.IntN(5) < 2 {
		s += suffix("a", "b", "rc", "c", "alpha", "beta", "pre", "preview")
	}
	switch r.IntN(12) {
	case 0, 1, 2:
		s += suffix("post", "post", "rev", "r")
	case 3:
		s += "-" + someNumber(r)
	}
	if r.IntN(3) == 0 {
		s += suffix("dev")
	}
	return s
}

// mutated changes one place of a text. The characters of which the reference makes i and s are for differences_test.go.
func mutated(r *rand.Rand, s string) string {
	i, n := r.IntN(len(s)+1), r.IntN(2)
	put := anyOf(r, "", ".", "-", "_", "+", "!", "*", ".*", " ", "0", "1", "a", "b", "c", "r", "v", "dev", "post", "é", "\x00", "\u0661", ",", ";", "=")
	return strings.ToValidUTF8(s[:i]+put+s[min(len(s), i+n):], "?")
}

// someSet is a set of specifiers, or nearly one.
func someSet(r *rand.Rand) string {
	var clauses []string
	for range anyOf(r, "1", "12", "12", "123", "1234") {
		clauses = append(clauses, someClause(r))
	}
	s := strings.Join(clauses, anyOf(r, ",", ",", ", ", " ,"))
	if r.IntN(10) == 0 {
		s = mutated(r, s)
	}
	return s
}

func someClause(r *rand.Rand) string {
	op := anyOf(r, "==", "==", "!=", "!=", "<", "<", ">", ">", "<=", ">=", "~=", "~=", "===")
	v := someVersion(r)
	public, _, _ := strings.Cut(v, "+")
	switch {
	case op == "===" && r.IntN(3) == 0:
		v = anyOf(r, "foo", "FOO", "", "1.*", "ΑΣ", "ας", "É", "1,2", "=1", "v1.0")
	case op == "==" || op == "!=":
		if r.IntN(3) == 0 {
			v = anyOf(r, "", "v", "1!") + someNumber(r) + anyOf(r, "", "."+someNumber(r), "."+someNumber(r)+"."+someNumber(r)) + ".*"
		}
	case op != "===":
		v = public
	}
	return op + anyOf(r, "", "", "", " ", "\n") + v
}
