// Package durable writes files so that a crash at any moment leaves the old state or the new one, never a mixture.
package durable

import "io"

// SKELETON

// Step is called before each change of the disk, with a name such as "rename yard/blobs/…": a test can end the process there.
// Nil outside of tests.
var Step func(what string)

// WriteFile writes data to a temporary file beside path, syncs it, renames it to path and syncs the folder.
// Missing folders are made. Repeatable.
func WriteFile(path string, data []byte, perm uint32) error { panic("unwritten") }

// Create does the same for a stream: the file appears at path when Commit returns nil. Abort (safe after Commit) removes the rest.
func Create(path string, perm uint32) (*File, error) { panic("unwritten") }

type File struct{ io.Writer }

func (f *File) Commit() error { panic("unwritten") }
func (f *File) Abort()        { panic("unwritten") }

// Remove removes path and syncs the folder; a missing file is no error.
func Remove(path string) error { panic("unwritten") }
