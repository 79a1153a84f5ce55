package plan

import (
	"strings"
	"testing"
)

func TestCandidates(t *testing.T) {
	tests := []struct {
		target   string
		file     string
		mismatch Mismatch
		why      string
	}{
		{bookworm311, "foo-1.0-cp310-cp310-manylinux_2_17_x86_64.whl", WrongPython, "built for cp310"},
		{bookworm311, "foo-1.0-cp310-cp310-macosx_11_0_arm64.whl", WrongPython, "built for cp310, for macOS (macosx_11_0_arm64)"},
		{bookworm311, "foo-1.0-cp311-cp311-macosx_11_0_arm64.whl", WrongPlatform, "for macOS (macosx_11_0_arm64)"},
		{bookworm311, "foo-1.0-cp311-cp311-win_amd64.whl", WrongPlatform, "for Windows (win_amd64)"},
		{bookworm311, "foo-1.0-cp311-cp311-manylinux_2_39_x86_64.whl", WrongLibc, "needs glibc 2.39, platform has 2.36"},
		{"debian-11-x86_64/cp39", "foo-1.0-cp39-cp39-manylinux_2_34_x86_64.whl", WrongLibc, "needs glibc 2.34, platform has 2.31"},
		{bookworm311, "foo-1.0-cp311-cp311-manylinux_2_39_aarch64.manylinux_2_39_x86_64.whl", WrongLibc, "needs glibc 2.39, platform has 2.36"},
		{bookworm311, "foo-1.0-cp311-cp311-musllinux_1_2_x86_64.whl", WrongMusl, "for musl 1.2, platform has glibc 2.36"},
		{"alpine-3-x86_64/cp311", "foo-1.0-cp311-cp311-manylinux2014_x86_64.whl", WrongMusl, "for glibc 2.17, platform has musl 1.2"},
		{"alpine-3-x86_64/cp311", "foo-1.0-cp311-cp311-musllinux_1_3_x86_64.whl", WrongLibc, "needs musl 1.3, platform has 1.2"},
		{bookworm311, "foo-1.0-cp311-cp311-manylinux2014_aarch64.whl", WrongArch, "for aarch64"},
		{bookworm311, "foo-1.0-cp311-cp311-linux_riscv64.whl", WrongArch, "for riscv64"},
		{bookworm311, "foo-1.0-cp312-abi3-manylinux2014_x86_64.whl", WrongABI, "needs CPython 3.12 or later (abi3)"},
		{bookworm311, "foo-1.0-cp315-abi3.abi3t-manylinux2014_x86_64.whl", WrongABI, "needs CPython 3.15 or later (abi3)"},
		{bookworm311, "foo-1.0-cp313-cp313t-manylinux2014_x86_64.whl", WrongThreading, "built for free-threaded CPython 3.13 (cp313t)"},
		{"debian-12-x86_64/cp313t", "foo-1.0-cp39-abi3-manylinux2014_x86_64.whl", WrongThreading, "abi3, which a free-threaded CPython cannot load"},
		{"debian-12-x86_64/cp313t", "foo-1.0-cp313-cp313-manylinux2014_x86_64.whl", WrongThreading, "built for cp313, and not free-threaded"},
		{"debian-12-x86_64/pp310", "foo-1.0-cp39-abi3-manylinux2014_x86_64.whl", WrongPython, "built for CPython (cp39-abi3)"},
		{bookworm311, "foo-1.0-pp310-pypy310_pp73-manylinux2014_x86_64.whl", WrongPython, "built for PyPy 3.10"},
		{bookworm311, "foo-1.0-cp311-cp311-any.whl", WrongPlatform, "not for this interpreter and platform together"},
		{bookworm311, "foo-1.0-py2-none-any.whl", WrongPython, "built for Python 2"},
		{bookworm311, "foo-1.0-cp27-cp27mu-manylinux1_x86_64.whl", WrongPython, "built for cp27"},
		{bookworm311, "foo-1.0-py312-none-any.whl", WrongPython, "built for py312"},
		{bookworm311, "foo-1.0-py3-none-any.whl requires=>=3.12", RefusedByPython, "requires Python >=3.12"},
		{bookworm311, "foo-1.0-py3-none-any.whl yanked=broken", Yanked, "yanked: broken"},
		{bookworm311, "foo-1.0-py3-none-any.whl yanked=", Yanked, "yanked, no reason given"},
		{bookworm311, "foo-1.0-py3-none.whl", "", ""}, // no file of any version
		{bookworm311, "foo-1.0-x-py3-none-any.whl", BadName, "its name cannot be read"},
		{bookworm311, "bar-1.0-py3-none-any.whl", WrongProject, "it belongs to the project bar"},
		{bookworm311, "foo-1.0-py2.7.tar.gz", WrongPython, "an sdist for Python 2.7 only"},
		{bookworm311, "foo-1.0.tar.bz2", "", "an sdist: .tar.bz2; pip takes the one that is listed last"},
		{bookworm311, "foo-1.0.zip nohash", "", "an sdist: .zip, without a sha256; pip takes the one that is listed last"},
		{bookworm311, "foo-1.0-py2.py3-none-any.whl", "", "fits, and is the one that pip takes"},
	}
	for _, test := range tests {
		t.Run(test.target+" "+test.file, func(t *testing.T) {
			w := newWorld(t, test.target)
			w.page("foo", test.file+"\nfoo-1.0.tar.gz")
			w.want("a", "foo==1.0")
			d := w.only()
			name, _, _ := strings.Cut(test.file, " ")
			var found []Candidate
			for _, c := range d.Candidates {
				if c.Filename == name {
					found = append(found, c)
				}
			}
			if test.mismatch == "" && test.why == "" {
				if len(found) != 0 {
					t.Errorf("got %+v, want none", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%d candidates", len(found))
			}
			if c := found[0]; c.Mismatch != test.mismatch || c.Fits != (test.mismatch == "") || !strings.HasPrefix(c.Why, test.why) {
				t.Errorf("got %q: %s", c.Mismatch, c.Why)
			}
		})
	}
}

// TestAllYanked: where the file that pip takes is yanked itself, that is no reason against the others.
func TestAllYanked(t *testing.T) {
	w := newWorld(t, bookworm311)
	w.page("foo", "foo-1.0-cp311-cp311-manylinux2014_x86_64.whl yanked=broken\nfoo-1.0-py3-none-any.whl yanked=broken\nfoo-1.0.tar.gz yanked=broken")
	w.want("a", "foo==1.0")
	for i, why := range []string{"fits, and is the one that pip takes", "fits, but pip prefers another", "an sdist: .tar.gz"} {
		if c := w.only().Candidates[i]; !c.Fits || c.Why != why {
			t.Errorf("%+v, want %s", c, why)
		}
	}
}

// TestOddTags: whatever tags a page makes up, each file is told of, and nothing panics.
func TestOddTags(t *testing.T) {
	odd := []string{"", "cp", "cp3", "cpx", "py", "pp", "manylinux_", "manylinux_2", "manylinux_2_x_y", "musllinux_1_2", "linux_", "any", "none", "abi3", "abi3t", "t", "cp313t"}
	var page strings.Builder
	for _, python := range odd {
		for _, abi := range odd {
			for _, platform := range odd {
				page.WriteString("foo-1.0-" + python + "-" + abi + "-" + platform + ".whl\n")
			}
		}
	}
	w := newWorld(t, bookworm311, "alpine-3-x86_64/cp313t", "debian-12-x86_64/pp310")
	w.page("foo", page.String()+"foo-1.0.tar.gz")
	w.want("a", "foo==1.0")
	for _, d := range w.make().Decisions {
		for _, c := range d.Candidates {
			if c.Why == "" {
				t.Errorf("%s: %s is not explained", d.Target, c.Filename)
			}
		}
	}
}

// TestSameAddress: pip takes the first of several links to one address.
func TestSameAddress(t *testing.T) {
	w := newWorld(t)
	w.page("foo", "foo-1.0.tar.gz requires=<3\nfoo-1.0.tar.gz")
	w.want("a", "foo==1.0")
	if d := w.only(); d.Verdict != Python || len(d.Candidates) != 1 {
		t.Errorf("got %s, candidates %+v", d.Verdict, d.Candidates)
	}
}
