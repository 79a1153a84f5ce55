package config

import (
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// place is a position in the text, from 1.
type place struct{ Line, Column int }

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
