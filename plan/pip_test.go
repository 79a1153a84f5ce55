package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
)

// What pages and requirements of the differential test are made of.
var (
	pipVersions = []string{"1.0", "1.0", "1.0", "1.1", "1.1", "1.0.0", "1", "01.0", "1.1", "1.1.post1", "1.1-1", "1.1+local.1", "1.1+local.2", "1.2a1", "1.2rc1", "1.2.dev3",
		"2.0", "2.0.dev1", "1!0.5", "not.a.version", "3.0-py3.11", "3.0-py3.9", "3.0-py3", "3.0-py2.7", "v4.0"}
	pipTags = []string{"py3-none-any", "cp311-cp311-manylinux1_x86_64", "cp311-cp311-linux_x86_64", "py3-none-any", "py2.py3-none-any", "py2-none-any", "cp311-none-any", "cp39-cp39-manylinux1_x86_64",
		"cp39-abi3-manylinux2014_x86_64", "cp36-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp311-cp311-manylinux_2_34_x86_64",
		"cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp311-cp311-manylinux_2_40_x86_64", "cp311-cp311-linux_x86_64",
		"cp313-cp313-manylinux_2_28_x86_64", "cp313-cp313t-manylinux_2_28_x86_64", "cp315-abi3.abi3t-manylinux_2_28_x86_64",
		"cp311-cp311-musllinux_1_2_x86_64", "cp311-cp311-win_amd64", "cp313-cp313-macosx_11_0_arm64", "CP311-CP311-LINUX_X86_64"}
	pipBuilds  = []string{"", "", "", "-1", "-2", "-10", "-2b", "-x"}
	pipSdists  = []string{".tar.gz", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar", ".tar.Z", ".macosx10.zip", ".egg", ".exe", ".TAR.GZ"}
	pipNames   = []string{"foo_bar", "foo_bar", "foo_bar", "Foo.Bar", "foo-bar", "foo", "foo_bar_baz"}
	pipPythons = []string{"", "", "", ">=3.10", "<3.11", ">=3.5.*", "!=3.11.2", ">=2.7, !=3.0.*", "==3.11", "junk", "~=3.9"}
	pipYanks   = []any{false, false, false, false, true, "broken", ""}
	pipAsks    = []string{"", "==1.0", "==1", "===1.0", "===1.1+local.1", "==1.1", "==1.1+local.2", "==1.1.post1", "==1.*", "==1.1,>=1.0", ">=1.0", "<2", ">1.0",
		">=1.2a1", "==1.2rc1", "~=1.0", "!=1.1", "<=1.2", "==2.0", "==3.0", "==1!0.5", ">=0", "===v4.0", "==4"}
)

type pipFile struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	RequiresPython *string           `json:"requires-python"`
	Yanked         any               `json:"yanked"`
}

func anyOf[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func pipPage(r *rand.Rand) []pipFile {
	var files []pipFile
	for range 1 + r.IntN(30) {
		name := anyOf(r, pipNames) + "-" + anyOf(r, pipVersions)
		if r.IntN(3) == 0 {
			name += anyOf(r, pipSdists)
		} else {
			name += anyOf(r, pipBuilds) + "-" + anyOf(r, pipTags) + ".whl"
		}
		f := pipFile{Filename: name, URL: "https://files.example/" + name, Hashes: map[string]string{"sha256": sum(name)}, Yanked: anyOf(r, pipYanks)}
		if requires := anyOf(r, pipPythons); requires != "" {
			f.RequiresPython = &requires
		}
		files = append(files, f)
	}
	return files
}

func (f pipFile) simple() simple.File {
	s := simple.File{Filename: f.Filename, URL: f.URL, Hashes: f.Hashes}
	if f.RequiresPython != nil {
		s.RequiresPython = *f.RequiresPython
	}
	s.YankedReason, _ = f.Yanked.(string)
	s.Yanked = f.Yanked == true || s.YankedReason != ""
	return s
}

// TestPip holds the plan's choice of a file against pip's finder on random pages. It needs a Python with pip 26.3 or
// later, named by WHEELYARD_ORACLE_PYTHON.
func TestPip(t *testing.T) {
	python := os.Getenv("WHEELYARD_ORACLE_PYTHON")
	if python == "" {
		t.Skip("WHEELYARD_ORACLE_PYTHON names no Python with pip 26.3")
	}
	type ask struct {
		Page        int    `json:"page"`
		Target      int    `json:"target"`
		Requirement string `json:"requirement"`
	}
	type given struct {
		Version []int    `json:"version"`
		Tags    []string `json:"tags"`
	}
	var question struct {
		Pages   [][]pipFile `json:"pages"`
		Targets []given     `json:"targets"`
		Asks    []ask       `json:"asks"`
	}
	targets := testTargets("debian-12-x86_64/cp311", "debian-12-x86_64/cp313", "debian-12-x86_64/cp313t", "debian-11-x86_64/cp39", "alpine-3-x86_64/cp311")
	for _, target := range targets {
		g := given{Version: target.Version.Release()}
		for _, tag := range target.Tags.Tags() {
			g.Tags = append(g.Tags, tag.String())
		}
		question.Targets = append(question.Targets, g)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 1000 {
		question.Pages = append(question.Pages, pipPage(r))
		for range 4 {
			question.Asks = append(question.Asks, ask{i, r.IntN(len(targets)), "foo-bar" + anyOf(r, pipAsks)})
		}
	}
	var answer struct {
		Pip   string    `json:"pip"`
		Taken []*string `json:"taken"`
	}
	ofPip(t, python, question, &answer)
	none := 0
	for i, a := range question.Asks {
		got, d := taken(t, question.Pages[a.Page], targets[a.Target], a.Requirement)
		want := ""
		if answer.Taken[i] != nil {
			want = *answer.Taken[i]
		} else {
			none++
		}
		if got != want {
			page, _ := json.MarshalIndent(question.Pages[a.Page], "", " ")
			t.Errorf("%s on %s: the plan takes %q (%s: %s), pip %s %q, of\n%s", a.Requirement, targets[a.Target].Name(), got, d.Verdict, d.Reason, answer.Pip, want, page)
			if i > 100 {
				break
			}
		}
	}
	t.Logf("pip %s: %d questions, %d with nothing to take", answer.Pip, len(question.Asks), none)
}

func ofPip(t *testing.T, python string, question, answer any) {
	t.Helper()
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/oracle.py")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking pip: %v\n%s", err, &stderr)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}

// taken is the file that the plan takes; "" for none.
func taken(t *testing.T, files []pipFile, target platform.Target, requirement string) (string, Decision) {
	t.Helper()
	page := simple.Project{Name: "foo-bar"}
	for _, f := range files {
		page.Files = append(page.Files, f.simple())
	}
	req, err := pep508.Parse(requirement)
	if err != nil {
		t.Fatal(err)
	}
	p := Make(Input{Now: now, Targets: []platform.Target{target}, Wants: []source.Want{{Project: req.Name, Versions: req.Specifiers}},
		Page: func(project.Name) (upstream.Page, error) { return upstream.Page{Project: page}, nil }})
	if len(p.Decisions) != 1 {
		t.Fatal(fmt.Sprint(p.Decisions))
	}
	return chosen(p.Decisions[0]), p.Decisions[0]
}
