package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

//go:embed reference.py
var referenceScript string

// reference measures pypa/packaging beside our own functions, whose nanoseconds are in ours by package and name.
func reference(ctx context.Context, w io.Writer, ours map[string]float64) error {
	progress("pypa/packaging")
	s, err := once(ctx, nil, python, "-c", referenceScript)
	if err != nil {
		return err
	}
	var theirs map[string]float64
	if err := json.Unmarshal(s.stdout, &theirs); err != nil {
		return err
	}
	fmt.Fprint(w, "\nBeside pypa/packaging in Python, in the same run:\n\n| | here | packaging | ratio |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		mine, ok := ours[name]
		if !ok {
			return fmt.Errorf("no benchmark here is called %q", name)
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %.0f |\n", strings.ReplaceAll(name, "|", `\|`), duration(mine), duration(theirs[name]), theirs[name]/mine)
	}
	return nil
}
