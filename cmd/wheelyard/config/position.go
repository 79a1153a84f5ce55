package config

import (
	"os"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// place is a position in the text, from 1, and what kind of value stands there.
type place struct {
	Line, Column int
	Kind         unstable.Kind
}

// places knows where each key stands: "platform[1].name", and "platform[1]" for the table itself.
type places map[string]place

// of returns the place of key, or of the nearest table around it.
func (p places) of(key string) place {
	for key != "" {
		if at, ok := p[key]; ok {
			return at
		}
		cut := strings.LastIndexByte(key, '.')
		key = key[:max(cut, 0)]
	}
	return place{Line: 1, Column: 1}
}

func (p places) wrong(file string, what problem) *Error {
	at := p.of(what.key)
	return &Error{File: file, Line: at.Line, Column: at.Column, Problem: what.text, Hint: what.hint}
}

// Wrong is an Error at the place of a key such as "source[1].packages", for what turns out to be wrong only after loading.
func (c Config) Wrong(key, text, hint string) error {
	source, err := os.ReadFile(c.File)
	if err != nil {
		return &Error{File: c.File, Problem: text, Hint: hint}
	}
	return positions(source).wrong(c.File, problem{key, text, hint})
}

// positions reads the text once more for the place of each key: the decoder gives values without places.
// The text has been decoded already, so that it is known to be TOML.
func positions(text []byte) places {
	found := places{}
	seen := map[string]int{}
	table := ""
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		name, at := keyOf(&p, e)
		switch e.Kind {
		case unstable.ArrayTable:
			table = name + "[" + strconv.Itoa(seen[name]) + "]"
			seen[name]++
			found[table] = at
		case unstable.Table:
			table = name
			found[table] = at
		case unstable.KeyValue:
			if table != "" {
				name = table + "." + name
			}
			at.Kind = e.Value().Kind
			found[name] = at
		}
	}
	return found
}

func keyOf(p *unstable.Parser, e *unstable.Node) (name string, at place) {
	var parts []string
	for it := e.Key(); it.Next(); {
		if at.Line == 0 {
			start := p.Shape(it.Node().Raw).Start
			at = place{Line: start.Line, Column: start.Column}
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), at
}
