package sdist

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// oracle is a Python with the filter of PEP 706: the one that WHEELYARD_ORACLE_PYTHON names, or python3.
func oracle(t *testing.T) string {
	t.Helper()
	python := cmp.Or(os.Getenv("WHEELYARD_ORACLE_PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import tarfile; tarfile.data_filter").CombinedOutput(); err != nil {
		t.Skipf("%s has no tarfile.data_filter: %v: %s", python, err, out)
	}
	return python
}

// anyMembers are some of those that are in each other's way often enough, with links that lead anywhere. No name comes twice.
func anyMembers(r *rand.Rand) []member {
	parts := []string{"a", "b", "c", "d", "e", "f"}
	somewhere := func(most int) string {
		var p []string
		for range 1 + r.IntN(most) {
			p = append(p, parts[r.IntN(len(parts))])
		}
		if r.IntN(40) == 0 {
			p[r.IntN(len(p))] = ".."
		}
		return strings.Join(p, "/")
	}
	var all []member
	seen := map[string]bool{}
	for i := range 1 + r.IntN(8) {
		m := member{name: "top/" + somewhere(3), text: fmt.Sprint("text ", i)}
		if seen[m.name] {
			continue
		}
		seen[m.name] = true
		switch r.IntN(8) {
		case 0, 1:
			m.kind = tar.TypeSymlink
			m.text = strings.Repeat("../", r.IntN(3)) + somewhere(2)
			if r.IntN(20) == 0 {
				m.text = "/" + m.text
			}
		case 2:
			m.kind, m.text = tar.TypeLink, "top/"+somewhere(2)
		case 3:
			m.kind = tar.TypeDir
		case 4:
			m.mode = 0o755
		}
		all = append(all, m)
	}
	return all
}

// TestPythonUnpacksTheSame: whatever is yielded from a tar, Python's filter for data lets through as well, and unpacks the same from it.
func TestPythonUnpacksTheSame(t *testing.T) {
	python := oracle(t)
	r := rand.New(rand.NewPCG(7, 6))
	dir := t.TempDir()
	var archives [][]byte
	var all [][]member
	var names bytes.Buffer
	for i := range 1000 {
		members := anyMembers(r)
		b := tarOf(t, members...)
		name := filepath.Join(dir, fmt.Sprintf("%d.tar", i))
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&names, name)
		archives, all = append(archives, b), append(all, members)
	}
	cmd := exec.Command(python, "testdata/unpack.py")
	cmd.Stdin, cmd.Stderr = &names, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bytes.NewReader(out))
	both, neither, stricter := 0, 0, 0
	for i, b := range archives {
		var python map[string][]string
		if err := answers.Decode(&python); err != nil {
			t.Fatal(err)
		}
		here, err := unpacked(b, all[i])
		switch {
		case err != nil && python == nil:
			neither++
		case err != nil:
			if stricter++; !errors.Is(err, ErrUnsafe) && !errors.Is(err, fs.ErrExist) {
				t.Errorf("%+v: %v", all[i], err)
			}
		case python == nil:
			t.Errorf("%+v: Python refuses it", all[i])
		default:
			both++
			if diff := gocmp.Diff(python, here); diff != "" {
				t.Errorf("%+v (-Python +here):\n%s", all[i], diff)
			}
		}
	}
	t.Logf("%d are taken by both, %d by neither, %d by Python only", both, neither, stricter)
	if both < 200 || neither < 100 {
		t.Errorf("%d are taken by both, %d by neither", both, neither)
	}
}

// unpacked is what testdata/unpack.py finds. A file in the way of a folder is an error, as it is there. A hard link is the file for Python.
func unpacked(b []byte, members []member) (map[string][]string, error) {
	all := map[string][]string{}
	hard := map[string]bool{}
	for _, m := range members {
		if m.kind == tar.TypeLink {
			hard[path.Clean(m.name)] = true
		}
	}
	for e, err := range Entries("x.tar", bytes.NewReader(b), int64(len(b)), Limits{}) {
		if err != nil {
			return nil, err
		}
		for dir := path.Dir(e.Path); dir != "."; dir = path.Dir(dir) {
			if there := all[dir]; there != nil && there[0] != "d" {
				return nil, fs.ErrExist
			}
			all[dir] = []string{"d"}
		}
		if there := all[e.Path]; there != nil && (there[0] == "d") != (e.Type == fs.ModeDir) {
			return nil, fs.ErrExist
		}
		var text bytes.Buffer
		switch e.Type {
		case fs.ModeDir:
			all[e.Path] = []string{"d"}
		case fs.ModeSymlink:
			to := path.Join(path.Dir(e.Path), e.Link)
			all[e.Path] = []string{"l", to}
			if hard[e.Path] {
				all[e.Path] = all[to]
			}
		default:
			if _, err := text.ReadFrom(e.Body); err != nil {
				return nil, err
			}
			all[e.Path] = []string{map[bool]string{false: "-", true: "x"}[e.Exec], text.String()}
		}
	}
	return all, nil
}
