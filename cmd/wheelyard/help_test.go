package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestHelp: the help of every command has an example, which begins with that command.
func TestHelp(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.Vars{"verdicts": verdictNames(), "version": version})
	if err != nil {
		t.Fatal(err)
	}
	kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if command, ok := node.(*kong.Node); ok && command.Type == kong.CommandNode {
			name := strings.TrimPrefix(command.FullPath(), parser.Model.Name+" ")
			var out, said bytes.Buffer
			status := run(t.Context(), append(strings.Fields(name), "--help"), process{stdout: &out, stderr: &said})
			if _, example, ok := strings.Cut(out.String(), "Example:"); status != 0 || !ok || !strings.Contains(example, "wheelyard "+name) || said.Len() > 0 {
				t.Errorf("%s: status %d, %s%s", name, status, &out, &said)
			}
		}
		return next(nil)
	})
}
