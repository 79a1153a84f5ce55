package plan

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/source"
	"wheelyard/yard"
)

func TestJSON(t *testing.T) {
	w := newWorld(t)
	w.page("pyyaml", "PyYAML-5.4.1.tar.gz\nPyYAML-5.4.1-cp36-cp36m-win32.whl")
	w.page("foo", "foo-1.0-py3-none-any.whl")
	w.want("stable/xena", "PyYAML==5.4.1")
	w.want("stable/xena", "foo==1.0")
	w.Problems = []source.Problem{{Origin: source.Origin{Source: "test", File: "constraints.txt", Line: 3}, Problem: "odd"}}
	p := w.make()
	key := string(p.Orders[0].Key)
	want := `{"format":1,"made":"2026-11-23T10:00:00Z","decisions":[` +
		`{"project":"foo","version":"1.0","target":"debian-12-x86_64/cp311","verdict":"upstream","code":"pure-wheel","file":"foo-1.0-py3-none-any.whl",` +
		`"reason":"upstream has a wheel for every platform","order":null,"wanted_by":[{"source":"test","series":"stable/xena","file":"constraints.txt","line":2}]},` +
		`{"project":"pyyaml","version":"5.4.1","target":"debian-12-x86_64/cp311","verdict":"build","code":"no-wheel","file":null,` +
		`"reason":"no wheel upstream fits: 2 files looked at","order":"` + key + `","wanted_by":[{"source":"test","series":"stable/xena","file":"constraints.txt","line":1}]}],` +
		`"orders":[{"key":"` + key + `","project":"pyyaml","version":"5.4.1","target":"debian-12-x86_64/cp311","here":true,` +
		`"sdist":{"filename":"PyYAML-5.4.1.tar.gz","sha256":"` + sum("PyYAML-5.4.1.tar.gz") + `","size":1},"build_number":0,` +
		`"serves":["debian-12-x86_64/cp311"],"after":[],"inputs":"inputs of debian-12-x86_64/cp311"}],` +
		`"problems":[{"source":"test","file":"constraints.txt","line":3,"problem":"odd"}],` +
		`"summary":{"wants":2,"decisions":2,"orders":1,"elsewhere":0,"verdicts":{"build":1,"excluded":0,"failed":0,"held":0,"no-sdist":0,"python":0,"shared":0,"skipped":0,"unknown":0,"upstream":1},"unserved":0}}`
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestJSONOfAnEmptyPlan(t *testing.T) {
	w := newWorld(t)
	got, err := json.Marshal(w.make())
	if err != nil {
		t.Fatal(err)
	}
	var lists struct{ Decisions, Orders, Problems *[]any }
	if err := json.Unmarshal(got, &lists); err != nil || lists.Decisions == nil || lists.Orders == nil || lists.Problems == nil {
		t.Errorf("%s: %v", got, err)
	}
}

func TestWhyJSON(t *testing.T) {
	w := newWorld(t)
	w.page("foo", "foo-1.0.tar.gz\nfoo-1.0-cp36-cp36m-win32.whl")
	w.want("a", "foo==1.0")
	w.want("a", "bar==1.0")
	w.attempt(bookworm311, "foo-1.0.tar.gz", yard.Infrastructure, 1, 0)
	e := w.make().Why("foo", "", "")
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Format    int
		Made      string
		Decisions []struct {
			Project, Verdict, Advice string
			RetryAt                  string `json:"retry_at"`
			Class                    string
			Steps                    []Step
			Candidates               []Candidate
		}
	}
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if back.Format != 1 || len(back.Decisions) != 1 {
		t.Fatalf("%s", got)
	}
	d := back.Decisions[0]
	if d.Project != "foo" || d.Verdict != "failed" || d.Class != "infrastructure" || d.RetryAt != "2026-11-23T10:01:01Z" || d.Advice != "do so" ||
		len(d.Steps) != 7 || len(d.Candidates) != 2 {
		t.Errorf("%s", got)
	}
	if e := w.make().Why("foo", "1.0", "elsewhere"); len(e.Decisions) != 0 {
		t.Errorf("decisions of another target: %+v", e.Decisions)
	}
}

func TestOrderKey(t *testing.T) {
	const sha = "61ea4feaac2c7d5f2a3b1c0d0e0f101112131415161718191a1b1c1d1e1f2021"
	base := OrderKey(sha, "a/cp311", 0)
	if want := yard.Key("sha256:" + sum("wheelyard order 1\nsdist sha256:"+sha+"\ntarget a/cp311\nbuild 0\n")); base != want {
		t.Errorf("got %s, want %s", base, want)
	}
	for _, other := range []yard.Key{OrderKey(sha, "a/cp311", 1), OrderKey(sha, "a/cp312", 0), OrderKey(sum("x"), "a/cp311", 0)} {
		if other == base {
			t.Error("another order has the same key")
		}
	}
}
