package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// suggest names the keys that could have been meant at the place of an unknown one.
func suggest(key []string) string {
	known := keysAt(reflect.TypeFor[Config](), key[:len(key)-1])
	if len(known) == 0 {
		return ""
	}
	wrong := key[len(key)-1]
	for _, k := range known {
		if distance(wrong, k) <= 2 {
			return fmt.Sprintf("did you mean %q?", k)
		}
	}
	return "known here: " + strings.Join(known, ", ")
}

func keysAt(t reflect.Type, path []string) []string {
	for _, part := range path {
		f, ok := fieldOf(t, part)
		if !ok {
			return nil
		}
		t = f.Type
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return nil
		}
	}
	var keys []string
	for f := range t.Fields() {
		if name := f.Tag.Get("toml"); name != "-" {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	return keys
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if f.Tag.Get("toml") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// distance is the number of letters to add, drop or change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
