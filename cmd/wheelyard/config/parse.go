package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Error is something wrong at one place of the configuration.
type Error struct {
	File         string
	Line, Column int // from 1; 0 means that the place is not known
	Problem      string
	Hint         string // what to do; may be empty
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": " + e.Problem)
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}

func parse(file string, text []byte) (Config, error) {
	c := Config{File: file, Yard: "yard", Policy: Policy{Pure: "build"}}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // some editors begin a file with it
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Config{}, decodeError(file, err)
	}
	where := positions(text)
	for _, check := range []func(*Config, places) *problem{checkYard, checkUpstream, checkPlatforms, checkSources, checkPolicy, checkLimits} {
		if p := check(&c, where); p != nil {
			return Config{}, where.wrong(file, *p)
		}
	}
	c.makeAbsolute(filepath.Dir(file))
	return c, nil
}

func (c *Config) makeAbsolute(dir string) {
	abs := func(p *string) {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	abs(&c.Yard)
	for i := range c.Platforms {
		abs(&c.Platforms[i].Facts)
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		abs(&s.Packages)
		switch {
		case s.Git == "":
			abs(&s.Constraints)
		case !strings.Contains(s.Git, ":"): // neither a URL nor a path on another host
			abs(&s.Git)
		}
	}
}

func decodeError(file string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, col := first.Position()
		key := strings.Join(first.Key(), ".")
		return &Error{File: file, Line: line, Column: col, Problem: fmt.Sprintf("unknown key %q", key), Hint: suggest(first.Key())}
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, col := decode.Position()
		return &Error{File: file, Line: line, Column: col, Problem: strings.TrimPrefix(decode.Error(), "toml: "), Hint: typeHint(decode.Key())}
	}
	return &Error{File: file, Problem: err.Error()}
}

// typeHint says what a key takes, for the keys whose type people get wrong.
func typeHint(key toml.Key) string {
	switch strings.Join(key, ".") {
	case "platform.pythons":
		return `a list of strings, as in pythons = ["3.11"]; without quotes 3.10 would be the number 3.1`
	case "platform", "source":
		return "write [[platform]] and [[source]] with two brackets: there may be several"
	case "platform.root":
		return `root = "host" is this machine's own system`
	}
	return ""
}
