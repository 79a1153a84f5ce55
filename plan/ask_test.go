package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// summary is "project version target-python verdict lines" for each decision.
func summary(p Plan) []string {
	var got []string
	for _, d := range p.Decisions {
		_, python, _ := strings.Cut(d.Target, "/")
		var lines []string
		for _, o := range d.WantedBy {
			lines = append(lines, fmt.Sprint(o.Line))
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %s", d.Project, d.Version, python, d.Verdict, strings.Join(lines, "+")))
	}
	return got
}

// TestAsk has several wants on two targets, CPython 3.9 and 3.11.
func TestAsk(t *testing.T) {
	const pages = "foo-1.0-py3-none-any.whl\nfoo-1.1-py3-none-any.whl\nfoo-1.2-py3-none-any.whl requires=>=3.10\nfoo-1.3-py3-none-any.whl yanked=oops\nfoo-2.0a1-py3-none-any.whl"
	tests := []struct {
		name  string
		wants []string // "series: requirement"
		do    func(*world)
		want  []string
	}{
		{name: "one version wanted twice", wants: []string{"a: foo==1.0", "b: foo===1.0", "c: foo<=1.0"},
			want: []string{"foo 1.0 cp39 upstream 1+2+3", "foo 1.0 cp311 upstream 1+2+3"}},
		{name: "two versions", wants: []string{"a: foo==1.1", "b: foo==1.0"},
			want: []string{"foo 1.0 cp39 upstream 2", "foo 1.0 cp311 upstream 2", "foo 1.1 cp39 upstream 1", "foo 1.1 cp311 upstream 1"}},
		{name: "a range goes by the interpreter", wants: []string{"a: foo"},
			want: []string{"foo 1.1 cp39 upstream 1", "foo 1.2 cp311 upstream 1"}},
		{name: "two lines of one series", wants: []string{"a: foo==1.0;python_version=='3.9'", "a: foo==1.1;python_version>='3.10'"},
			want: []string{"foo 1.0 cp39 upstream 1", "foo 1.1 cp311 upstream 2"}},
		{name: "two lines of one series, one of them for no target", wants: []string{"a: foo==1.0;python_version=='3.9'", "a: foo==1.1;python_version>='3.12'"},
			want: []string{"foo 1.0 cp39 upstream 1", "foo 1.0 cp311 excluded 1", "foo 1.1 cp311 excluded 2"}},
		{name: "another series has it without a marker", wants: []string{"a: foo==1.0;python_version=='3.9'", "b: foo==1.0"},
			want: []string{"foo 1.0 cp39 upstream 1+2", "foo 1.0 cp311 upstream 2"}},
		{name: "another series has another version", wants: []string{"a: foo==1.0;python_version=='3.9'", "b: foo==1.1"},
			want: []string{"foo 1.0 cp39 upstream 1", "foo 1.0 cp311 excluded 1", "foo 1.1 cp39 upstream 2", "foo 1.1 cp311 upstream 2"}},
		{name: "a pin makes the yanked version good for the range", wants: []string{"a: foo==1.3", "b: foo>1.2"},
			want: []string{"foo 1.3 cp39 upstream 1+2", "foo 1.3 cp311 upstream 1+2"}},
		{name: "so does a later pin", wants: []string{"a: foo>1.2", "b: foo==1.3"},
			want: []string{"foo 1.3 cp39 upstream 1+2", "foo 1.3 cp311 upstream 1+2"}},
		{name: "a marker for an extra is false", wants: []string{"a: foo==1.0; extra == 'x'"},
			want: []string{"foo 1.0 cp39 excluded 1", "foo 1.0 cp311 excluded 1"}},
		{name: "two ranges without a version", wants: []string{"a: foo>8", "b: foo>9", "c: foo>8"},
			want: []string{"foo  cp39 unknown 1+3", "foo  cp311 unknown 1+3", "foo  cp39 unknown 2", "foo  cp311 unknown 2"}},
		{name: "the newest two", wants: []string{"a: foo"}, do: func(w *world) { w.Wants[0].Latest = 2 },
			want: []string{"foo 1.1 cp39 upstream 1", "foo 1.1 cp311 upstream 1", "foo 1.2 cp39 python 1", "foo 1.2 cp311 upstream 1"}},
		{name: "the newest of all with pre-releases", wants: []string{"a: foo>=1.0a1"}, do: func(w *world) { w.Wants[0].Latest = 1 },
			want: []string{"foo 2.0a1 cp39 upstream 1", "foo 2.0a1 cp311 upstream 1"}},
		{name: "the newest ten within", wants: []string{"a: foo<1.2"}, do: func(w *world) { w.Wants[0].Latest = 10 },
			want: []string{"foo 1.0 cp39 upstream 1", "foo 1.0 cp311 upstream 1", "foo 1.1 cp39 upstream 1", "foo 1.1 cp311 upstream 1"}},
		{name: "one target only", wants: []string{"a: foo==1.0"}, do: func(w *world) { w.Wants[0].Targets = []string{"debian-12-x86_64/cp311"} },
			want: []string{"foo 1.0 cp311 upstream 1"}},
		{name: "one platform only", wants: []string{"a: foo==1.0"}, do: func(w *world) { w.Wants[0].Targets = []string{"debian-11-x86_64"} },
			want: []string{"foo 1.0 cp39 upstream 1"}},
		{name: "projects and versions in order", wants: []string{"a: foo==1.10", "a: foo==1.9", "a: bar==1.0"},
			do: func(w *world) {
				for i := range w.Wants {
					w.Wants[i].Targets = []string{"debian-11-x86_64"}
				}
			},
			want: []string{"bar 1.0 cp39 unknown 3", "foo 1.9 cp39 unknown 2", "foo 1.10 cp39 unknown 1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, "debian-12-x86_64/cp311", "debian-11-x86_64/cp39")
			w.page("foo", pages)
			for _, want := range test.wants {
				series, requirement, _ := strings.Cut(want, ": ")
				w.want(series, requirement)
			}
			if test.do != nil {
				test.do(w)
			}
			p := w.make()
			if got := summary(p); !slices.Equal(got, test.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
			if p.Wants != len(test.wants) {
				t.Errorf("%d wants", p.Wants)
			}
			consistent(t, p)
		})
	}
}

func TestAskForUnknownTargets(t *testing.T) {
	w := newWorld(t)
	w.page("foo", "foo-1.0.tar.gz")
	w.want("a", "foo==1.0").Targets = []string{"debian-12-x86_64", "plan9-mips/cp311"}
	p := w.make()
	if len(p.Decisions) != 1 || len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Problem, "plan9-mips") || p.Problems[0].Line != 1 {
		t.Errorf("%d decisions, problems %+v", len(p.Decisions), p.Problems)
	}
}

func TestExcludedProjectsAreNotLookedUp(t *testing.T) {
	w := newWorld(t)
	w.want("a", "foo==1.0")
	w.want("a", "bar==1.0; python_version<'3'")
	exclude("", "", 0)(w)
	Make(w.Input)
	if len(w.asked) != 0 {
		t.Errorf("asked for %v", w.asked)
	}
}

func TestNotes(t *testing.T) {
	w := newWorld(t)
	w.page("foo", "foo-1.0.tar.gz yanked=broken requires=>=3.5.*")
	page := w.pages["foo"]
	page.Project.Status = "archived"
	w.pages["foo"] = page
	w.want("a", "foo==1.0")
	want := []string{"upstream calls the project archived", "yanked: broken", `requires-python ">=3.5.*" cannot be read, and is ignored as pip does`}
	if d := w.only(); !slices.Equal(d.Notes, want) {
		t.Errorf("notes %q", d.Notes)
	}
}

func TestUnreachableIsTemporary(t *testing.T) {
	w := newWorld(t)
	w.fails["foo"] = fmt.Errorf("no answer")
	w.want("a", "foo==1.0")
	w.want("a", "bar==1.0")
	for _, d := range w.make().Decisions {
		if d.Temporary != (d.Project == "foo") {
			t.Errorf("%s: temporary %v", d.Project, d.Temporary)
		}
	}
}

func TestNearest(t *testing.T) {
	w := newWorld(t)
	w.page("foo", "foo-0.8.tar.gz\nfoo-0.9.tar.gz\nfoo-1.0.tar.gz\nfoo-1.10.tar.gz\nfoo-1.9.tar.gz\nfoo-2.0.tar.gz")
	for want, nearest := range map[string]string{"==1.5": "0.9, 1.0, 1.9, 1.10", "==0.1": "0.8, 0.9", "==3": "1.10, 2.0", ">3": "1.10, 2.0", "===x": "1.10, 2.0"} {
		w.Wants = nil
		w.want("a", "foo"+want)
		if d := w.only(); !strings.HasSuffix(d.Reason, "the nearest are "+nearest) {
			t.Errorf("%s: %s", want, d.Reason)
		}
	}
}
