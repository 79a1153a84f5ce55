package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/source"
	"wheelyard/yard"
)

const linux311 = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"

// TestVerdict has one want on one target (CPython 3.11 on glibc 2.36) for each reason.
func TestVerdict(t *testing.T) {
	tests := []struct {
		name    string
		page    string // "" for no such project
		want    string
		do      func(*world)
		version string
		verdict Verdict
		code    Code
		file    string // of upstream and held; else the sdist that pip builds
		reason  string // a part of it
	}{
		{name: "nothing but an sdist", page: "foo-1.0.tar.gz", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz", reason: "no wheel of this version"},
		{name: "a pin in another spelling", page: "foo-1.0.0.tar.gz", want: "Foo==1",
			version: "1.0.0", verdict: Build, code: NoWheel, file: "foo-1.0.0.tar.gz"},
		{name: "a wheel that fits", page: "foo-1.0.tar.gz\nfoo-1.0-" + linux311, want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-" + linux311, reason: "manylinux"},
		{name: "a pure wheel", page: "foo-1.0.tar.gz\nfoo-1.0-py3-none-any.whl", want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: PureFits, file: "foo-1.0-py3-none-any.whl"},
		{name: "platform before pure", page: "foo-1.0-" + linux311 + "\nfoo-1.0-py3-none-any.whl", want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-" + linux311},
		{name: "the higher build tag", page: "foo-1.0-2-" + linux311 + "\nfoo-1.0-10-" + linux311 + "\nfoo-1.0-" + linux311, want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-10-" + linux311},
		{name: "the last listed among equals", page: "foo-1.0-py3-none-any.whl\nFoo-1.0-py3-none-any.whl", want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: PureFits, file: "Foo-1.0-py3-none-any.whl"},
		{name: "the lower abi3 is worse", page: "foo-1.0-cp39-abi3-linux_x86_64.whl\nfoo-1.0-cp36-abi3-linux_x86_64.whl", want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-cp39-abi3-linux_x86_64.whl"},
		{name: "no wheel fits", page: "foo-1.0.tar.gz\nfoo-1.0-cp312-cp312-win_amd64.whl\nfoo-1.0-cp312-cp312-macosx_11_0_arm64.whl", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz", reason: "no wheel upstream fits: 3 files looked at"},
		{name: "glibc too new", page: "foo-1.0.tar.gz\nfoo-1.0-cp311-cp311-manylinux_2_39_x86_64.whl", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "the last of two sdists", page: "foo-1.0.tar.bz2\nfoo-1.0.zip", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.zip"},
		{name: "an sdist whose name reads as a post release", page: "foo-1.0.2-2.tar.gz\nfoo-1.0.2.tar.gz", want: "foo==1.0.2",
			version: "1.0.2", verdict: Build, code: NoWheel, file: "foo-1.0.2.tar.gz"},
		{name: "that post release", page: "foo-1.0.2-2.tar.gz\nfoo-1.0.2.tar.gz", want: "foo==1.0.2.post2",
			version: "1.0.2.post2", verdict: Build, code: NoWheel, file: "foo-1.0.2-2.tar.gz"},
		{name: "an sdist for another Python", page: "foo-1.0-py2.7.tar.gz", want: "foo==1.0",
			version: "1.0", verdict: NoSdist, code: NoFile},
		{name: "pip reads one digit of the minor version there", page: "foo-1.0-py3.11.tar.gz", want: "foo==1.0",
			version: "1.0", verdict: Unknown, code: NoVersion},
		{name: "a pin with a local version upstream", page: "foo-1.9-" + linux311 + "\nfoo-1.9+x.tar.gz", want: "foo==1.9",
			version: "1.9+x", verdict: Build, code: NoWheel, file: "foo-1.9+x.tar.gz"},
		{name: "an exact pin takes no local version", page: "foo-1.9-" + linux311 + "\nfoo-1.9+x.tar.gz", want: "foo===1.9",
			version: "1.9", verdict: Upstream, code: WheelFits, file: "foo-1.9-" + linux311},

		{name: "a pin takes what is wholly yanked", page: "foo-1.0.tar.gz yanked=broken\nfoo-1.0-" + linux311 + " yanked=broken", want: "foo==1.0",
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-" + linux311},
		{name: "an sdist that is not yanked before a wheel that is", page: "foo-1.0.tar.gz\nfoo-1.0-" + linux311 + " yanked=broken", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz", reason: "yanked"},
		{name: "a range passes over what is yanked", page: "foo-1.0.tar.gz\nfoo-1.1.tar.gz yanked=broken", want: "foo>=1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "a range over nothing but yanked files", page: "foo-1.1.tar.gz yanked=broken", want: "foo>=1.0",
			version: "1.1", verdict: Unknown, code: OnlyYanked},

		{name: "requires-python refuses", page: "foo-1.0.tar.gz requires=<3.11", want: "foo==1.0",
			version: "1.0", verdict: Python, code: RequiresPython, reason: "requires Python <3.11, here it is 3.11.2"},
		{name: "requires-python refuses all, fitting or not", page: "foo-1.0-py3-none-win_amd64.whl requires=>=3.12", want: "foo==1.0",
			version: "1.0", verdict: Python, code: RequiresPython},
		{name: "requires-python refuses the sdist only", page: "foo-1.0.tar.gz requires=>=3.12\nfoo-1.0-cp310-cp310-win32.whl", want: "foo==1.0",
			version: "1.0", verdict: Python, code: RequiresPython},
		{name: "requires-python that cannot be read is ignored", page: "foo-1.0.tar.gz requires=>=3.5.*", want: "foo==1.0",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "a range takes what the interpreter may have", page: "foo-1.0.tar.gz\nfoo-2.0.tar.gz requires=>=3.12", want: "foo",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "a range of which the interpreter may have nothing", page: "foo-1.0.tar.gz requires=<3\nfoo-2.0.tar.gz requires=>=3.12", want: "foo",
			version: "2.0", verdict: Python, code: RequiresPython},
		{name: "a range takes a newer sdist before an older wheel", page: "foo-1.0-" + linux311 + "\nfoo-1.1.tar.gz", want: "foo<2",
			version: "1.1", verdict: Build, code: NoWheel, file: "foo-1.1.tar.gz"},
		{name: "a range passes over a pre-release", page: "foo-1.0.tar.gz\nfoo-1.1rc1.tar.gz", want: "foo",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "a range that names a pre-release", page: "foo-1.0.tar.gz\nfoo-1.1rc1.tar.gz", want: "foo>=1.0a1",
			version: "1.1rc1", verdict: Build, code: NoWheel, file: "foo-1.1rc1.tar.gz"},
		{name: "a range over pre-releases only", page: "foo-1.0a1.tar.gz\nfoo-1.1rc1.tar.gz", want: "foo>=0.5",
			version: "1.1rc1", verdict: Build, code: NoWheel, file: "foo-1.1rc1.tar.gz"},
		{name: "a final release that does not fit is none", page: "foo-1.0-py2-none-any.whl\nfoo-1.1rc1.tar.gz", want: "foo",
			version: "1.1rc1", verdict: Build, code: NoWheel, file: "foo-1.1rc1.tar.gz"},
		{name: "a pin on a pre-release", page: "foo-1.0.tar.gz\nfoo-1.1rc1.tar.gz", want: "foo==1.1rc1",
			version: "1.1rc1", verdict: Build, code: NoWheel, file: "foo-1.1rc1.tar.gz"},

		{name: "a range of which nothing fits", page: "foo-1.0-py2-none-any.whl\nfoo-1.5-py2-none-any.whl yanked=x\nfoo-2.0a1-py2-none-any.whl", want: "foo",
			version: "1.0", verdict: NoSdist, code: NoFile},
		{name: "a zip for old Macs", page: "foo-1.0+macosx10.zip", want: "foo==1.0", version: "1.0", verdict: Unknown, code: NoVersion},
		{name: "no sdist", page: "foo-1.0-cp311-cp311-win32.whl", want: "foo==1.0", version: "1.0", verdict: NoSdist, code: NoFile},
		{name: "an sdist without a hash", page: "foo-1.0.tar.gz nohash", want: "foo==1.0",
			version: "1.0", verdict: NoSdist, code: NoDigest, file: "foo-1.0.tar.gz", reason: "foo-1.0.tar.gz has no sha256"},
		{name: "no kind of sdist that pip takes", page: "foo-1.0.tar.gz\nfoo-1.1.rpm\nfoo-1.1.win32.exe", want: "foo",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},

		{name: "no project", want: "foo==1.0", version: "1.0", verdict: Unknown, code: NoProject},
		{name: "no version", page: "foo-1.0.tar.gz\nfoo-1.1.tar.gz\nfoo-1.3.tar.gz\nfoo-1.4.tar.gz\nfoo-1.5.tar.gz", want: "foo==1.2",
			version: "1.2", verdict: Unknown, code: NoVersion, reason: "the nearest are 1.0, 1.1, 1.3, 1.4"},
		{name: "no version in a range", page: "foo-1.0.tar.gz\nfoo-1.1.tar.gz", want: "foo>=2",
			verdict: Unknown, code: NoVersion, reason: ">=2; the nearest are 1.0, 1.1"},
		{name: "only another project's files", page: "bar-1.0.tar.gz\nbar-1.0-py3-none-any.whl", want: "foo==1.0",
			version: "1.0", verdict: Unknown, code: NoVersion, reason: "lists no version"},
		{name: "an empty page", page: " ", want: "foo==1.0", version: "1.0", verdict: Unknown, code: NoVersion, reason: "lists no version"},
		{name: "in quarantine", page: " ", want: "foo==1.0", do: func(w *world) {
			page := w.pages["foo"]
			page.Project.Status, page.Project.StatusReason = "quarantined", "malware"
			w.pages["foo"] = page
		}, version: "1.0", verdict: Unknown, code: Quarantined, reason: "malware"},
		{name: "upstream silent", want: "foo==1.0", do: func(w *world) { w.fails["foo"] = errors.New("upstream could not be asked: timeout") },
			version: "1.0", verdict: Unknown, code: Unreachable, reason: "timeout"},

		{name: "marker false", page: "foo-1.0.tar.gz", want: "foo==1.0; python_version < '3.8'",
			version: "1.0", verdict: Excluded, code: ByMarker, reason: "3.8"},
		{name: "marker true", page: "foo-1.0.tar.gz", want: "foo==1.0; python_version >= '3.8'",
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "excluded as a whole", page: "foo-1.0.tar.gz", want: "foo", do: exclude("", "", 0),
			verdict: Excluded, code: ByRule, reason: "not wanted (deny.txt:7)"},
		{name: "excluded by version", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("<2", "", 0),
			version: "1.0", verdict: Excluded, code: ByRule},
		{name: "excluded by the version that a range comes to", page: "foo-1.0.tar.gz", want: "foo", do: exclude("<2", "", 0),
			version: "1.0", verdict: Excluded, code: ByRule},
		{name: "another version is excluded", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("<1", "", 0),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "excluded on the platform", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("", "debian-12-x86_64", 0),
			version: "1.0", verdict: Excluded, code: ByRule},
		{name: "excluded on another", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("", "debian-12-x86_64/cp312", 0),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "excluded until tomorrow", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("", "", 24*time.Hour),
			version: "1.0", verdict: Excluded, code: ByRule, reason: "until 2026-11-24"},
		{name: "excluded until now", page: "foo-1.0.tar.gz", want: "foo==1.0", do: func(w *world) {
			exclude("", "", time.Hour)(w)
			w.Now = w.Excludes[0].Until
		}, version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "excluded until yesterday", page: "foo-1.0.tar.gz", want: "foo==1.0", do: exclude("", "", -24*time.Hour),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},

		{name: "held", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.0-cp311-cp311-linux_x86_64.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-cp311-cp311-linux_x86_64.whl"},
		{name: "the better of two that are held", page: "foo-1.0.tar.gz", want: "foo==1.0",
			do:      holding("debian-12-x86_64", "foo-1.0-cp39-abi3-linux_x86_64.whl", "foo-1.0-cp311-cp311-linux_x86_64.whl", "foo-1.0-py3-none-any.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-cp311-cp311-linux_x86_64.whl"},
		{name: "held under a build number", page: "foo-1.0.tar.gz", want: "foo==1.0",
			do:      holding("debian-12-x86_64", "foo-1.0-cp311-cp311-linux_x86_64.whl", "foo-1.0-1-cp311-cp311-linux_x86_64.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-1-cp311-cp311-linux_x86_64.whl"},
		{name: "held, abi3", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.0-cp39-abi3-linux_x86_64.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-cp39-abi3-linux_x86_64.whl"},
		{name: "held for a later interpreter", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.0-cp312-abi3-linux_x86_64.whl"),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "held for another platform", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-13-x86_64", "foo-1.0-cp311-cp311-linux_x86_64.whl"),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "held for all platforms", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-13-x86_64", "foo-1.0-py3-none-any.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-py3-none-any.whl"},
		{name: "another version held", page: "foo-1.0.tar.gz", want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.1-cp311-cp311-linux_x86_64.whl"),
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "held, and upstream has one too", page: "foo-1.0-" + linux311, want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.0-cp311-cp311-linux_x86_64.whl"),
			version: "1.0", verdict: Upstream, code: WheelFits, file: "foo-1.0-" + linux311},
		{name: "held, with requires-python against it", page: "foo-1.0.tar.gz", want: "foo==1.0", do: func(w *world) {
			w.hold("debian-12-x86_64", bookworm311, "foo-1.0-py3-none-any.whl").RequiresPython = ">=3.12"
		}, version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "held, without any sdist left upstream", page: "foo-1.0-py2-none-any.whl", want: "foo==1.0", do: holding("debian-12-x86_64", "foo-1.0-py3-none-any.whl"),
			version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-py3-none-any.whl"},
		{name: "a rebuild is due", page: "foo-1.0.tar.gz", want: "foo==1.0", do: func(w *world) {
			w.hold("debian-12-x86_64", bookworm311, "foo-1.0-1-cp311-cp311-linux_x86_64.whl")
			w.Number = due(2)
		}, version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "a rebuild is done", page: "foo-1.0.tar.gz", want: "foo==1.0", do: func(w *world) {
			w.hold("debian-12-x86_64", bookworm311, "foo-1.0-2-cp311-cp311-linux_x86_64.whl")
			w.Number = due(2)
		}, version: "1.0", verdict: Held, code: InYard, file: "foo-1.0-2-cp311-cp311-linux_x86_64.whl"},

		{name: "pure, and not wanted, by our own build", page: "foo-1.0.tar.gz\nfoo-0.9.tar.gz", want: "foo==1.0", do: func(w *world) {
			w.Policy.Pure = "skip"
			w.hold("debian-12-x86_64", bookworm311, "foo-0.9-py3-none-any.whl")
		}, version: "1.0", verdict: Skipped, code: SharesPure, file: "foo-1.0.tar.gz", reason: "our build of 0.9"},
		{name: "pure, and not wanted, by upstream's wheels", page: "foo-1.0.tar.gz\nfoo-0.9-py3-none-any.whl\nfoo-1.1-py3-none-any.whl", want: "foo==1.0",
			do:      func(w *world) { w.Policy.Pure = "skip" },
			version: "1.0", verdict: Skipped, code: SharesPure, file: "foo-1.0.tar.gz", reason: "upstream's wheels of 0.9"},
		{name: "perhaps pure, and pure is not wanted", page: "foo-1.0.tar.gz", want: "foo==1.0", do: func(w *world) { w.Policy.Pure = "skip" },
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
		{name: "not pure, and pure is not wanted", page: "foo-1.0.tar.gz\nfoo-0.9-cp39-cp39-win32.whl", want: "foo==1.0",
			do:      func(w *world) { w.Policy.Pure = "skip" },
			version: "1.0", verdict: Build, code: NoWheel, file: "foo-1.0.tar.gz"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.page != "" {
				w.page("foo", test.page)
			}
			w.want("stable", test.want)
			if test.do != nil {
				test.do(w)
			}
			p := w.make()
			d := on(t, p, bookworm311)
			file := d.File
			if file == "" {
				file = chosen(d)
			}
			if d.Version != test.version || d.Verdict != test.verdict || d.Code != test.code || !strings.Contains(d.Reason, test.reason) {
				t.Errorf("got %q %s %s: %s", d.Version, d.Verdict, d.Code, d.Reason)
			}
			if file != test.file {
				t.Errorf("file %q, want %q", file, test.file)
			}
			consistent(t, p)
		})
	}
}

func exclude(versions, target string, until time.Duration) func(*world) {
	return func(w *world) {
		s, err := pep440.ParseSpecifiers(versions)
		if err != nil {
			w.t.Fatal(err)
		}
		x := source.Exclude{Project: "foo", Versions: s, Reason: "not wanted", Origin: source.Origin{Source: "test", File: "deny.txt", Line: 7}}
		if target != "" {
			x.Targets = []string{target}
		}
		if until != 0 {
			x.Until = now.Add(until)
		}
		w.Excludes = append(w.Excludes, x)
	}
}

func holding(platform string, files ...string) func(*world) {
	return func(w *world) {
		for _, f := range files {
			w.hold(platform, platform+"/cp311", f)
		}
	}
}

// consistent holds what is true of every plan.
func consistent(t testing.TB, p Plan) {
	t.Helper()
	orders := map[yard.Key]Order{}
	for _, o := range p.Orders {
		if _, twice := orders[o.Key]; twice {
			t.Errorf("order %s stands twice", o.Key)
		}
		orders[o.Key] = o
		if !slices.Contains(o.Serves, o.Target) || digest(&o.Sdist) == "" || o.Key != OrderKey(o.Sdist.Hashes["sha256"], o.Target, o.BuildNumber) {
			t.Errorf("order %+v", o)
		}
	}
	for i, d := range p.Decisions {
		at := fmt.Sprintf("%s %s on %s: %s", d.Project, d.Version, d.Target, d.Verdict)
		if d.Code == "" || d.Reason == "" || strings.Contains(d.Reason, "\n") {
			t.Errorf("%s, code %q, reason %q", at, d.Code, d.Reason)
		}
		var asked []Verdict
		for j, s := range d.Steps {
			asked = append(asked, s.Asked)
			if s.Yes != (j == len(d.Steps)-1) || s.Answer == "" {
				t.Errorf("%s: step %d is %+v", at, j, s)
			}
		}
		if upTo := Verdicts[:slices.Index(Verdicts, d.Verdict)+1]; !slices.Equal(asked, upTo) {
			t.Errorf("%s: asked %v, want %v", at, asked, upTo)
		}
		o, ordered := orders[d.Order]
		if d.Verdict == Build && (!ordered || o.Target != d.Target || o.Project != d.Project || o.Version != d.Version) {
			t.Errorf("%s: order %+v", at, o)
		}
		if d.Verdict == Shared && (!ordered || o.Target == d.Target || !slices.Contains(o.Serves, d.Target)) {
			t.Errorf("%s: waits for %+v", at, o)
		}
		if (d.File != "") != (d.Verdict == Upstream || d.Verdict == Held) {
			t.Errorf("%s: file %q", at, d.File)
		}
		if i > 0 {
			if e := p.Decisions[i-1]; e.Project == d.Project && e.Version == d.Version && e.Target == d.Target && d.Version != "" {
				t.Errorf("%s: decided twice", at)
			}
		}
	}
	if n := p.Summary().Verdicts[Build]; n != len(p.Orders) {
		t.Errorf("%d decisions to build, %d orders", n, len(p.Orders))
	}
}
