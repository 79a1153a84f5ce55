package yard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wheelyard/internal/elftest"
)

func demo() madeWheel {
	return madeWheel{project: "demo", version: "1.1", tags: "py3-none-any", files: map[string]string{"demo/__init__.py": "x = 1\n"}}
}

func TestRefused(t *testing.T) {
	lib := string(elftest.Library{Glibc: []string{"2.2.5", "2.36"}}.Bytes())
	native := func(platform, name, text string) madeWheel {
		m := demo()
		m.tags, m.files = "cp311-cp311-"+platform, map[string]string{name: text}
		return m
	}
	for _, c := range []struct {
		name   string
		change func(m *madeWheel, o *Offer)
		want   string // "": it is admitted
	}{
		{"good", func(m *madeWheel, o *Offer) {}, ""},
		{"version spelt in another way", func(m *madeWheel, o *Offer) { o.Attempt.Version = "1.1.0" }, ""},
		{"name spelt in another way", func(m *madeWheel, o *Offer) {
			m.metadata = "Metadata-Version: 2.1\nName: DEMO\nVersion: 1.1.0\n"
		}, ""},
		{"no name", func(m *madeWheel, o *Offer) { m.name = "demo.whl" }, "its name can't be read"},
		{"another project", func(m *madeWheel, o *Offer) { o.Attempt.Project = "other" }, "of demo, ordered was other"},
		{"another version", func(m *madeWheel, o *Offer) { o.Attempt.Version = "1.2" }, "version 1.1, ordered was 1.2"},
		{"another folder", func(m *madeWheel, o *Offer) { m.distInfo = "other-1.1.dist-info" }, "other-1.1.dist-info"},
		{"another folder's version", func(m *madeWheel, o *Offer) { m.distInfo = "demo-1.2.dist-info" }, "demo-1.2.dist-info"},
		{"two folders", func(m *madeWheel, o *Offer) { m.files["demo-1.0.dist-info/METADATA"] = "" }, "can't be read"},
		{"another name inside", func(m *madeWheel, o *Offer) { m.metadata = "Metadata-Version: 2.1\nName: other\nVersion: 1.1\n" }, `project "other"`},
		{"another version inside", func(m *madeWheel, o *Offer) { m.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.2\n" }, `version "1.2"`},
		{"no METADATA", func(m *madeWheel, o *Offer) { m.metadata = "\n" }, "METADATA"},
		{"other tags inside", func(m *madeWheel, o *Offer) { m.wheel = "Wheel-Version: 1.0\nTag: py2-none-any\n" }, "its file WHEEL py2-none-any"},
		{"more tags inside", func(m *madeWheel, o *Offer) { m.wheel = "Wheel-Version: 1.0\nTag: py3-none-any\nTag: py2-none-any\n" }, "its file WHEEL"},
		{"no tags inside", func(m *madeWheel, o *Offer) { m.wheel = "Wheel-Version: 1.0\n" }, "its file WHEEL none"},
		{"another format", func(m *madeWheel, o *Offer) { m.wheel = "Wheel-Version: 2.0\nTag: py3-none-any\n" }, "WHEEL"},
		{"RECORD without a file", func(m *madeWheel, o *Offer) {
			m.record = func(s string) string { return strings.Join(strings.Split(s, "\n")[1:], "\n") }
		}, "RECORD"},
		{"RECORD with another hash", func(m *madeWheel, o *Offer) {
			m.record = func(s string) string { return strings.Replace(s, "sha256=", "sha256=A", 1) }
		}, "RECORD"},
		{"tags for another target", func(m *madeWheel, o *Offer) { m.tags = "cp312-cp312-linux_x86_64" }, "doesn't take"},
		{"a build number that wasn't ordered", func(m *madeWheel, o *Offer) { m.build = "1" }, `build number "1", ordered was 0`},
		{"the build number that was ordered", func(m *madeWheel, o *Offer) { m.build, o.Attempt.BuildNumber = "2", 2 }, ""},
		{"without the build number that was ordered", func(m *madeWheel, o *Offer) { o.Attempt.BuildNumber = 2 }, "ordered was 2"},
		{"another build number", func(m *madeWheel, o *Offer) { m.build, o.Attempt.BuildNumber = "3", 2 }, "ordered was 2"},
		{"a build number with a suffix", func(m *madeWheel, o *Offer) { m.build, o.Attempt.BuildNumber = "2a", 2 }, "ordered was 2"},
		{"another build number inside", func(m *madeWheel, o *Offer) {
			m.build, o.Attempt.BuildNumber = "2", 2
			m.wheel = "Wheel-Version: 1.0\nTag: py3-none-any\nBuild: 3\n"
		}, "its file WHEEL 3"},
		{"a library", func(m *madeWheel, o *Offer) { *m = native("linux_x86_64", "demo/_x.so", lib) }, ""},
		{"a library, manylinux", func(m *madeWheel, o *Offer) { *m = native("manylinux_2_17_x86_64", "demo/_x.so", lib) }, ""},
		{"a large library", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/_x.so", lib+strings.Repeat("\x00", inMemory))
		}, ""},
		{"a library of a pure wheel", func(m *madeWheel, o *Offer) { m.files["demo/_x.so"] = lib }, "demo/_x.so is for x86_64"},
		{"a library for another machine", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/_x.so", string(elftest.Library{Machine: 183}.Bytes()))
		}, "is for aarch64"},
		{"a bundled one for another machine", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo.libs/libx.so.1.2", string(elftest.Library{Machine: 183}.Bytes()))
		}, "is for aarch64"},
		{"a program for another machine", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/data/firmware.bin", string(elftest.Library{Machine: 183}.Bytes()))
		}, ""},
		{"a newer libc", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/_x.so", string(elftest.Library{Glibc: []string{"2.5", "2.38", "PRIVATE"}}.Bytes()))
		}, "needs glibc 2.38, here/cp311 has 2.36"},
		{"a newer libc, nobody asks", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/_x.so", string(elftest.Library{Glibc: []string{"2.38"}}.Bytes()))
			o.LibcMax = ""
		}, ""},
		{"relative relocations in an older libc", func(m *madeWheel, o *Offer) {
			*m = native("linux_x86_64", "demo/_x.so", string(elftest.Library{Glibc: []string{"ABI_DT_RELR"}}.Bytes()))
			o.LibcMax = "2.35"
		}, "needs glibc 2.36"},
		{"a damaged library", func(m *madeWheel, o *Offer) { *m = native("linux_x86_64", "demo/_x.so", lib[:100]) }, "damaged library"},
		{"a text that is named like a library", func(m *madeWheel, o *Offer) { *m = native("linux_x86_64", "demo/libx.so", "INPUT(libx.so.1)") }, ""},
		{"what the attempt didn't make", func(m *madeWheel, o *Offer) { o.Attempt.Wheel.SHA256 = strings.Repeat("0", 64) }, "not the file that the attempt made"},
	} {
		t.Run(c.name, func(t *testing.T) {
			y, dir := newYard(t)
			unlock := locked(t, y)
			m, o := demo(), offer(1)
			c.change(&m, &o)
			_, err := y.Admit(context.Background(), m.write(t, t.TempDir()), o)
			r, refused := errors.AsType[*RefusedError](err)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!refused || !strings.Contains(r.Reason, c.want)):
				t.Errorf("%v, want a refusal with %q", err, c.want)
			}
			if blobs := files(t, filepath.Join(dir, "blobs")); c.want != "" && len(blobs) > 0 {
				t.Errorf("it left %q", blobs)
			}
			unlock()
			sound(t, dir)
		})
	}
}

