package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"wheelyard/packaging/simple"
	"wheelyard/yard"
)

// OrderKey is the digest that identifies an order: "sha256:" and the hexadecimal SHA-256 of these four lines, each
// ended by a newline:
//
//	wheelyard order 1
//	sdist sha256:<64 lower-case hexadecimal digits>
//	target <platform>/<python>
//	build <number in decimal>
//
// The form never changes: records name orders by it.
func OrderKey(sdistSHA256, target string, number int) yard.Key {
	sum := sha256.Sum256(fmt.Appendf(nil, "wheelyard order 1\nsdist sha256:%s\ntarget %s\nbuild %d\n",
		strings.ToLower(sdistSHA256), target, number))
	return yard.Key("sha256:" + hex.EncodeToString(sum[:]))
}

// digest is a file's SHA-256 in lower case, or "" when the page has none that is well formed.
func digest(f *simple.File) string {
	s := strings.ToLower(f.Hashes["sha256"])
	if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size {
		return ""
	}
	return s
}
