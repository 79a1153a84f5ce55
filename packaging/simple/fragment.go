package simple

import (
	"maps"
	"strings"
)

// cutFragment takes the fragment off the URL and the hashes out of it. One that is said there counts, as with pip.
func (f *File) cutFragment() {
	url, fragment, ok := strings.Cut(f.URL, "#")
	if !ok {
		return
	}
	f.URL = url
	hashes := maps.Clone(f.Hashes)
	for part := range strings.SplitSeq(fragment, "&") {
		algorithm, digest, _ := strings.Cut(part, "=")
		if digest == "" || !hashAlgorithm(algorithm) {
			continue
		}
		if hashes == nil {
			hashes = map[string]string{}
		}
		hashes[algorithm] = digest
	}
	f.Hashes = hashes
}

// hashAlgorithm tells the names of hashes from the other things that stand in fragments (egg=, subdirectory=).
func hashAlgorithm(name string) bool {
	switch name {
	case "sha512", "sha384", "sha256", "sha224", "sha1", "md5", "blake2b", "sha3_256", "sha3_512":
		return true
	}
	return false
}
