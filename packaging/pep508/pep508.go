// Package pep508 has requirements and environment markers, as the metadata of Python projects and constraints write them.
//
// It gives the answers of pypa/packaging 26.3 (packaging.requirements, packaging.markers), which is its oracle: the same
// texts are accepted, the same normal forms printed, the same truth found. Vectors made with it are in testdata;
// differences_test.go lists the few cases where the two differ, with the reason.
//
// A Requirement and a Marker are values: they don't change once read, and may be used by several goroutines at once.
// All functions need time and memory linear in their input, and the stack is the same for any depth of parentheses.
//
// How it works: a marker is kept flat, as a string of one byte for each parenthesis, and, or, and comparison, beside
// the list of its comparisons. Reading, printing and evaluating go along that string once.
package pep508
