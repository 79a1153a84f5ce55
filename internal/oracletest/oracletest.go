// Package oracletest lets tests ask the reference implementations, which are in Python, and read the vectors that were made with them.
//
// The Python that has them is the one that WHEELYARD_ORACLE_PYTHON names, else python3; `make test` makes one.
package oracletest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Python is one that has that version of a distribution, such as packaging 26.3. Without one the test is skipped.
func Python(t testing.TB, distribution, version string) string {
	t.Helper()
	python := cmp.Or(os.Getenv("WHEELYARD_ORACLE_PYTHON"), "python3")
	found, err := exec.Command(python, "-c", "import sys; from importlib.metadata import version; print(version(sys.argv[1]))", distribution).Output()
	if err != nil || strings.TrimSpace(string(found)) != version {
		t.Skipf("%s has no %s %s (WHEELYARD_ORACLE_PYTHON may name a Python that has): %s%v", python, distribution, version, found, err)
	}
	return python
}

// Ask runs testdata/vectors.py, which makes the vectors of a package, and has it answer a question instead. Both are JSON.
func Ask(t testing.TB, python string, question, answer any) {
	t.Helper()
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/vectors.py", "--ask")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking the oracle: %v\n%s", err, &stderr)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}

// Vectors reads testdata/vectors.json.gz.
func Vectors(t testing.TB, into any) {
	t.Helper()
	f, err := os.Open("testdata/vectors.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(zr).Decode(into); err != nil {
		t.Fatal(err)
	}
}
