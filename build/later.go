package build

import (
	"context"
	"fmt"

	"wheelyard/build/diagnose"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/wheel"
	"wheelyard/yard"
)

// pointOut tells, of a version that is too old for the interpreter, which later one is not, where upstream's wheels show it.
func (j *job) pointOut(ctx context.Context, f diagnose.Finding) diagnose.Finding {
	if f.Class != yard.PythonTooNew || f.Advice != "" {
		return f
	}
	page, err := j.b.Upstream.Page(ctx, j.o.Project)
	if err != nil {
		return f
	}
	own, err := pep440.Parse(j.o.Version)
	if err != nil {
		return f
	}
	var first *pep440.Version
	for _, file := range page.Project.Files {
		name, err := wheel.ParseFilename(file.Filename)
		if err != nil || file.Yanked || name.Project != j.o.Project || name.Version.IsPrerelease() || name.Version.Compare(own) <= 0 {
			continue
		}
		if _, _, fits := j.t.Tags.Best(name.Tags); !fits {
			continue
		}
		if first == nil || name.Version.Compare(*first) < 0 {
			first = &name.Version
		}
	}
	if first != nil {
		f.Advice = fmt.Sprintf("%s %s is the first later version that upstream has a wheel of for this target", j.o.Project, first)
	}
	return f
}
