// Package project holds the names of Python projects in the one form by which they are compared.
//
// A Name is always normalised; the way a source spelt it is kept by whoever read it, as a plain string.
package project

// Name is a project's name in normal form (PEP 503, "Normalized Names"): lower case, with runs of
// '-', '_' and '.' written as one '-'. The zero value names nothing.
type Name string
