package index

// SKELETON

import "net/http"

// Serve answers for the static tree below public (yard/public): /PLATFORM/simple/…
func Handler(public string) (http.Handler, error) { panic("unwritten") }
