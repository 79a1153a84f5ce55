// Package index owns the layout of the published tree and answers for it over HTTP, as the simple repository API has it.
//
// Every platform has an index of its own, so that a file name alone never says which file is meant. The tree is made of plain
// files: any web server can serve it, and [Handler] only adds what a plain one lacks (negotiation, validators, caching rules).
// Nothing but what [Locate] knows is ever answered: no hidden file, no half-written file, nothing outside of the tree.
// A page and its ETag always come from one reading of one file, so pages may be replaced (by renaming) at any time.
//
// Nothing is stored here.
package index
