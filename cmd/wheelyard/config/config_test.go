package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const good = `yard = "store"

[upstream]
index = "https://index.example/simple/"

[[platform]]
name = "debian-12-x86_64"
root = "host"
pythons = ["3.11", "3.13t"]
packages = ["libxml2-dev"]

[[platform]]
name = "debian-13-riscv64"
facts = "riscv64.json"

[[source]]
name = "native"
packages = "packages.toml"
targets = ["debian-13-riscv64/cp313"]

[limits]
time = "90s"
memory = "1.5GiB"
`

func TestParse(t *testing.T) {
	got, err := parse("/etc/yard/wheelyard.toml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		File: "/etc/yard/wheelyard.toml", Yard: "/etc/yard/store",
		Upstream: Upstream{Index: "https://index.example/simple/"},
		Platforms: []Platform{
			{Name: "debian-12-x86_64", Root: "host", Pythons: []string{"3.11", "3.13t"}, Packages: []string{"libxml2-dev"}},
			{Name: "debian-13-riscv64", Facts: "/etc/yard/riscv64.json"},
		},
		Sources: []Source{{Name: "native", Packages: "/etc/yard/packages.toml", Targets: []string{"debian-13-riscv64/cp313"}}},
		Policy:  Policy{Pure: "build"},
		Limits:  Limits{Time: Duration(90 * time.Second), Memory: 1610612736},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Each case changes one thing of the good text, and expects the error at the place of that thing.
func TestBadConfiguration(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", `root = "host"`, `rooot = "host"`, `w.toml:8:1: unknown key "platform.rooot"` + "\n" + `  hint: did you mean "root"?`},
		{"unknown table", `[upstream]`, `[up]`, `w.toml:3:2: unknown key "up"` + "\n  hint: known here: limits, platform, policy, source, upstream, yard"},
		{"no yard", `yard = "store"`, `yard = ""`, `w.toml:1:1: yard = ""`},
		{"name of the server's", `name = "debian-13-riscv64"`, `name = "healthz"`, `w.toml:13:1: a platform can't be named "healthz"`},
		{"number for a version", `pythons = ["3.11", "3.13t"]`, `pythons = [3.10]`, `w.toml:9:12: cannot decode TOML float into`},
		{"number for a version, hint", `pythons = ["3.11", "3.13t"]`, `pythons = [3.10]`, `hint: a list of strings`},
		{"no string", `yard = "store"`, `yard = 3`, `w.toml:1:8: cannot decode TOML integer into`},
		{"two platforms of one name", `name = "debian-13-riscv64"`, `name = "debian-12-x86_64"`, `w.toml:13:1: two platforms are named "debian-12-x86_64"`},
		{"bad name", `name = "native"`, `name = "../x"`, `w.toml:17:1: source name "../x"`},
		{"bad root", `root = "host"`, `root = "/"`, `w.toml:8:1: root = "/"`},
		{"no pythons", `pythons = ["3.11", "3.13t"]`, ``, `w.toml:6:3: no pythons`},
		{"bad python", `"3.13t"`, `"three"`, `w.toml:9:1: "three" names no interpreter`},
		{"list and constraints", `packages = "packages.toml"`, "packages = \"a\"\nconstraints = \"b\"", `w.toml:17:1: source "native" needs packages`},
		{"unknown target", `["debian-13-riscv64/cp313"]`, `["debian-14/cp313"]`, `w.toml:19:1: target "debian-14/cp313": no [[platform]] is named "debian-14"`},
		{"bad duration", `"90s"`, `"90"`, `w.toml:22:8: "90" is no duration`},
		{"bad size", `"1.5GiB"`, `"-1GiB"`, `w.toml:23:10: "-1GiB" is no size`},
		{"a number for a time", `"90s"`, `90`, `w.toml:22:1: this is no time that a build could do with`},
		{"a time that is too short", `"90s"`, `"1ms"`, `w.toml:22:1: this is no time`},
		{"a size without unit", `"1.5GiB"`, `4`, `w.toml:23:1: this is no size that a build could do with`},
		{"a broken number for a size", `"1.5GiB"`, `4194304.5`, `w.toml:23:1: this is no size`},
		{"no process", `memory = "1.5GiB"`, `processes = -1`, `w.toml:23:1: processes = -1`},
		{"too many processes", `memory = "1.5GiB"`, `processes = 2000000000`, `w.toml:23:1: processes = 2000000000`},
		{"memory in which nothing runs", `"1.5GiB"`, `"1MiB"`, `hint: with its unit, as "512MiB" or "4GiB", and at least "65536KiB"`},
		{"an index without scheme", `https://index.example/simple/`, `me:secret@index.example`, `w.toml:4:1: index is no address that begins with`},
		{"an index by ftp", `https://index`, `ftp://me:secret@index`, `w.toml:4:1: index is no address that begins with`},
		{"a python twice", `"3.13t"`, `"3.11"`, `w.toml:9:1: "3.11" is there twice`},
		{"no TOML", `[[platform]]`, `[[platform`, `w.toml:6:`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatalf("%q does not occur", c.old)
			}
			_, err := parse("w.toml", []byte(text))
			var bad *Error
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("a password is shown: %v", err)
			}
		})
	}
}

// As some editors write it.
func TestByteOrderMark(t *testing.T) {
	text := "\xef\xbb\xbf" + strings.ReplaceAll(good, "\n", "\r\n")
	if _, err := parse("w.toml", []byte(text)); err != nil {
		t.Error(err)
	}
}

// The keys of an inline table have no place of their own, but are looked at.
func TestInlineLimits(t *testing.T) {
	text, _, _ := strings.Cut(good, "[limits]")
	_, err := parse("w.toml", []byte("limits = { time = 90 }\n"+text))
	if err == nil || !strings.HasPrefix(err.Error(), "w.toml:1:1: this is no time") {
		t.Error(err)
	}
}

// What turns out to be wrong later is told with the place of its key.
func TestWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(file, []byte(good), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Wrong("source[0].packages", "gone", "look").Error(), file+":18:1: gone\n  hint: look"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	below := filepath.Join(top, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(below, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	if got, err := Find(below, "/else.toml"); got != "/else.toml" || err != nil {
		t.Errorf("fallback: %q, %v", got, err)
	}
	file := filepath.Join(top, Name)
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(below, "/else.toml"); got != file || err != nil {
		t.Errorf("above: %q, %v", got, err)
	}
	if _, err := Load(filepath.Join(top, "absent.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("[[platform]]\nname = 3\n[a.b]\nc.d = 1"))
	f.Fuzz(func(t *testing.T, text []byte) { parse("w.toml", text) })
}
