package series

import (
	"fmt"
	"strings"

	"wheelyard/packaging/pep508"
	"wheelyard/packaging/project"
	"wheelyard/source"
)

// denied are the projects that a series' constraints are not to have, with where and why.
type denied map[project.Name]denial

type denial struct {
	at     source.Origin
	reason string
}

// readDeny reads a list of names, one a line. The comment above a group of names is their reason; a blank line ends the group, and a comment after
// a name on its own line counts before that.
func readDeny(text string, at source.Origin) (denied, []source.Problem) {
	d := denied{}
	var (
		problems []source.Problem
		reason   []string
		group    bool // names of the group have been read
	)
	for line := range strings.Lines(text) {
		at.Line++
		name, comment, commented := strings.Cut(strings.TrimSpace(line), "#")
		name, comment = strings.TrimSpace(name), strings.TrimSpace(comment)
		switch {
		case name == "" && !commented:
			reason, group = nil, false
		case name == "" && group:
			reason, group = []string{comment}, false
		case name == "":
			reason = append(reason, comment)
		default:
			group = true
			r, err := pep508.Parse(name)
			if err != nil {
				problems = append(problems, source.Problem{Origin: at, Problem: err.Error()})
				continue
			}
			why := comment
			if why == "" {
				why = strings.Join(reason, " ")
			}
			d[r.Name] = denial{at, why}
		}
	}
	return d, problems
}

// contradictions are pins of what is denied.
func (d denied) contradictions(wants []source.Want) []source.Problem {
	var problems []source.Problem
	for _, w := range wants {
		no, ok := d[w.Project]
		if !ok {
			continue
		}
		text := fmt.Sprintf("%s is pinned, though %s:%d leaves it out", w.Spelt, no.at.File, no.at.Line)
		if no.reason != "" {
			text += ": " + no.reason
		}
		problems = append(problems, source.Problem{Origin: w.Origin, Problem: text})
	}
	return problems
}
