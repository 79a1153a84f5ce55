package archtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// hosts are those of registries. Addresses come from the machine's own configuration, never from here: so they are spelt in pieces.
var hosts = []string{
	"pypi" + ".org", "pypi" + ".python.org", "python" + "hosted.org",
	"deb" + ".debian.org", "ftp" + ".debian.org", "security" + ".debian.org", "archive" + ".debian.org", "snapshot" + ".debian.org",
	"proxy" + ".golang.org", "sum" + ".golang.org",
	"crates" + ".io", "registry" + ".npmjs", "maven" + ".org", "maven" + ".apache.org",
}

// checkHosts tells of each place where a host of a registry is written.
func checkHosts(tree fs.FS) ([]string, error) {
	var problems []string
	err := walk(tree, func(name string) error {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		n := 0
		for line := range bytes.Lines(bytes.ToLower(text)) {
			n++
			if i := slices.IndexFunc(hosts, func(h string) bool { return bytes.Contains(line, []byte(h)) }); i >= 0 {
				problems = append(problems, fmt.Sprintf("%s:%d: the host of a registry, %s", name, n, hosts[i]))
			}
		}
		return nil
	})
	return problems, err
}

func TestHosts(t *testing.T) {
	problems, err := checkHosts(repository())
	if err != nil {
		t.Fatal(err)
	}
	report(t, problems)
}

func TestHostsFail(t *testing.T) {
	tree := fstest.MapFS{
		".gitignore":   {Data: []byte("/bin/\n")},
		"bin/x":        {Data: []byte("https://" + hosts[0])},
		".git/config":  {Data: []byte("https://" + hosts[0])},
		"README.md":    {Data: []byte("a mirror.example\n")},
		"docs/USE.md":  {Data: []byte("\nhttps://PY" + "PI.org/simple/\n")},
		"x/testdata/y": {Data: []byte("deb http://" + hosts[3] + "/debian\n")},
	}
	problems, err := checkHosts(tree)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, problems, "docs/USE.md:2: the host of a registry, "+hosts[0], "x/testdata/y:1: the host of a registry, "+hosts[3])
}