func TestNoWheel(t *testing.T) {
	y, dir := newYard(t)
	defer locked(t, y)()
	path := demo().write(t, t.TempDir())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 30, len(text) / 2, len(text) - 1} {
		if err := os.WriteFile(path, text[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := y.Admit(context.Background(), path, offer(1)); !isRefused(err) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Admit(context.Background(), path, offer(1)); err == nil || isRefused(err) {
		t.Error(err)
	}
	if n := files(t, filepath.Join(dir, "records")); len(n) > 0 {
		t.Errorf("%q", n)
	}
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*RefusedError](err)
	return ok
}

func TestOfferWithoutTarget(t *testing.T) {
	y, _ := newYard(t)
	defer locked(t, y)()
	for _, target := range []string{"", "here", "/cp311", "../cp311", "./cp311"} {
		o := offer(1)
		o.Attempt.Target = target
		if _, err := y.Admit(context.Background(), demo().write(t, t.TempDir()), o); err == nil || isRefused(err) {
			t.Errorf("%q: %v", target, err)
		}
	}
	o := offer(1)
	o.Accepts = nil
	if _, err := y.Admit(context.Background(), demo().write(t, t.TempDir()), o); err == nil || isRefused(err) {
		t.Error(err)
	}
}

// The same wheel again changes nothing, whoever offers it; another one of that name is refused, but is welcome on another platform.
func TestAdmitAgain(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	first := y.admitted(t, 1)
	y.now = func() time.Time { return noon.Add(time.Hour) }
	again := y.admitted(t, 1)
	if first != again {
		t.Errorf("%+v\n%+v", first, again)
	}
	if n := files(t, filepath.Join(dir, "records")); len(n) != 1 {
		t.Errorf("%q", n)
	}
	other := demo()
	other.files["demo/__init__.py"] = "other"
	path := other.write(t, t.TempDir())
	if _, err := y.Admit(context.Background(), path, offer(1)); !isRefused(err) || !strings.Contains(err.Error(), "never changes") {
		t.Error(err)
	}
	elsewhere := offer(1)
	elsewhere.Attempt.Target = "there/cp311"
	if w, err := y.Admit(context.Background(), path, elsewhere); err != nil || w.Platform != "there" || w.SHA256 == first.SHA256 {
		t.Errorf("%+v %v", w, err)
	}
	unlock()
	if _, wheels := sound(t, dir); len(wheels) != 2 || wheels[0] != first {
		t.Errorf("%+v", wheels)
	}
}

// A blob that was damaged is mended by the same wheel.
func TestAdmitMends(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	w := y.admitted(t, 1)
	path, err := y.Blob(w.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, []byte("damaged"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if p, err := y.Verify(context.Background()); err != nil || len(p) != 2 || !strings.Contains(p[1].Text, "damaged blob") || !strings.HasSuffix(p[1].File, w.SHA256) {
		t.Errorf("%q %v", p, err)
	}
	y.admitted(t, 1)
	unlock()
	sound(t, dir)
}

// TestStatement: each wheel's record can be found, and states that file.
func TestStatement(t *testing.T) {
	y, _ := newYard(t)
	defer locked(t, y)()
	w := y.admitted(t, 1)
	path, err := y.Statement(w)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct{ Payload []byte }
	if err := json.Unmarshal(text, &envelope); err != nil || !bytes.Contains(envelope.Payload, []byte(w.SHA256)) {
		t.Errorf("%s, %v", envelope.Payload, err)
	}
	if bytes.Count(text, []byte("\n")) != 1 || text[len(text)-1] != '\n' {
		t.Error("it is not one line")
	}
	w.Record += 100
	if _, err := y.Statement(w); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
