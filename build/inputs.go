package build

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"wheelyard/build/diagnose"
	"wheelyard/build/env"
	"wheelyard/platform"
)

// edition is of how builds are done: another one may come to another outcome.
const edition = 2

// Inputs is the digest of what an outcome on t depends on besides the order: the root, the interpreter, the limits, and how builds are done.
func Inputs(t platform.Target, l Limits) string {
	text, err := json.Marshal([]any{edition, diagnose.Rules, env.UV, runner, t.Name(), t.Version.String(), t.Path, t.Root, l.withDefaults()})
	if err != nil {
		panic(err) // nothing in it can fail
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
