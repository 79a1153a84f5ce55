package bindep

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzParse: each line is a rule, a problem or nothing; a rule prints as what is the same rule, and counts in the same places.
func FuzzParse(f *testing.F) {
	for _, text := range readVectors(f).Question.Texts {
		for lines := range slices.Chunk(slices.Collect(strings.Lines(text)), 8) {
			f.Add(strings.Join(lines, ""))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, problems := Parse(text)
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
		seen := map[int]bool{}
		for _, p := range problems {
			if seen[p.Line] || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
				t.Fatalf("%q: %s", text, p)
			}
			seen[p.Line] = true
		}
		var printed []string
		for _, r := range rules {
			if seen[r.Line] || !strings.HasPrefix(lines[r.Line-1], r.Name) {
				t.Fatalf("%q: %+v", text, r)
			}
			seen[r.Line] = true
			printed = append(printed, r.String())
		}
		for i, line := range lines {
			if rest := strings.Trim(line, " "); seen[i+1] == (rest == "" || rest[0] == '#') {
				t.Fatalf("%q: line %d is %q", text, i+1, line)
			}
		}
		again, problems := Parse(strings.Join(printed, "\n"))
		if len(problems) > 0 {
			t.Fatalf("%q prints as %q: %v", text, printed, problems)
		}
		if diff := cmp.Diff(rules, again, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Rule{}, "Line")); diff != "" {
			t.Fatalf("%q, then:\n%s", text, diff)
		}
		atoms, installed := OS{ID: "debian", VersionID: "12"}.Atoms(), map[string]string{}
		for _, r := range rules {
			installed[r.Name] = r.Name
		}
		if a, b := rules.Active(atoms).Names(), again.Active(atoms).Names(); !cmp.Equal(a, b) {
			t.Fatalf("%q: %q, then %q", text, a, b)
		}
		if got := rules.Check(installed); len(got.Missing) > 0 {
			t.Fatalf("%q: %q is missing", text, got.Missing)
		}
	})
}

// FuzzCompareVersions: it is an order, of any three texts.
func FuzzCompareVersions(f *testing.F) {
	for _, v := range readVectors(f).Question.Versions {
		f.Add(v[0], v[2], "1:1.0~rc1-1")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		ab, bc, ac := CompareVersions(a, b), CompareVersions(b, c), CompareVersions(a, c)
		if CompareVersions(a, a) != 0 || ab != -CompareVersions(b, a) || ab*ab > 1 {
			t.Fatalf("%q and %q: %d", a, b, ab)
		}
		if ab <= 0 && bc <= 0 && (ac > 0 || ac == 0 && ab+bc < 0) {
			t.Fatalf("%q, %q, %q: %d, %d, %d", a, b, c, ab, bc, ac)
		}
	})
}

// FuzzAtoms: any facts give few atoms, sorted, each once, and short.
func FuzzAtoms(f *testing.F) {
	for _, o := range readVectors(f).Question.Platforms {
		f.Add(o.ID, strings.Join(o.IDLike, " "), o.VersionID, o.Codename, o.Name)
	}
	f.Fuzz(func(t *testing.T, id, like, release, codename, name string) {
		atoms := OS{ID: id, IDLike: strings.Fields(like), VersionID: release, Codename: codename, Name: name}.Atoms()
		if len(atoms) > 3*(1+2*mostParts)+3 {
			t.Fatalf("%d atoms", len(atoms))
		}
		for i, a := range atoms {
			if i > 0 && atoms[i-1] >= a {
				t.Fatalf("%q", atoms)
			}
		}
	})
}
