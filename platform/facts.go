package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxFacts bounds what is read: a hundred interpreters with all their tags are about 5 MB.
const maxFacts = 64 << 20

// ReadFacts reads facts as Write writes them. Fields that are not known are left out: they are a newer version's.
// What is wrong with them is told by the field's name, all of it at once.
func ReadFacts(r io.Reader) (Facts, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFacts+1))
	if err != nil {
		return Facts{}, fmt.Errorf("reading facts: %w", err)
	}
	if len(text) > maxFacts {
		return Facts{}, fmt.Errorf("reading facts: larger than %d bytes", maxFacts)
	}
	var format struct {
		Format *int `json:"format"`
	}
	if err := decode(text, &format); err != nil {
		return Facts{}, err
	}
	switch {
	case format.Format == nil:
		return Facts{}, errors.New("facts: format is missing")
	case *format.Format != Format:
		return Facts{}, fmt.Errorf("facts: format %d is not known: this version reads format %d", *format.Format, Format)
	}
	var f Facts
	if err := decode(text, &f); err != nil {
		return Facts{}, err
	}
	if err := f.check(); err != nil {
		return Facts{}, err
	}
	return f, nil
}

func decode(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("facts: line %d: %w", lineAt(text, syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("facts: line %d: %s is a JSON %s", lineAt(text, kind.Offset), kind.Field, kind.Value)
	}
	return err
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}

// Write writes the facts as indented JSON, the same for the same facts.
func (f Facts) Write(w io.Writer) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing facts of platform %s: %w", f.Platform, err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// check finds what keeps the facts from being used.
func (f Facts) check() error {
	var wrong []string
	note := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	need := func(name, value string) {
		if value == "" {
			note("%s is missing", name)
		}
	}
	need("platform", f.Platform)
	if strings.Contains(f.Platform, "/") {
		note("platform: %q has a slash", f.Platform)
	}
	need("os.id", f.OS.ID)
	need("arch", f.Arch)
	switch f.Libc.Name {
	case "glibc", "musl":
		if _, _, err := f.Libc.numbers(); err != nil {
			note("libc.version: %v", err)
		}
	default:
		note(`libc.name: %q is not known: "glibc" or "musl"`, f.Libc.Name)
	}
	if len(f.Interpreters) == 0 {
		note("interpreters is missing or empty")
	}
	seen := map[string]bool{}
	for i, in := range f.Interpreters {
		if err := f.checkInterpreter(in); err != nil {
			note("interpreters[%d]: %v", i, err)
		} else if seen[in.Target] {
			note("interpreters[%d]: target %q stands twice", i, in.Target)
		}
		seen[in.Target] = true
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("facts: %s", strings.Join(wrong, "; "))
}

func (f Facts) checkInterpreter(in Interpreter) error {
	var lacks []string
	for _, field := range [][2]string{{"target", in.Target}, {"implementation", in.Implementation},
		{"version", in.Version}, {"abi", in.ABI}, {"soabi", in.SOABI}} {
		if field[1] == "" {
			lacks = append(lacks, field[0])
		}
	}
	if len(lacks) > 0 {
		return fmt.Errorf("%s missing", strings.Join(lacks, ", "))
	}
	if _, err := formOf(in); err != nil {
		return err
	}
	if len(in.Tags) > 0 {
		_, err := f.tags(in)
		return err
	}
	return nil
}
