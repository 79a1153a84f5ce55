package platform

import (
	"os"
	"testing"
)

func TestParseOSRelease(t *testing.T) {
	for _, test := range []struct {
		text   string
		want   OS
		debian bool
	}{
		{debian12, OS{"debian", "12", "bookworm"}, true},
		{"ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n", OS{"ubuntu", "24.04", "noble"}, true},
		{"ID=\"linuxmint\"\nID_LIKE=\"ubuntu debian\"\n", OS{ID: "linuxmint"}, true},
		{"ID='fedora'\r\n  VERSION_ID=43\nID_LIKE=\"rhel centos\"", OS{"fedora", "43", ""}, false},
		{"# ID=no\n\nID=\"a\\\"b\\\\c\"\nVERSION_ID=\"\nVERSION_CODENAME='x\\y'\nnonsense", OS{`a"b\c`, `"`, `x\y`}, false},
		{"ID=debianish", OS{ID: "debianish"}, false},
	} {
		got := parseOSRelease(test.text)
		if got.OS != test.want || got.debianLike() != test.debian {
			t.Errorf("%q: %+v (like Debian: %t), want %+v", test.text, got.OS, got.debianLike(), test.want)
		}
	}
}

func TestOSReleaseElsewhere(t *testing.T) {
	f := newFake(t)
	os.Remove(f.at("/etc/os-release"))
	f.write("/usr/lib/os-release", "ID=arch\n")
	if r, err := f.osRelease(); err != nil || r.OS != (OS{ID: "arch"}) {
		t.Errorf("%+v, %v", r.OS, err)
	}
}

func FuzzParseOSRelease(f *testing.F) {
	f.Add(debian12)
	f.Add("ID=\"\\\nVERSION_ID='")
	f.Fuzz(func(t *testing.T, s string) { parseOSRelease(s) })
}
