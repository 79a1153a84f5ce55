// Package pep440 has the versions of Python projects and the specifiers that choose among them.
//
// It gives the answers of pypa/packaging 26.3 (packaging.version, packaging.specifiers), which is its oracle: the same
// texts are accepted, the same normal forms printed, the same versions chosen. Vectors made with it are in testdata;
// differences_test.go lists the few cases where the two differ, with the reason.
//
// A Version and a Specifiers are values: they don't change, may be copied and used by several goroutines at once, and
// comparing and checking them allocates nothing. Numbers may have any length. All functions need time and memory
// linear in their input (a set of n specifiers is also sorted), whatever that is.
//
// How it works: a version carries a key, a string whose byte order is the order of versions (key.go). Each specifier
// is one or two comparisons with such keys.
package pep440
