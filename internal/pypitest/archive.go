package pypitest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"time"
)

// Member is one file of an archive.
type Member struct {
	Path    string
	Content []byte
	Mode    fs.FileMode // permissions; 0 means 0644
}

// epoch is the time of every member: the earliest that a zip file can hold.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// TarGz is a gzipped tar of the members, in the order given. The same members give the same bytes.
func TarGz(members []Member) ([]byte, error) {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	tw := tar.NewWriter(zw)
	for _, m := range members {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: m.Path, Size: int64(len(m.Content)), Mode: int64(m.perm()),
			ModTime: epoch, Format: tar.FormatPAX,
		}
		if err := tw.WriteHeader(h); err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Path, err)
		}
		if _, err := tw.Write(m.Content); err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Path, err)
		}
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	err := zw.Close()
	return buf.Bytes(), err
}

// Zip is a zip file of the members, in the order given. The same members give the same bytes.
func Zip(members []Member) ([]byte, error) {
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.Path, Method: zip.Deflate, Modified: epoch}
		h.SetMode(m.perm())
		w, err := zw.CreateHeader(h)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Path, err)
		}
		if _, err := w.Write(m.Content); err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Path, err)
		}
	}
	err := zw.Close()
	return buf.Bytes(), err
}

func (m Member) perm() fs.FileMode {
	switch {
	case m.Mode != 0:
		return m.Mode.Perm()
	case bytes.HasPrefix(m.Content, []byte("#!")):
		return 0o755
	}
	return 0o644
}

// dist is a distribution to be built out of a txtar file.
type dist struct {
	filename string
	members  []Member
	attrs    map[string][]string
}

func (d *dist) attr(key, fallback string) string {
	if v := d.attrs[key]; len(v) > 0 {
		return v[len(v)-1]
	}
	return fallback
}

// build returns the archive and its core metadata.
func (d *dist) build(spelt string) (content, metadata []byte, err error) {
	stem, ending := splitEnding(d.filename)
	switch ending {
	case ".whl":
		return d.wheel(stem, spelt)
	case ".tar.gz", ".tgz", ".zip":
		return d.sdist(stem, ending, spelt)
	}
	return nil, nil, fmt.Errorf("%s: only .tar.gz, .tgz, .zip and .whl can be made", d.filename)
}

func (d *dist) sdist(stem, ending, spelt string) (content, metadata []byte, err error) {
	cut := strings.LastIndexByte(stem, '-')
	if cut < 0 {
		return nil, nil, fmt.Errorf("%s: no version in the name", d.filename)
	}
	top := d.attr("top", stem)
	metadata = d.metadata(spelt, stem[cut+1:])
	members := []Member{{Path: top + "/PKG-INFO", Content: metadata}}
	for _, m := range d.members {
		if m.Path == "PKG-INFO" {
			metadata, members[0].Content = m.Content, m.Content
			continue
		}
		m.Path = top + "/" + m.Path
		members = append(members, m)
	}
	if ending == ".zip" {
		content, err = Zip(members)
	} else {
		content, err = TarGz(members)
	}
	return content, metadata, err
}

func (d *dist) wheel(stem, spelt string) (content, metadata []byte, err error) {
	parts := strings.Split(stem, "-")
	if len(parts) != 5 && len(parts) != 6 {
		return nil, nil, fmt.Errorf("%s: not a wheel's file name", d.filename)
	}
	info := parts[0] + "-" + parts[1] + ".dist-info/"
	given := map[string][]byte{}
	for _, m := range d.members {
		given[m.Path] = m.Content
	}
	members := append([]Member(nil), d.members...)
	add := func(name string, content []byte) {
		if _, ok := given[info+name]; !ok {
			given[info+name] = content
			members = append(members, Member{Path: info + name, Content: content})
		}
	}
	add("METADATA", d.metadata(spelt, parts[1]))
	add("WHEEL", wheelInfo(parts))
	add("RECORD", record(members, info+"RECORD"))
	content, err = Zip(members)
	return content, given[info+"METADATA"], err
}

func (d *dist) metadata(spelt, version string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", d.attr("name", spelt), d.attr("version", version))
	if v := d.attr("requires-python", ""); v != "" {
		fmt.Fprintf(&b, "Requires-Python: %s\n", v)
	}
	for _, v := range d.attrs["requires-dist"] {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", v)
	}
	return []byte(b.String())
}

func wheelInfo(parts []string) []byte {
	var b strings.Builder
	tags := parts[len(parts)-3:]
	fmt.Fprintf(&b, "Wheel-Version: 1.0\nGenerator: pypitest\nRoot-Is-Purelib: %t\n", tags[2] == "any")
	if len(parts) == 6 {
		fmt.Fprintf(&b, "Build: %s\n", parts[2])
	}
	for _, python := range strings.Split(tags[0], ".") {
		for _, abi := range strings.Split(tags[1], ".") {
			for _, platform := range strings.Split(tags[2], ".") {
				fmt.Fprintf(&b, "Tag: %s-%s-%s\n", python, abi, platform)
			}
		}
	}
	return []byte(b.String())
}

func record(members []Member, self string) []byte {
	lines := make([]string, 0, len(members))
	for _, m := range members {
		sum := sha256.Sum256(m.Content)
		lines = append(lines, fmt.Sprintf("%s,sha256=%s,%d\n", m.Path, base64.RawURLEncoding.EncodeToString(sum[:]), len(m.Content)))
	}
	sort.Strings(lines)
	return []byte(strings.Join(lines, "") + self + ",,\n")
}

// splitEnding cuts the file type off a distribution's name; the ending is "" when it is none that is known.
func splitEnding(filename string) (stem, ending string) {
	for _, e := range []string{".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"} {
		if stem, ok := strings.CutSuffix(filename, e); ok {
			return stem, e
		}
	}
	return filename, ""
}

// wheelMetadata reads METADATA out of a wheel; nil when there is none to be found.
func wheelMetadata(content []byte) []byte {
	zr, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	for _, f := range zr.File {
		if strings.Count(f.Name, "/") != 1 || !strings.HasSuffix(f.Name, ".dist-info/METADATA") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		return b
	}
	return nil
}
