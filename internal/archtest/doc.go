// Package archtest holds what the sources promise as a whole: the order of imports that docs/ARCHITECTURE.md draws, a comment on every
// package, a reason for every dependency, and no address of a registry anywhere.
//
// Its tests read the sources with go/parser. They don't ask the go command: `go test` would keep an old answer and miss the change.
package archtest
