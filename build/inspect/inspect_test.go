package inspect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"wheelyard/internal/elftest"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

var target = platform.Target{Platform: "here", Python: "cp311", Version: pep440.MustParse("3.11.2"), Arch: "x86_64", Libc: platform.Libc{Name: "glibc", Version: "2.36"}}

func TestModules(t *testing.T) {
	members := []string{"a/__init__.py", "a/_x.cpython-311-x86_64-linux-gnu.so", "a/b/_y.abi3.so", "_z.so", "a.libs/libfoo-12ab.so.1", "a.libs/libbar.so", "a/data/lib-odd.so",
		"a-1.0.data/platlib/a/_p.so", "a-1.0.data/scripts/tool.so", "a/mod.py", "single.py", "setup-thing.py", "ns/part/mod.py", "a-1.0.dist-info/METADATA", "ext/__init__.cpython-311-x86_64-linux-gnu.so"}
	if got, want := Modules(members), []string{"_z", "a._p", "a._x", "a.b._y", "ext.__init__"}; !slices.Equal(got, want) {
		t.Errorf("modules %q, want %q", got, want)
	}
	if got, want := Top(members), []string{"_z", "a", "ext", "single"}; !slices.Equal(got, want) {
		t.Errorf("top %q, want %q", got, want)
	}
}

func TestPeer(t *testing.T) {
	file := func(name string, size int64) simple.File {
		return simple.File{Filename: name, Size: size, Hashes: map[string]string{"sha256": "x"}}
	}
	for _, c := range []struct {
		name  string
		files []simple.File
		want  string
	}{
		{"none", nil, ""},
		{"only other systems", []simple.File{file("d-1.0-cp311-cp311-win_amd64.whl", 1), file("d-1.0-cp311-cp311-macosx_11_0_arm64.whl", 1)}, ""},
		{"nearest", []simple.File{file("d-1.0-cp36-cp36m-manylinux1_x86_64.whl", 1), file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 9)}, "d-1.0-cp310-cp310-manylinux1_x86_64.whl"},
		{"same architecture", []simple.File{file("d-1.0-cp310-cp310-manylinux1_i686.whl", 1), file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 9)}, "d-1.0-cp310-cp310-manylinux1_x86_64.whl"},
		{"smallest", []simple.File{file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 9), file("d-1.0-cp310-cp310-musllinux_1_1_x86_64.whl", 8)}, "d-1.0-cp310-cp310-musllinux_1_1_x86_64.whl"},
		{"too large", []simple.File{file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 1001)}, ""},
		{"another version", []simple.File{file("d-1.1-cp310-cp310-manylinux1_x86_64.whl", 1)}, ""},
		{"abi3", []simple.File{file("d-1.0-cp36-abi3-manylinux1_x86_64.whl", 5), file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 1)}, "d-1.0-cp36-abi3-manylinux1_x86_64.whl"},
		{"a pure one is there", []simple.File{file("d-1.0-cp310-cp310-manylinux1_x86_64.whl", 9), file("d-1.0-py3-none-any.whl", 8)}, ""},
	} {
		got, ok := Peer(c.files, "1.0.0", target, 1000)
		if got.Filename != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %t", c.name, got.Filename, ok)
		}
	}
}

func TestCompare(t *testing.T) {
	r := &Report{Modules: []string{"yaml._yaml"}}
	if err := r.Compare("peer.whl", []string{"yaml/_yaml.cpython-39-x86_64-linux-gnu.so", "yaml.libs/libyaml.so.2"}); err != nil {
		t.Error(err)
	}
	r = &Report{}
	err := r.Compare("peer.whl", []string{"yaml/_yaml.cpython-39-x86_64-linux-gnu.so"})
	if f, ok := errors.AsType[*Fault](err); !ok || f.Kind != Lacking || !strings.Contains(f.Reason, "yaml._yaml") || !slices.Equal(r.Missing, []string{"yaml._yaml"}) {
		t.Errorf("%v %+v", err, r)
	}
}

