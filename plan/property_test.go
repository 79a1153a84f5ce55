package plan

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

var (
	someTargets = testTargets("debian-11-x86_64/cp39", "debian-12-x86_64/cp311", "debian-12-x86_64/cp313", "debian-12-x86_64/cp313t",
		"debian-12-aarch64/cp311!", "alpine-3-x86_64/cp312!")
	someVersions = []string{"1.0", "1.0.0", "1.1", "1.1+x", "1.2rc1", "2.0"}
	someTags     = []string{"py3-none-any", "cp39-cp39-manylinux1_x86_64", "cp311-cp311-manylinux_2_34_x86_64", "cp36-abi3-manylinux2014_x86_64",
		"cp311-cp311-musllinux_1_1_x86_64", "cp313-cp313t-linux_x86_64", "cp312-cp312-win32", "py3-none-manylinux2014_aarch64"}
	someMarks        = []string{"", "", "", " yanked=broken", " requires=>=3.10", " requires=<3.11", " requires=>=3.5.*", " nohash"}
	someRequirements = []string{"", "==1.0", "==1.1", "===1.0", ">=1.0", "<2", "==1.*", ">=1.2rc1", "==9", ">9", "~=1.0"}
	someMarkers      = []string{"", "", "", "; python_version<'3.10'", "; python_version>='3.10'", "; python_version<'3'"}
	someClasses      = []yard.Class{yard.Built, yard.SourceFault, yard.Limits, yard.Infrastructure, yard.BuildRequirement}
)

func pageLines(t *rapid.T, name string) string {
	var lines strings.Builder
	for range rapid.IntRange(0, 8).Draw(t, "files") {
		version := rapid.SampledFrom(someVersions).Draw(t, "version")
		switch tags := rapid.SampledFrom(append(someTags, ".tar.gz", ".tar.gz", ".zip")).Draw(t, "tags"); tags[0] {
		case '.':
			lines.WriteString(name + "-" + version + tags)
		default:
			lines.WriteString(name + "-" + version + "-" + tags + ".whl")
		}
		lines.WriteString(rapid.SampledFrom(someMarks).Draw(t, "mark") + "\n")
	}
	return lines.String()
}

// randomInput draws an input of up to three projects.
func randomInput(t *rapid.T) Input {
	in := Input{Now: now, Policy: Policy{Pure: rapid.SampledFrom([]string{"build", "skip"}).Draw(t, "pure")}}
	in.Inputs = func(t platform.Target) string { return "inputs of " + t.Name() }
	in.Targets = slices.Clone(someTargets[:rapid.IntRange(1, len(someTargets)).Draw(t, "targets")])
	names := []string{"foo", "bar", "baz"}
	pages := map[project.Name]upstream.Page{}
	for _, name := range names {
		pages[project.Name(name)] = testPage(project.Name(name), pageLines(t, name))
		for range rapid.IntRange(0, 2).Draw(t, "held") {
			version, target := rapid.SampledFrom(someVersions).Draw(t, "version"), rapid.SampledFrom(someTargets).Draw(t, "target")
			file := name + "-" + version + "-" + rapid.SampledFrom(someTags).Draw(t, "tags") + ".whl"
			in.Held = append(in.Held, yard.Wheel{Project: project.Name(name), Platform: target.Platform, Target: target.Name(), Version: version,
				Filename: file, SHA256: sum(target.Name() + file)})
		}
		for range rapid.IntRange(0, 2).Draw(t, "attempts") {
			sdist := name + "-" + rapid.SampledFrom(someVersions).Draw(t, "version") + ".tar.gz"
			target := rapid.SampledFrom(someTargets).Draw(t, "target").Name()
			in.Attempts = append(in.Attempts, yard.Attempt{Project: project.Name(name), Target: target, Order: OrderKey(sum(sdist), target, 0),
				Class: rapid.SampledFrom(someClasses).Draw(t, "class"), Number: rapid.IntRange(1, 3).Draw(t, "number"), Inputs: "inputs of " + target,
				Started: now.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "hours")) * time.Hour)})
		}
	}
	for line := range rapid.IntRange(0, 2).Draw(t, "excludes") {
		req, err := pep508.Parse("foo" + rapid.SampledFrom(someRequirements).Draw(t, "versions"))
		if err != nil {
			t.Fatal(err)
		}
		in.Excludes = append(in.Excludes, source.Exclude{Project: "foo", Versions: req.Specifiers, Origin: source.Origin{Source: "s", File: "deny", Line: line + 1}})
	}
	in.Page = func(name project.Name) (upstream.Page, error) { return pages[name], nil }
	for line := range rapid.IntRange(1, 8).Draw(t, "wants") {
		req, err := pep508.Parse(rapid.SampledFrom(names).Draw(t, "project") + rapid.SampledFrom(someRequirements).Draw(t, "versions") +
			rapid.SampledFrom(someMarkers).Draw(t, "marker"))
		if err != nil {
			t.Fatal(err)
		}
		w := source.Want{Project: req.Name, Versions: req.Specifiers, Marker: req.Marker, Latest: rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "latest"),
			Origin: source.Origin{Source: "s", Series: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "series"), File: "f", Line: line + 1}}
		if rapid.IntRange(0, 4).Draw(t, "bound") == 0 {
			w.Targets = []string{rapid.SampledFrom(someTargets).Draw(t, "target").Name()}
		}
		in.Wants = append(in.Wants, w)
	}
	return in
}

