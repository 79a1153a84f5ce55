package project

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"
)

var seed = flag.Uint64("seed", 503, "of the random names that packaging is asked about")

// TestDifferential asks packaging about random names. It needs a Python with packaging 26.3: WHEELYARD_ORACLE_PYTHON
// names one; otherwise it is python3.
func TestDifferential(t *testing.T) {
	python := oracletest.Python(t, "packaging", "26.3")
	r := rand.New(rand.NewPCG(*seed, 0))
	names := []string{"", "-", "a\n", "\u212a"}
	for range 20000 {
		names = append(names, someName(r))
	}
	in, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", `import json, sys
from packaging.utils import InvalidName, canonicalize_name
def valid(name):
    try:
        return canonicalize_name(name, validate=True) is not None
    except InvalidName:
        return False
json.dump([[canonicalize_name(n), valid(n)] for n in json.load(sys.stdin)], sys.stdout)`)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers [][2]any
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	valid := 0
	for i, name := range names {
		if got := Normalize(name); string(got) != answers[i][0] {
			t.Errorf("Normalize(%q) = %q, want %q", name, got, answers[i][0])
		}
		if got := Valid(name); got != answers[i][1] {
			t.Errorf("Valid(%q) = %v", name, got)
		}
		if Valid(name) {
			valid++
		}
	}
	t.Logf("packaging 26.3, seed %d: %d names, %d of them valid", *seed, len(names), valid)
}

func someName(r *rand.Rand) string {
	letters := []string{"a", "Z", "0", "9", "-", "_", ".", "--", "_.-", "foo", "Bar", "zope", "a", "b", "C"}
	strange := []string{"é", "É", "Σ", "ΑΣ", "İ", "ß", "K", "ſ", " ", "\n", "\x00", "/", "+", "١", "ａ", "ﬁ", "😀", "ª", "Ⅷ"}
	var b strings.Builder
	odd := r.IntN(3) == 0
	for range r.IntN(8) {
		if odd && r.IntN(4) == 0 {
			b.WriteString(strange[r.IntN(len(strange))])
		} else {
			b.WriteString(letters[r.IntN(len(letters))])
		}
	}
	return b.String()
}
