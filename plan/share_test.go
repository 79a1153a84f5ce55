package plan

import (
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
	"wheelyard/yard"
)

func TestShapeOf(t *testing.T) {
	tests := []struct {
		sets string
		want shape
	}{
		{"", shape{}},
		{"py3-none-any py2.py3-none-any", shape{form: pure}},
		{"cp39-cp39-win32 py3-none-any", shape{form: perInterpreter}},
		{"cp39-abi3-win32 cp36-abi3-win32 cp311-cp311-win32", shape{form: perPlatform, base: [2]int{3, 6}, abi3: true}},
		{"cp36-abi3-win32 cp39-abi3-win32", shape{form: perPlatform, base: [2]int{3, 6}, abi3: true}},
		{"cp39.cp36.cp38-abi3-win32", shape{form: perPlatform, base: [2]int{3, 6}, abi3: true}},
		{"py3-none-win32", shape{form: perPlatform, base: [2]int{3, 0}}},
	}
	for _, test := range tests {
		var sets [][]tag.Tag
		for s := range strings.FieldsSeq(test.sets) {
			set, err := tag.ParseSet(s)
			if err != nil {
				t.Fatal(err)
			}
			sets = append(sets, set)
		}
		if got := shapeOf(sets, ""); got != test.want {
			t.Errorf("%s: got %+v", test.sets, got)
		}
	}
}

