package wheel

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Normalise writes the wheel again, bit for bit the same for the same contents, whatever order, times, compression or tool the archive
// came from:
//
//   - files sorted by name, those of .dist-info last, RECORD at the very end (as the binary distribution format recommends); no folders
//   - the time of epoch for all, in UTC and steps of two seconds, from 1980 to 2107
//   - mode 0755 for what anybody may execute, else 0644; made on Unix
//   - compressed by the one encoder of this package, if that makes it smaller
//   - RECORD written anew, with SHA-256; signatures of the old RECORD (RECORD.jws, RECORD.p7s) are left out, since they no longer hold
//   - in WHEEL the Build line as build says: set, before the tags, or removed
//
// All other contents stay as they are, byte for byte. The normal form of a wheel in normal form is itself, for the same epoch and build.
//
// Whether the old RECORD was right isn't asked: that is CheckRecord's. Memory doesn't grow with the size of members. What was
// written to dst before an error is of no use. Errors are those of OpenMember, fs.ErrNotExist when there is no WHEEL, or what dst said.
func Normalise(dst io.Writer, a *Archive, epoch time.Time, build Build) error {
	if !validBuild(build) {
		return fmt.Errorf("%q is no build tag", build.String())
	}
	info, infoName, err := a.readInfo("WHEEL")
	if err != nil {
		return err
	}
	info = setBuild(info, build)
	w := newZipWriter(dst, epoch)
	var rows [][]string
	for _, e := range a.normalOrder() {
		f := file{name: e.name, exec: e.member().Executable(), open: func() io.ReadCloser { return a.open(e) }, size: e.size}
		if e.name == infoName {
			f.open, f.size = fromMemory(info), int64(len(info))
		}
		sum, err := w.add(f)
		if err != nil {
			return err
		}
		rows = append(rows, []string{e.name, "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), strconv.FormatInt(f.size, 10)})
	}
	record := a.distInfo + "/RECORD"
	content := writeRecord(append(rows, []string{record, "", ""}))
	if _, err := w.add(file{name: record, open: fromMemory(content), size: int64(len(content))}); err != nil {
		return err
	}
	return w.close()
}

func fromMemory(b []byte) func() io.ReadCloser {
	return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }
}

// normalOrder are the files but RECORD and its signatures.
func (a *Archive) normalOrder() []*entry {
	var files, info []*entry
	for i := range a.entries {
		e := &a.entries[i]
		switch {
		case e.isDir() || unrecorded(a.distInfo, e.name):
		case strings.HasPrefix(e.name, a.distInfo+"/"):
			info = append(info, e)
		default:
			files = append(files, e)
		}
	}
	byName := func(x, y *entry) int { return strings.Compare(x.name, y.name) }
	slices.SortFunc(files, byName)
	slices.SortFunc(info, byName)
	return append(files, info...)
}

func writeRecord(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(rows) // memory takes it all
	return b.Bytes()
}
