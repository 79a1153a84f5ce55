package platform

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// packages is what the system's package manager has installed.
type packages struct {
	root   Root
	status []byte // dpkg's; nil: another package manager
	names  map[string]bool
}

// packages reads the databases of dpkg, rpm or apk, in this order. Of dpkg's, names, versions, architectures and states
// make the digest: two systems with the same packages have the same. Of the others, it is the databases' size and time.
func (h *host) packages() (packages, error) {
	status, err := os.ReadFile(h.at("/var/lib/dpkg/status"))
	if err == nil {
		return readDpkg(status), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return packages{}, fmt.Errorf("reading the list of installed packages: %w", err)
	}
	for _, db := range databases {
		if sum := h.stat(db.files); sum != "" {
			return packages{root: Root{Kind: "host", Digest: db.kind + ":sha256:" + sum}}, nil
		}
	}
	return packages{root: Root{Kind: "host", Digest: "os-release:sha256:" + h.stat([]string{"/etc/os-release", "/usr/lib/os-release"})}}, nil
}

var databases = []struct {
	kind  string
	files []string
}{
	{"rpm", []string{
		"/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages",
		"/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages.db", "/var/lib/rpm/Packages"}},
	{"apk", []string{"/lib/apk/db/installed", "/usr/lib/apk/db/installed"}},
}

// stat digests name, size and time of those of the files that exist; "" when there is none.
func (h *host) stat(files []string) string {
	var b strings.Builder
	for _, file := range files {
		if info, err := os.Stat(h.at(file)); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", file, info.Size(), info.ModTime().UnixNano())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return sum([]byte(b.String()))
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// readDpkg reads dpkg's status file. Paragraphs that it does not understand are left out.
func readDpkg(status []byte) packages {
	p := packages{status: status, names: map[string]bool{}}
	var lines []string
	eachParagraph(status, func(para paragraph) {
		if len(para.name) == 0 {
			return
		}
		if string(para.state) == "installed" {
			p.root.Packages++
			p.names[string(para.name)] = true
			p.names[string(para.name)+":"+string(para.arch)] = true
		}
		lines = append(lines, string(bytes.Join([][]byte{para.name, para.arch, para.version, para.state}, []byte(" "))))
	})
	slices.Sort(lines)
	p.root.Kind = "host"
	p.root.Digest = "dpkg:sha256:" + sum([]byte(strings.Join(lines, "\n")))
	return p
}

type paragraph struct{ name, arch, version, state, provides []byte }

// eachParagraph yields the paragraphs of a Debian control file (deb822(5)), with the fields that matter here.
func eachParagraph(text []byte, yield func(paragraph)) {
	var p paragraph
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		if len(line) == 0 {
			yield(p)
			p = paragraph{}
			continue
		}
		switch line[0] {
		case 'P':
			field(line, "Package:", &p.name)
			field(line, "Provides:", &p.provides)
		case 'A':
			field(line, "Architecture:", &p.arch)
		case 'V':
			field(line, "Version:", &p.version)
		case 'S':
			field(line, "Status:", &p.state)
		}
	}
	yield(p)
}

func field(line []byte, name string, value *[]byte) {
	if !bytes.HasPrefix(line, []byte(name)) {
		return
	}
	*value = bytes.TrimSpace(line[len(name):])
	if name == "Status:" { // "install ok installed": what is wanted, an error flag, and the state
		*value = (*value)[bytes.LastIndexByte(*value, ' ')+1:]
	}
}

// lacking are those of the wanted packages that are neither installed nor provided by an installed one.
func (p packages) lacking(wanted []string) []string {
	var lacking []string
	for _, name := range wanted {
		if !p.names[name] {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	provided := map[string]bool{}
	eachParagraph(p.status, func(para paragraph) {
		if string(para.state) != "installed" {
			return
		}
		for item := range strings.SplitSeq(string(para.provides), ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(item), " ")
			provided[name] = true
		}
	})
	return slices.DeleteFunc(lacking, func(name string) bool { return provided[name] })
}