// TestShare has one version of one project on several targets: which are built, and which wait.
func TestShare(t *testing.T) {
	const (
		a39   = "debian-11-x86_64/cp39"
		a311  = "debian-12-x86_64/cp311"
		a312  = "debian-12-x86_64/cp312"
		a313  = "debian-12-x86_64/cp313"
		a313t = "debian-12-x86_64/cp313t"
		pp    = "debian-12-x86_64/pp310"
		arm   = "debian-12-aarch64/cp311!"
	)
	tests := []struct {
		name    string
		targets string
		page    string // besides foo-1.0.tar.gz
		do      func(*world)
		want    string // "target verdict code" each, in the order of targets
	}{
		{name: "nothing is known: the lowest interpreter is the scout", targets: "a313 a39 a311",
			want: "a313 shared scout, a39 build no-wheel, a311 shared scout"},
		{name: "native before elsewhere", targets: "a313 arm", want: "a313 build no-wheel, arm shared scout"},
		{name: "nothing here", targets: "arm", want: "arm build no-wheel"},
		{name: "plain CPython before the others", targets: "pp a313t a313", want: "pp shared scout, a313t shared scout, a313 build no-wheel"},
		{name: "the scout came back: one for each", targets: "a39 a311 a313 arm", do: func(w *world) {
			w.hold("debian-11-x86_64", a39, "foo-1.0-cp39-cp39-linux_x86_64.whl")
		}, want: "a39 held in-yard, a311 build no-wheel, a313 build no-wheel, arm build no-wheel"},
		{name: "the scout came back: pure", targets: "a39 a311 arm", do: func(w *world) {
			w.hold("debian-11-x86_64", a39, "foo-1.0-py3-none-any.whl")
		}, want: "a39 held in-yard, a311 held in-yard, arm held in-yard"},
		{name: "the scout came back: abi3", targets: "a39 a311 a312 a313 a313t arm", do: func(w *world) {
			w.hold("debian-11-x86_64", a39, "foo-1.0-cp39-abi3-linux_x86_64.whl")
		}, want: "a39 held in-yard, a311 build no-wheel, a312 shared abi3, a313 shared abi3, a313t build no-wheel, arm build no-wheel"},
		{name: "one platform is due a rebuild", targets: "a39 a311", do: func(w *world) {
			w.Number = func(_ project.Name, _, platform string) int { return strings.Count(platform, "11") }
		}, want: "a39 build no-wheel, a311 build no-wheel"},
		{name: "the scout failed: the next goes", targets: "a39 a311 a313", do: func(w *world) {
			w.attempt(a39, "foo-1.0.tar.gz", yard.SourceFault, 1, time.Hour)
		}, want: "a39 shared scout, a311 build no-wheel, a313 shared scout"},
		{name: "all failed", targets: "a39 a311", do: func(w *world) {
			w.attempt(a39, "foo-1.0.tar.gz", yard.SourceFault, 1, time.Hour)
			w.attempt(a311, "foo-1.0.tar.gz", yard.PythonTooNew, 1, time.Hour)
		}, want: "a39 failed final, a311 failed final"},
		{name: "the version before was one for each", targets: "a311 a313", do: func(w *world) {
			w.hold("debian-12-x86_64", a311, "foo-0.9-cp311-cp311-linux_x86_64.whl")
		}, want: "a311 build no-wheel, a313 build no-wheel"},
		{name: "the version before was pure", targets: "a311 a313", do: func(w *world) {
			w.hold("debian-12-x86_64", a311, "foo-0.9-py3-none-any.whl")
		}, want: "a311 build no-wheel, a313 shared pure"},
		{name: "our own builds before upstream's wheels", targets: "a311 a313", page: "foo-1.0-cp39-cp39-win32.whl", do: func(w *world) {
			w.hold("debian-12-x86_64", a311, "foo-0.9-py3-none-any.whl")
		}, want: "a311 build no-wheel, a313 shared pure"},
		{name: "what was built once, and is not held any more", targets: "a311 a313", do: func(w *world) {
			w.attempt(a311, "foo-0.9.tar.gz", yard.Built, 1, time.Hour).Wheel.Filename = "foo-0.9-cp311-cp311-linux_x86_64.whl"
		}, want: "a311 build no-wheel, a313 build no-wheel"},
		{name: "upstream's wheels of this version", targets: "a311 a313", page: "foo-1.0-cp39-cp39-manylinux1_x86_64.whl",
			want: "a311 build no-wheel, a313 build no-wheel"},
		{name: "upstream's wheels of this version, a pure one for the rest", targets: "a311 a313", page: "foo-1.0-cp39-cp39-win32.whl\nfoo-1.0-py2-none-any.whl",
			want: "a311 build no-wheel, a313 build no-wheel"},
		{name: "upstream's abi3 wheels", targets: "a311 a313 a313t", page: "foo-1.0-cp36-abi3-win32.whl",
			want: "a311 build no-wheel, a313 shared abi3, a313t build no-wheel"},
		{name: "upstream's abi3 wheels, from 3.12 on", targets: "a311 a312 a313", page: "foo-1.0-cp312-abi3-win32.whl\nfoo-1.0-cp311-cp311-win32.whl",
			want: "a311 build no-wheel, a312 build no-wheel, a313 shared abi3"},
		{name: "one for a platform, whatever the interpreter", targets: "a311 a313 a313t pp", page: "foo-1.0-py3-none-win32.whl",
			want: "a311 build no-wheel, a313 shared abi3, a313t shared abi3, pp shared abi3"},
		{name: "the lowest abi3 failed: the next serves those above only", targets: "a311 a312 a313", page: "foo-1.0-cp36-abi3-win32.whl", do: func(w *world) {
			w.attempt(a311, "foo-1.0.tar.gz", yard.SourceFault, 1, time.Hour)
		}, want: "a311 failed final, a312 build no-wheel, a313 shared abi3"},
	}
	names := map[string]string{"a39": a39, "a311": a311, "a312": a312, "a313": a313, "a313t": a313t, "pp": pp, "arm": arm}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var targets []string
			for _, short := range strings.Fields(test.targets) {
				targets = append(targets, names[short])
			}
			w := newWorld(t, targets...)
			w.page("foo", "foo-1.0.tar.gz\n"+test.page)
			w.want("stable", "foo==1.0")
			if test.do != nil {
				test.do(w)
			}
			p := w.make()
			var got []string
			for _, short := range strings.Fields(test.targets) {
				d := on(t, p, strings.TrimSuffix(names[short], "!"))
				got = append(got, short+" "+string(d.Verdict)+" "+string(d.Code))
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			for _, o := range p.Orders {
				if elsewhere := strings.Contains(o.Target, "aarch64"); o.Here == elsewhere {
					t.Errorf("order for %s: here %v", o.Target, o.Here)
				}
			}
			consistent(t, p)
		})
	}
}
