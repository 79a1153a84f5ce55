package main

import (
	"fmt"
	"io"
	"strings"

	"wheelyard/plan"
)

// writeMarkdown is for a reviewer of a change: what would have no wheel, and nothing to build one from, comes first; then what has to be built. What
// needs nobody's attention is only counted.
func writeMarkdown(w io.Writer, p plan.Plan) {
	unserved, ordered := sift(p)
	s := p.Summary()
	fmt.Fprintf(w, "**%s, %s:** ", count(s.Wants, "want"), count(s.Decisions, "decision"))
	if len(unserved) == 0 {
		fmt.Fprintln(w, "each has a wheel, or will have one.")
	} else {
		fmt.Fprintf(w, "%d without a wheel.\n", len(unserved))
	}
	markdownTable(w, "No wheel, and none can be built", unserved)
	markdownTable(w, "To be built", ordered)
	var counts []string
	for _, v := range []plan.Verdict{plan.Upstream, plan.Held, plan.Excluded, plan.Skipped} {
		if n := s.Verdicts[v]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if len(counts) > 0 {
		fmt.Fprintf(w, "\nBesides: %s.\n", strings.Join(counts, ", "))
	}
}

// sift picks the decisions that leave a want without a wheel, and those that wait for a build.
func sift(p plan.Plan) (unserved, ordered []plan.Decision) {
	for _, d := range p.Decisions {
		switch {
		case d.Verdict.Unserved():
			unserved = append(unserved, d)
		case d.Verdict == plan.Build || d.Verdict == plan.Shared:
			ordered = append(ordered, d)
		}
	}
	return unserved, ordered
}

func markdownTable(w io.Writer, title string, all []plan.Decision) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n\n| project | version | target | verdict | |\n|---|---|---|---|---|\n", title)
	for _, d := range all {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", d.Project, cell(d.Version), d.Target, d.Verdict, cell(reason(d)))
	}
}

// cell makes a text fit for a table's cell: no bars, no lines, no HTML.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", ">", "&gt;").Replace(s)
}
