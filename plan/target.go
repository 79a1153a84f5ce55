package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/platform"
)

// target is a platform.Target with what the plan asks of it again and again.
type target struct {
	platform.Target
	name         string
	index        int
	inputs       string
	env          pep508.Environment
	python       pep440.Version // major.minor.micro, as pip compares requires-python
	short        string         // "3.11"
	major, minor int
	cpython      bool
	freeThreaded bool
	pythons      map[[2]string]bool // pairs of python and ABI tag that it takes
	platforms    map[string]bool    // platform tags that it takes
	libcMajor    int
	libcMinor    int
}

func newTarget(t platform.Target) *target {
	p := &target{Target: t, name: t.Name(), pythons: map[[2]string]bool{}, platforms: map[string]bool{}}
	release := append(slices.Clone(t.Version.Release()), 0, 0, 0)[:3]
	p.major, p.minor = release[0], release[1]
	p.short = fmt.Sprintf("%d.%d", p.major, p.minor)
	p.python = pep440.MustParse(fmt.Sprintf("%s.%d", p.short, release[2]))
	p.cpython = strings.HasPrefix(t.Python, "cp")
	p.freeThreaded = p.cpython && strings.HasSuffix(t.Python, "t")
	for _, tag := range t.Tags.Tags() {
		p.pythons[[2]string{tag.Python, tag.ABI}] = true
		p.platforms[tag.Platform] = true
	}
	fmt.Sscanf(t.Libc.Version, "%d.%d", &p.libcMajor, &p.libcMinor)
	p.env = maps.Clone(t.Markers)
	if p.env == nil {
		p.env = pep508.Environment{}
	}
	if _, ok := p.env["extra"]; !ok {
		p.env["extra"] = "" // as pip does for requirements without extras
	}
	return p
}

// compareTargets puts the targets of one platform in the order of their interpreters.
func compareTargets(a, b *target) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), a.Version.Compare(b.Version), cmp.Compare(a.Python, b.Python))
}
