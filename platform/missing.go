package platform

import (
	"fmt"
	"slices"
	"strings"
)

// MissingError tells all that a platform lacks on this machine, and what people can do about it.
type MissingError struct {
	Platform string
	Problems []string // one sentence each
	Packages []string // Debian packages that supply it, sorted; nil: not a Debian-like system, or none is known
}

func (e *MissingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "platform %s: %s", e.Platform, strings.Join(e.Problems, "; "))
	if len(e.Packages) > 0 {
		b.WriteString("\n  hint: apt-get install " + strings.Join(e.Packages, " "))
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

// err is nil when nothing is missing.
func (l *lack) err(platform string) error {
	if len(l.problems) == 0 {
		return nil
	}
	slices.Sort(l.packages)
	return &MissingError{Platform: platform, Problems: l.problems, Packages: slices.Compact(l.packages)}
}
