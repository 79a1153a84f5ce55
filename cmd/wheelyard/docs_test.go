package main

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/pep508"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/yard"
)

// pageOfCommands describes the JSON of the commands, each example after a comment that names it.
const pageOfCommands = "../../docs/COMMANDS.md"

var jsonExample = regexp.MustCompile("(?s)<!-- json: ([a-z]+) -->\n```json\n(.*?)```")

// TestDocumentedJSON holds the page against the types: an example has no field that the command doesn't print, and every field that a
// command prints is named on the page.
func TestDocumentedJSON(t *testing.T) {
	page, err := os.ReadFile(pageOfCommands)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]map[string]bool{
		"run": printedFields[runReport](t), "plan": printedFields[plan.Plan](t), "why": printedFields[plan.Explanation](t),
		"check": printedFields[checkReport](t), "status": printedFields[standing](t), "verify": printedFields[verification](t),
		"platforms": printedFields[struct {
			Format    int              `json:"format"`
			Platforms []platform.Facts `json:"platforms"`
		}](t),
	}
	examples := map[string]bool{}
	for _, m := range jsonExample.FindAllSubmatch(page, -1) {
		name := string(m[1])
		examples[name] = true
		var example any
		if err := json.Unmarshal(m[2], &example); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for field := range fieldsOf(example, "") {
			if !printed[name][field] {
				t.Errorf("%s: the example has %s, which is not printed", name, field)
			}
		}
	}
	for name, fields := range printed {
		if !examples[name] {
			t.Errorf("there is no example of %s", name)
		}
		for field := range fields {
			last := field[strings.LastIndex(field, ".")+1:]
			if !regexp.MustCompile("[`\"]" + regexp.QuoteMeta(last) + `(\[\])?` + "[`\"]").Match(page) {
				t.Errorf("%s: %s is not on the page", name, field)
			}
		}
	}
}

// printedFields are the paths of all fields of T's JSON, when nothing in it is empty.
func printedFields[T any](t *testing.T) map[string]bool {
	t.Helper()
	v := reflect.New(reflect.TypeFor[T]())
	fill(v.Elem())
	text, err := json.Marshal(v.Interface())
	if err != nil {
		t.Fatal(err)
	}
	var parsed any
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	return fieldsOf(parsed, "")
}

// fieldsOf gives "a.b" for {"a": [{"b": 1}]}. What is below verdicts and markers is no field, but a thing's name.
func fieldsOf(v any, at string) map[string]bool {
	all := map[string]bool{}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			maps.Copy(all, fieldsOf(item, at))
		}
	case map[string]any:
		for name, value := range v {
			field := strings.TrimPrefix(at+"."+name, ".")
			all[field] = true
			if !slices.Contains([]string{"verdicts", "markers"}, name) {
				maps.Copy(all, fieldsOf(value, field))
			}
		}
	}
	return all
}

// fill puts something into every exported field, and one element into every slice.
func fill(v reflect.Value) {
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		return
	case *yard.Class:
		*at = yard.SourceFault
		return
	case *pep508.Environment:
		*at = pep508.Environment{"python_version": "3.11"}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}