func marshal(t testing.TB, p Plan) []byte {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	chains, err := json.Marshal(p.Decisions)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, chains...)
}

func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt)
		p := Make(in)
		first := marshal(t, p)
		consistent(t, p)
		everyWantIsDecided(t, in, p)
		nothingBesideUpstream(t, p)

		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, seed))
		again := in
		again.Wants, again.Targets = shuffled(r, in.Wants), shuffled(r, in.Targets)
		again.Held, again.Attempts = shuffled(r, in.Held), shuffled(r, in.Attempts)
		again.Excludes = shuffled(r, in.Excludes)
		if second := marshal(t, Make(again)); !bytes.Equal(first, second) {
			t.Errorf("another order of the same input, another plan:\n%s\n%s", first, second)
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

func shuffled[T any](r *rand.Rand, in []T) []T {
	out := slices.Clone(in)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// everyWantIsDecided: each want has its decision on each of its targets; one whose marker is false may leave it to others.
func everyWantIsDecided(t testing.TB, in Input, p Plan) {
	t.Helper()
	for _, pt := range in.Targets {
		target := newTarget(pt)
		for _, w := range in.Wants {
			if !wantsTarget(w.Targets, target) {
				continue
			}
			live, _ := evaluate(w, target)
			own, others := 0, 0
			for _, d := range p.Decisions {
				if d.Project != w.Project || d.Target != target.name {
					continue
				}
				others++
				if slices.Contains(d.WantedBy, w.Origin) {
					own++
				}
			}
			switch {
			case live && (own == 0 || own > max(w.Latest, 1)),
				!live && (own > 1 || own == 0 && others == 0):
				t.Errorf("%d decisions on %s for %s%s: %v", own, target.name, w.Project, w.Versions, w.Origin)
			}
		}
	}
}

// nothingBesideUpstream: nothing is built where pip has a wheel to take.
func nothingBesideUpstream(t testing.TB, p Plan) {
	t.Helper()
	for _, d := range p.Decisions {
		if d.Verdict != Build && d.Verdict != Shared && d.Verdict != Held {
			continue
		}
		for _, c := range d.Candidates {
			if c.Fits && strings.HasSuffix(c.Filename, ".whl") {
				t.Errorf("%s %s on %s: %s beside %s", d.Project, d.Version, d.Target, d.Verdict, c.Filename)
			}
		}
	}
}
