package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wheelyard/packaging/pep508"
)

var keys = map[string][]string{
	"package": {"project", "versions", "targets", "reason"},
	"exclude": {"project", "versions", "targets", "reason", "until"},
}

// close makes wants or excludes of a table, or problems when something in it is wrong.
func (l *list) close(t *table) {
	if t == nil {
		return
	}
	l.checkKeys(t)
	e := entry{list: l, table: t}
	r := e.project()
	versions := e.versions()
	targets := e.targets()
	reason := e.text("reason")
	until := e.until()
	if t.kind == "exclude" && strings.TrimSpace(reason) == "" && !t.bad {
		l.tell(t, t.offset, "an exclude needs a reason", `add reason = "…": people will ask`)
	}
	if t.bad {
		return
	}
	at := l.at
	at.Line, _ = l.place(t.offset)
	for _, v := range versions {
		if t.kind == "package" {
			at.Reason = reason
			l.Wants = append(l.Wants, Want{Project: r.Name, Spelt: r.Spelt, Versions: v.within, Latest: v.latest,
				Targets: targets, Origin: at})
		} else {
			l.Excludes = append(l.Excludes, Exclude{Project: r.Name, Versions: v.within,
				Targets: targets, Reason: reason, Until: until, Origin: at})
		}
	}
}

func (l *list) checkKeys(t *table) {
	var unknown []string
	for key := range t.values {
		if !slices.Contains(keys[t.kind], key) {
			unknown = append(unknown, key)
		}
	}
	slices.SortFunc(unknown, func(a, b string) int { return t.values[a].offset - t.values[b].offset })
	for _, key := range unknown {
		hint := "known here: " + strings.Join(keys[t.kind], ", ")
		if meant := nearest(key, keys[t.kind]); meant != "" {
			hint = fmt.Sprintf("did you mean %q?", meant)
		}
		l.tell(t, t.values[key].offset, fmt.Sprintf("unknown key %q", key), hint)
	}
}

// tell notes a problem with a table, which is then left out.
func (l *list) tell(t *table, offset int, problem, hint string) {
	at := l.at
	var column int
	at.Line, column = l.place(offset)
	if hint != "" {
		problem += " (" + hint + ")"
	}
	l.Problems = append(l.Problems, Problem{Origin: at, Column: column, Problem: problem})
	t.bad = true
}

// entry reads the values of a table.
type entry struct {
	list  *list
	table *table
}

func (e entry) bad(key, problem, hint string) {
	e.list.tell(e.table, e.table.values[key].offset, problem, hint)
}

// text is "" when the key is not there.
func (e entry) text(key string) string {
	v, ok := e.table.values[key]
	if ok && v.kind != isText {
		e.bad(key, key+" is "+v.is, "write it in quotes")
	}
	if !ok || v.kind != isText {
		return ""
	}
	return v.texts[0]
}

// texts takes one string or a list of them.
func (e entry) texts(key, example string) (list []string, ok bool) {
	v, ok := e.table.values[key]
	switch {
	case !ok:
		return nil, false
	case v.kind != isText && v.kind != isTexts:
		e.bad(key, key+" is "+v.is, "write "+example)
		return nil, false
	case len(v.texts) == 0:
		e.bad(key, key+" is an empty list", "leave it out to mean all")
		return nil, false
	}
	return v.texts, true
}

func (e entry) project() pep508.Requirement {
	if _, ok := e.table.values["project"]; !ok {
		e.list.tell(e.table, e.table.offset, "project is missing", `add project = "NAME"`)
		return pep508.Requirement{}
	}
	name := e.text("project")
	r, err := pep508.Parse(name)
	switch {
	case e.table.bad && name == "":
	case err != nil:
		e.bad("project", fmt.Sprintf("project: %s is no project name", quote(name)), "")
	case !r.Specifiers.IsEmpty():
		e.bad("project", fmt.Sprintf("project: %s has versions", quote(name)), fmt.Sprintf("write versions = %q", r.Specifiers))
	case r.URL != "" || r.Marker != nil || len(r.Extras) > 0:
		e.bad("project", fmt.Sprintf("project: %s is more than a name", quote(name)), fmt.Sprintf("write project = %q", r.Spelt))
	}
	return r
}

var targetForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*(?:/[a-z]+[0-9]+[a-z]*)?$`)

func (e entry) targets() []string {
	list, _ := e.texts("targets", `targets = ["debian-12-x86_64/cp311"]`)
	for _, t := range list {
		if !targetForm.MatchString(t) {
			e.bad("targets", fmt.Sprintf("targets: %s names no target", quote(t)), `a platform, or platform/interpreter as in "debian-12-x86_64/cp311"`)
		}
	}
	return list
}

func (e entry) until() time.Time {
	v, ok := e.table.values["until"]
	if !ok || e.table.kind != "exclude" {
		return time.Time{}
	}
	s := ""
	if len(v.texts) == 1 && v.kind != isTexts {
		s = v.texts[0]
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	e.bad("until", "until: "+v.is+" is no date", "write until = 2027-01-01")
	return time.Time{}
}
