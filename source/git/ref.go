package git

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ID names an object of git: 40 hexadecimal digits, or 64 where the repository uses SHA-256.
type ID string

// valid is what keeps anything else from reaching git in the place of an ID.
func (id ID) valid() bool {
	if len(id) != 40 && len(id) != 64 {
		return false
	}
	return strings.Trim(string(id), "0123456789abcdef") == ""
}

// The branches and tags are the refs whose names begin so. All others (of pull requests, notes) are left alone.
const (
	branches = "refs/heads/"
	tags     = "refs/tags/"
)

// wellFormed is git-check-ref-format(1) for a branch or tag, and UTF-8, which git doesn't ask for.
func wellFormed(name string) bool {
	if !strings.HasPrefix(name, branches) && !strings.HasPrefix(name, tags) || len(name) > 1024 || !utf8.ValidString(name) {
		return false
	}
	if strings.ContainsAny(name, " ~^:?*[\\") || strings.ContainsFunc(name, unicode.IsControl) || strings.Contains(name, "..") ||
		strings.Contains(name, "@{") || strings.HasSuffix(name, ".") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// tips are the refs of our own repository.
const tips = "refs/tips/"

// tipOf is where our own repository keeps the object of a ref.
func tipOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return tips + hex.EncodeToString(sum[:])
}

// parseHeads reads what ls-remote prints: "ID TAB NAME" lines. Names that git refuses itself, or that are not UTF-8, are passed over.
func parseHeads(out []byte, most int) (map[string]ID, error) {
	heads := map[string]ID{}
	size := 0
	for line := range bytes.Lines(out) {
		id, name, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), "\t")
		if !ok || !ID(id).valid() || size != 0 && len(id) != size {
			return nil, fmt.Errorf("git ls-remote: %q is no line of branches", clip(harmless(string(line), nil), 100))
		}
		size = len(id)
		if !wellFormed(name) { // such as TAG^{}, what an annotated tag points to
			continue
		}
		if heads[name] = ID(id); len(heads) > most {
			return nil, fmt.Errorf("there are more than %d branches and tags", most)
		}
	}
	return heads, nil
}
