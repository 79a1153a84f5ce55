//go:build linux

package killtest

// older: arm64 has only the calls with a folder's descriptor.
var older map[uint64]call
