// Package diagnose tells from what a failed build left behind why it failed, and what people can do about it.
//
// It is a pure function of the evidence. Its rules are a table (rules.go), tried in order: one idea a rule. What no rule knows is the source's
// own fault, with the last error that was printed as the reason: that class is retried when an input changes, so that nothing is lost by it.
package diagnose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wheelyard/build/sandbox"
	"wheelyard/yard"
)

// Rules is the number of the rules' edition. Attempts that failed under another one are worth another try.
const Rules = 2

// Evidence is what is known of a build that failed. All that comes from the build itself may be a lie, which then only hurts its own package.
type Evidence struct {
	Output   string // of the hook that failed; harmless text
	Status   int
	Exceeded sandbox.Limit
	Starved  sandbox.Limit

	Unusable string // why the runner could not have the backend
	Error    string // the exception that ended the hook: "ModuleNotFoundError: No module named 'x'"
	Module   string // that the hook could not import

	Uploaded time.Time // the sdist; zero: not known
	Released time.Time // the interpreter; zero: not known
	Python   string    // "311"
}

// Finding is why, and what to do.
type Finding struct {
	Class  yard.Class
	Reason string // one line
	Advice string // one line; "": nothing is known that helps
	Rule   string // which one it was, for tests and for people who doubt it
}

// Failure judges the evidence.
func Failure(e Evidence) Finding {
	if f, ok := byLimits(e); ok {
		return f
	}
	e.Output = probes.ReplaceAllString(e.Output, "")
	for _, r := range rules {
		if f, ok := r.apply(e); ok {
			f.Rule = r.name
			if f.Class == yard.PythonTooNew && r.name != "cython-output" && madeByCython.MatchString(e.Output) {
				f.Reason = short(f.Reason + ", in code that an old Cython made")
			}
			return f
		}
	}
	return Finding{Class: yard.SourceFault, Reason: lastError(e), Rule: "none"}
}

var madeByCython = regexp.MustCompile(`__[Pp]yx_`)

// most is how many missing things are named.
const most = 3

// Missing names what of the system a build that did not fail said is missing, and how to get it; "": nothing.
func Missing(output string) string {
	var all []string
	for _, r := range rules {
		if r.class != yard.MissingLibrary || r.pattern == nil || r.when != nil {
			continue
		}
		for _, g := range r.pattern.FindAllStringSubmatch(output, -1) {
			f := r.finding(firstOf(g[1:]), Evidence{})
			if text := f.Reason + ": " + f.Advice; !slices.Contains(all, text) && len(all) < most {
				all = append(all, text)
			}
		}
	}
	return strings.Join(all, "; ")
}

func firstOf(groups []string) string {
	for _, g := range groups {
		if g != "" {
			return g
		}
	}
	return ""
}

// probes are lines about programs that configure, distutils, cmake and meson only try whether they compile: their errors are answers.
var probes = regexp.MustCompile(`(?m)^.*(?:_configtest|conftest|CMakeFiles/cmTC|CMakeTmp|meson-private/tmp|/tmp/\w+\.c(?:c|pp)?:).*$`)

// byLimits: what the sandbox itself noticed needs no guessing.
func byLimits(e Evidence) (Finding, bool) {
	f := Finding{Class: yard.Limits, Rule: "limit"}
	switch e.Exceeded {
	case "":
	case sandbox.HostDisk:
		f.Class, f.Reason, f.Advice = yard.Infrastructure, "the disk of the yard is nearly full", "make room on it"
		return f, true
	case sandbox.Output:
		f.Reason, f.Advice = "it printed without end", "if it needs to: raise log in [limits]"
		return f, true
	default:
		f.Reason, f.Advice = "it took more "+string(e.Exceeded)+" than it may", "raise "+setting[e.Exceeded]+" in [limits]"
		if e.Exceeded == sandbox.Inodes {
			f.Reason, f.Advice = "it made more files than it may", ""
		}
		return f, true
	}
	if e.Starved == sandbox.Memory {
		f.Reason, f.Advice = "one of its processes was ended for want of memory", "raise memory in [limits]"
		return f, true
	}
	return f, false
}

var setting = map[sandbox.Limit]string{
	sandbox.Wall: "time", sandbox.CPU: "cpu", sandbox.Memory: "memory", sandbox.Disk: "disk", sandbox.Procs: "processes",
}

// rule is one idea.
type rule struct {
	name    string
	pattern *regexp.Regexp // matched against the lines of the output; nil: only when decides
	when    func(Evidence) bool
	class   yard.Class
	reason  string // $1 is the pattern's first group
	advice  func(group string) string
}

func (r rule) apply(e Evidence) (Finding, bool) {
	if r.when != nil && !r.when(e) {
		return Finding{}, false
	}
	group := ""
	if r.pattern != nil {
		all := r.pattern.FindAllStringSubmatch(e.Output, -1)
		if all == nil {
			return Finding{}, false
		}
		group = firstOf(all[len(all)-1][1:]) // the last one is what ended it
	}
	return r.finding(group, e), true
}

func (r rule) finding(group string, e Evidence) Finding {
	f := Finding{Class: r.class, Reason: r.reason}
	f.Reason = strings.ReplaceAll(f.Reason, "$1", group)
	f.Reason = strings.ReplaceAll(f.Reason, "$error", e.Error)
	f.Reason = short(strings.ReplaceAll(f.Reason, "$unusable", e.Unusable))
	if r.advice != nil {
		f.Advice = r.advice(group)
	}
	return f
}

// errorLines are tried in this order; of the first that occurs, its last match counts, for compilers (first match), what they say first.
var errorLines = []struct {
	pattern *regexp.Regexp
	first   bool
}{
	{regexp.MustCompile(`(?m)^\S+\.\w+:\d+(?::\d+)?: (?:fatal )?error: .+$`), true},
	{regexp.MustCompile(`(?m)^error(?:\[E\d+\])?: .+$`), true},
	{regexp.MustCompile(`(?m)^\S*(?:Error|Exception): .+$`), false},
	{regexp.MustCompile(`(?mi)^.*\berror\b.+$`), false},
}

// lastError is the line that says most.
func lastError(e Evidence) string {
	for i, l := range errorLines {
		if i == 2 && e.Error != "" && !strings.HasPrefix(e.Error, "SystemExit") {
			return short(e.Error)
		}
		if l.first {
			if m := l.pattern.FindString(e.Output); m != "" {
				return short(m)
			}
		} else if all := l.pattern.FindAllString(e.Output, -1); len(all) > 0 {
			return short(all[len(all)-1])
		}
	}
	if e.Error != "" {
		return short(e.Error)
	}
	if e.Status > 128 {
		return fmt.Sprintf("the build was ended by signal %d", e.Status-128)
	}
	return fmt.Sprintf("the build ended with status %d", e.Status)
}

const longest = 300

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
