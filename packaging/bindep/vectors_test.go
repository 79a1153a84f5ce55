package bindep

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type question struct {
	Platforms []OS                `json:"platforms"`
	Profiles  [][]string          `json:"profiles"`
	Installed []map[string]string `json:"installed"`
	Texts     []string            `json:"texts"`
	Versions  [][3]string         `json:"versions"` // installed, operator, version
}

// oracle is what testdata/vectors.py writes.
type oracle struct {
	Bindep   string
	Question question
	Answer   struct {
		Platforms [][]string // nil: bindep fails
		Texts     []struct {
			Lines    []*Rule // nil: no rule
			Bad      []int
			Profiles []string
			Active   [][]*string
			Checks   []*struct {
				Missing []string
				Wrong   [][3]string
			}
		}
		Versions []*bool
	}
}

func readVectors(t testing.TB) (o oracle) {
	t.Helper()
	oracletest.Vectors(t, &o)
	return o
}

func TestVectors(t *testing.T) {
	o := readVectors(t)
	if o.Bindep != "2.14.0" {
		t.Errorf("vectors of bindep %s", o.Bindep)
	}
	if len(o.Question.Platforms) < 60 || len(o.Question.Texts) < 12 || len(o.Question.Versions) < 1000 {
		t.Errorf("only %d platforms, %d texts, %d versions", len(o.Question.Platforms), len(o.Question.Texts), len(o.Question.Versions))
	}
	o.check(t)
}

// check compares all answers with what this package says.
func (o oracle) check(t *testing.T) {
	t.Helper()
	q := o.Question
	for i, system := range q.Platforms {
		if families[system.id()] == nil {
			system.IDLike = nil // TestUnknownDistributions
		}
		if want := o.Answer.Platforms[i]; want != nil && !slices.Equal(system.Atoms(), want) {
			t.Errorf("%+v (-bindep +here):\n%s", system, cmp.Diff(want, system.Atoms()))
		}
	}
	whole := 0
	for i := range q.Texts {
		if o.checkText(t, i) {
			whole++
		}
	}
	if whole < len(q.Texts)-1 {
		t.Errorf("of %d texts only %d could be compared in all", len(q.Texts), whole)
	}
	for i, v := range q.Versions {
		got := Relation{Op: v[1], Version: v[2]}.Holds(v[0])
		if want := o.Answer.Versions[i]; want != nil && got != *want {
			t.Errorf("%s%s%s: %v, bindep: %v", v[0], v[1], v[2], got, *want)
		}
	}
}

// checkText compares what is said of a text. It is false when it ended before it came to what is active.
func (o oracle) checkText(t *testing.T, i int) bool {
	t.Helper()
	text, want := o.Question.Texts[i], o.Answer.Texts[i]
	rules, problems := Parse(text)
	var wanted Rules
	for n, r := range want.Lines {
		if r != nil {
			r.Line = n + 1
			wanted = append(wanted, *r)
		}
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	rules = slices.DeleteFunc(rules, func(r Rule) bool { return onlyHere(r) && slices.Contains(want.Bad, r.Line) })
	wanted = slices.DeleteFunc(wanted, func(r Rule) bool { return onlyThere(lines[r.Line-1]) })
	if diff := cmp.Diff(wanted, rules, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("text %d (-bindep +here):\n%s", i, diff)
		return false
	}
	bad := map[int]bool{}
	for _, p := range problems {
		bad[p.Line] = true
		if line := lines[p.Line-1]; p.Column < 1 || p.Column > len(line)+1 {
			t.Errorf("%q: %s", line, p)
		}
	}
	for n, line := range lines {
		if refused := slices.Contains(want.Bad, n+1); refused != bad[n+1] && !onlyThere(line) && (bad[n+1] || !slices.ContainsFunc(hereOnly(line), onlyHere)) {
			t.Errorf("%q: refused %v, by bindep %v", line, bad[n+1], refused)
		}
	}
	if slices.ContainsFunc(lines, onlyThere) {
		return false // what follows counts these lines
	}
	if got := rules.Profiles(); !slices.Equal(got, want.Profiles) {
		t.Errorf("text %d: profiles %q, bindep: %q", i, got, want.Profiles)
	}
	for j, system := range o.Question.Platforms {
		for k, profiles := range o.Question.Profiles {
			if got := marks(rules, rules.Active(o.Answer.Platforms[j], profiles...)); want.Active[j][k] != nil && got != *want.Active[j][k] {
				t.Errorf("text %d on %v with %v:\n%s, bindep:\n%s", i, system, profiles, got, *want.Active[j][k])
			}
		}
	}
	for j, installed := range o.Question.Installed {
		if want := want.Checks[j]; want != nil {
			got := rules.Check(installed)
			var wrong [][3]string
			for _, w := range got.Wrong {
				wrong = append(wrong, [3]string{w.Name, w.Relation.String(), w.Installed})
			}
			if !slices.Equal(got.Missing, want.Missing) || !slices.Equal(wrong, want.Wrong) {
				t.Errorf("text %d with %v: %v\n%v, bindep: %v\n%v", i, installed, got.Missing, wrong, want.Missing, want.Wrong)
			}
		}
	}
	return true
}

// hereOnly is what is read of one line.
func hereOnly(line string) Rules {
	rules, _ := Parse(line)
	return rules
}

// marks has a digit for each rule: whether it is among the active ones.
func marks(rules, active Rules) string {
	b := make([]byte, len(rules))
	for i, r := range rules {
		b[i] = '0'
		if len(active) > 0 && active[0].Line == r.Line {
			b[i], active = '1', active[1:]
		}
	}
	return string(b)
}

func TestRealLines(t *testing.T) {
	names, err := filepath.Glob("testdata/real/*.txt")
	if err != nil || len(names) < 7 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rules, problems := Parse(string(text))
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
		if len(rules) < 25 {
			t.Errorf("%s: %d rules", name, len(rules))
		}
	}
}