func TestCheckObjects(t *testing.T) {
	x := Object{Path: "a/_x.so", Arch: "x86_64", Glibc: "2.34"}
	for _, c := range []struct {
		name   string
		o      Object
		pure   bool
		reason string
	}{
		{"good", x, false, ""},
		{"pure", x, true, "runs everywhere"},
		{"data", Object{Path: "a/tool", Arch: "aarch64"}, false, ""},
		{"architecture", Object{Path: "a/_x.so", Arch: "aarch64"}, false, "is for aarch64"},
		{"libc", Object{Path: "a/_x.so", Arch: "x86_64", Glibc: "2.38"}, false, "glibc 2.38"},
	} {
		err := checkObjects([]Object{c.o}, c.pure, target)
		if (err == nil) != (c.reason == "") || err != nil && !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// root is a system with one library of a package, one below a folder of ld.so.conf, and the libraries that this machine's own /bin/sh needs.
func root(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"etc/ld.so.conf": "# comment\ninclude ld.so.conf.d/*.conf\n", "etc/ld.so.conf.d/x.conf": "/opt/x/lib # here\n", "opt/x/lib/libx.so.1": "",
		"usr/lib/x86_64-linux-gnu/libyaml-0.so.2": "", "var/lib/dpkg/info/libyaml-0-2:amd64.list": "/.\n/usr/lib/x86_64-linux-gnu/libyaml-0.so.2.0.9\n/usr/lib/x86_64-linux-gnu/libyaml-0.so.2\n",
		"var/lib/dpkg/info/libyaml-dev:amd64.list": "/usr/lib/x86_64-linux-gnu/libyaml-0.so.2\n",
	} {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestResolve(t *testing.T) {
	in := &Inspector{Root: root(t)}
	r := &Report{Objects: []Object{{Path: "a/_x.so", Arch: "x86_64", RunPath: []string{"$ORIGIN/../a.libs", "/build/src/lib"}, Needed: []Library{{Name: "libyaml-0.so.2"}, {Name: "libx.so.1"}, {Name: "libown.so"}}}}}
	if err := in.resolve(r, []string{"a/_x.so", "a.libs/libown.so"}); err != nil {
		t.Fatal(err)
	}
	want := []Library{{"libyaml-0.so.2", "/usr/lib/x86_64-linux-gnu/libyaml-0.so.2", "libyaml-0-2"}, {"libx.so.1", "/opt/x/lib/libx.so.1", ""}, {Name: "libown.so"}}
	if !reflect.DeepEqual(r.Objects[0].Needed, want) || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "/build/src/lib") {
		t.Errorf("%+v\nnotes %q", r.Objects[0].Needed, r.Notes)
	}
	r = &Report{Objects: []Object{{Path: "a/_x.so", Arch: "x86_64", Needed: []Library{{Name: "libgone.so.7"}}}}}
	if f, ok := errors.AsType[*Fault](in.resolve(r, nil)); !ok || f.Kind != Lacking || !strings.Contains(f.Reason, "libgone.so.7") {
		t.Errorf("%+v", f)
	}
}

// TestFolder reads a real ELF file: this test itself.
func TestFolder(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"demo/__init__.py": nil, "demo/_x.so": self, "demo/notes.txt": []byte("\x7fEL"), "demo/odd": []byte("\x7fELF is how it begins")} {
		os.MkdirAll(filepath.Join(dir, "demo"), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	here := target
	here.Arch = map[string]string{"amd64": "x86_64", "arm64": "aarch64", "riscv64": "riscv64"}[runtime.GOARCH]
	tags, err := tag.ParseSet("cp311-cp311-linux_" + here.Arch)
	if err != nil || here.Arch == "" {
		t.Skip(runtime.GOARCH)
	}
	r, err := (&Inspector{}).Folder(dir, wheel.Filename{Tags: tags}, here)
	if err != nil || len(r.Objects) != 1 || r.Objects[0].Arch != here.Arch || !slices.Equal(r.Modules, []string{"demo._x"}) || len(r.Notes) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "demo/_y.so"), []byte("\x7fELF\x02\x01\x01, and cut off"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Inspector{}).Folder(dir, wheel.Filename{Tags: tags}, here); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged library: %v", err)
	}
}

// TestBombs: a small file can't take much time or memory. Chains of versions that go round, names that are one another's tails.
func TestBombs(t *testing.T) {
	link := func(next uint32) []byte { // a library of 65,535 versions, each of which is the same one
		b := []byte{1, 0, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0}
		return binary.LittleEndian.AppendUint32(b, next)
	}
	verneed := bytes.Repeat(link(16), 4096)
	needed := make([]string, 5000)
	for i := range needed {
		needed[i] = strings.Repeat("x", 3000)
	}
	dir := t.TempDir()
	for name, lib := range map[string]elftest.Library{"versions": {Needed: []string{"libc.so.6"}, Verneed: verneed}, "names": {Needed: needed}} {
		if err := os.WriteFile(filepath.Join(dir, name), lib.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := (&Inspector{}).Folder(dir, wheel.Filename{}, target); err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MB were used", used>>20)
	}
}
