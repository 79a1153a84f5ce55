package platform

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// MissingError tells all that a platform lacks on this machine, and what people can do about it.
type MissingError struct {
	Platform string
	Problems []string // one sentence each
	Packages []string // Debian packages that supply it, sorted; nil: not a Debian-like system, or none is known
	Unknown  []string // packages that would, but that apt doesn't know here
}

func (e *MissingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "platform %s: %s", e.Platform, strings.Join(e.Problems, "; "))
	if len(e.Packages) > 0 {
		b.WriteString("\n  hint: apt-get install " + strings.Join(e.Packages, " "))
	}
	if len(e.Unknown) > 0 {
		fmt.Fprintf(&b, "\n  hint: apt doesn't know %s here: `apt-get update` may help, or another name; an interpreter can be named by its path",
			strings.Join(e.Unknown, ", "))
	}
	return b.String()
}

// lack collects what is missing.
type lack struct {
	debian   bool
	problems []string
	packages []string
}

// add notes a problem, and the Debian package that mends it if there is one.
func (l *lack) add(problem string, debianPackage string) {
	switch {
	case l.debian && debianPackage != "":
		l.packages = append(l.packages, debianPackage)
	case debianPackage != "":
		problem += ": install it with this system's package manager (Debian calls it " + debianPackage + ")"
	}
	l.problems = append(l.problems, problem)
}

// missing makes the error, nil when nothing is missing.
func (h *host) missing(ctx context.Context, platform string, l lack) error {
	if len(l.problems) == 0 {
		return nil
	}
	slices.Sort(l.packages)
	e := &MissingError{Platform: platform, Problems: l.problems, Packages: slices.Compact(l.packages)}
	e.Unknown = h.unknownToApt(ctx, e.Packages)
	e.Packages = slices.DeleteFunc(e.Packages, func(name string) bool { return slices.Contains(e.Unknown, name) })
	return e
}

// unknownToApt are those that apt has no version of; none when apt can't be asked.
func (h *host) unknownToApt(ctx context.Context, packages []string) []string {
	apt := h.at("/usr/bin/apt-cache")
	if len(packages) == 0 || !isFile(apt) {
		return nil
	}
	out, _, err := h.output(ctx, apt, append([]string{"policy", "--"}, packages...)...)
	if err != nil {
		return nil
	}
	known := map[string]bool{}
	name := ""
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, " ") {
			name, _, _ = strings.Cut(strings.TrimSpace(line), ":")
		} else if version, ok := strings.CutPrefix(strings.TrimSpace(line), "Candidate: "); ok && version != "(none)" {
			known[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(packages), func(p string) bool {
		name, _, _ := strings.Cut(p, ":")
		return known[name]
	})
}
