package archtest

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// checkReasons tells of the direct dependencies and tools in a go.mod that have no reason in a comment, on their line or above it.
func checkReasons(gomod string) []string {
	var problems []string
	block, above := "", false
	for line := range strings.Lines(gomod) {
		text, comment, commented := strings.Cut(strings.TrimSpace(line), "//")
		words := strings.Fields(text)
		switch {
		case len(words) == 0: // an empty line, or one of comments
			above = commented
			continue
		case words[0] == ")":
			block = ""
		case words[len(words)-1] == "(":
			block = words[0]
		default:
			if block != "" {
				words = append([]string{block}, words...)
			}
			if (words[0] == "require" || words[0] == "tool") && !above && strings.TrimSpace(comment) == "" {
				problems = append(problems, fmt.Sprintf("go.mod: %s %s has no reason", words[0], words[1]))
			}
		}
		above = false
	}
	return problems
}

func TestReasons(t *testing.T) {
	gomod, err := fs.ReadFile(repository(), "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkReasons(string(gomod)))
}

func TestReasonsFail(t *testing.T) {
	expect(t, checkReasons(`module x

go 1.26

// why
tool a.example/tool

tool b.example/tool

require (
	// why
	a.example/a v1.0.0
	b.example/b v1.0.0
	c.example/c v1.0.0 // why
)

require d.example/d v1.0.0 // indirect

require e.example/e v1.0.0
`), "go.mod: tool b.example/tool has no reason", "go.mod: require b.example/b has no reason", "go.mod: require e.example/e has no reason")
}
