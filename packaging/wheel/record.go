package wheel

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
)

// Files of .dist-info that RECORD doesn't vouch for: itself, and signatures of it.
func unrecorded(distInfo, name string) bool {
	file, ok := strings.CutPrefix(name, distInfo+"/")
	return ok && (file == "RECORD" || file == "RECORD.jws" || file == "RECORD.p7s")
}

// hashes that a RECORD may use: "sha256 or better" (binary distribution format, "The .dist-info directory").
var hashes = map[string]func() hash.Hash{"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

// row is a line of RECORD.
type row struct {
	hash   func() hash.Hash
	digest string // the bytes
	size   int64  // -1: not said
}

// CheckRecord reads every member and compares it with RECORD, which must name each exactly once, with its hash. A size may be missing. RECORD itself and signatures
// of it may be named, without hash. Folders aren't.
//
// Errors: ErrRecord when something is missing, too many, or other than RECORD says; fs.ErrNotExist when there is no RECORD; ErrLimit when it is too large;
// those of reading members.
func (a *Archive) CheckRecord() error {
	raw, name, err := a.readInfo("RECORD")
	if err != nil {
		return err
	}
	rows, err := a.parseRecord(raw)
	if err != nil {
		return wrapRecord(name, err)
	}
	buf := make([]byte, 64<<10)
	for i := range a.entries {
		e := &a.entries[i]
		r, ok := rows[e.name]
		switch {
		case e.isDir():
		case ok:
			if err := a.checkRow(e, r, buf); err != nil {
				return err
			}
		case !unrecorded(a.distInfo, e.name):
			return e.fault(ErrRecord, "RECORD doesn't name it")
		}
	}
	return nil
}

func wrapRecord(record string, err error) error {
	if _, ok := errors.AsType[*MemberError](err); ok {
		return err
	}
	return &MemberError{record, err.Error(), ErrRecord}
}

// parseRecord reads the lines; only those of members that it vouches for are in the result.
func (a *Archive) parseRecord(raw []byte) (map[string]row, error) {
	if err := blankLine(raw); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.ReuseRecord = 3, true
	rows := make(map[string]row, len(a.entries))
	seen := map[string]bool{}
	for {
		line, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		i, ok := a.index[line[0]]
		switch {
		case strings.HasSuffix(line[0], "/"):
			return nil, &MemberError{line[0], "RECORD names it, and it is a folder", ErrRecord}
		case seen[line[0]]:
			return nil, &MemberError{line[0], "RECORD names it twice", ErrRecord}
		case unrecorded(a.distInfo, line[0]):
			if line[1] != "" {
				return nil, &MemberError{line[0], "RECORD has a hash for it", ErrRecord}
			}
			seen[line[0]] = true
			continue
		case !ok:
			return nil, &MemberError{line[0], "RECORD names it, and it isn't there", ErrRecord}
		}
		name := a.entries[i].name
		seen[name] = true
		if rows[name], err = parseRow(line[1], line[2]); err != nil {
			return nil, &MemberError{name, "its line in RECORD: " + err.Error(), ErrRecord}
		}
	}
}

// blankLine finds an empty line, which Go's reader passes over and Python's takes for a record of no fields.
func blankLine(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("\n")) || bytes.HasPrefix(raw, []byte("\r\n")) || bytes.Contains(raw, []byte("\n\n")) || bytes.Contains(raw, []byte("\n\r\n")) {
		return errors.New("it has an empty line")
	}
	return nil
}

func parseRow(sum, size string) (row, error) {
	algorithm, digest, _ := strings.Cut(sum, "=")
	r := row{hash: hashes[algorithm], size: -1}
	if r.hash == nil {
		return r, fmt.Errorf("%.100q is no hash of at least SHA-256", sum)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(digest)
	if err != nil || len(b) != r.hash().Size() || strings.ContainsAny(digest, "\r\n") {
		return r, fmt.Errorf("%.200q is no hash in base64 without padding", sum)
	}
	r.digest = string(b)
	if size != "" {
		if r.size, err = strconv.ParseInt(size, 10, 64); err != nil || strconv.FormatInt(r.size, 10) != size || r.size < 0 {
			return r, fmt.Errorf("%.100q is no size", size)
		}
	}
	return r, nil
}

// checkRow reads a member.
func (a *Archive) checkRow(e *entry, r row, buf []byte) error {
	if r.size >= 0 && r.size != e.size {
		return e.fault(ErrRecord, "it has %d bytes, and %d in RECORD", e.size, r.size)
	}
	m := a.open(e)
	defer m.Close()
	h := r.hash()
	if _, err := io.CopyBuffer(h, m, buf); err != nil {
		return err
	}
	if string(h.Sum(nil)) != r.digest {
		return e.fault(ErrRecord, "its hash is another than in RECORD")
	}
	return nil
}
