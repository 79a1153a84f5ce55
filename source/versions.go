package source

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"wheelyard/packaging/pep440"
)

// versions is one element of versions.
type versions struct {
	within pep440.Specifiers
	latest int
}

func (e entry) versions() []versions {
	list, ok := e.texts("versions", `versions = "==1.2" or a list of such`)
	if !ok {
		return []versions{{}}
	}
	var all []versions
	for _, s := range list {
		v, problem, hint := parseVersions(s)
		if problem == "" && v.latest > 0 && e.table.kind == "exclude" {
			problem, hint = fmt.Sprintf("%s has no meaning in an exclude", quote(s)), "write versions that stay the same"
		}
		if problem != "" {
			e.bad("versions", "versions: "+problem, hint)
		}
		all = append(all, v)
	}
	return all
}

var latest = regexp.MustCompile(`^latest(?:\s+([0-9]+))?(?:\s+(.*))?$`)

func parseVersions(s string) (v versions, problem, hint string) {
	s = strings.TrimSpace(s)
	within := s
	if m := latest.FindStringSubmatch(s); m != nil {
		v.latest, within = 1, m[2]
		if m[1] != "" {
			v.latest, _ = strconv.Atoi(m[1])
		}
		if v.latest < 1 || v.latest > 1000 || len(m[1]) > 4 {
			return v, fmt.Sprintf("%s: from 1 to 1000", quote(s)), ""
		}
	} else if s == "" {
		return v, "an empty string", "leave it out to mean all"
	}
	var err error
	if v.within, err = pep440.ParseSpecifiers(within); err == nil {
		return v, "", ""
	}
	if _, bare := pep440.Parse(within); bare == nil {
		hint = fmt.Sprintf("write %q", "=="+within)
	} else {
		hint = `"==1.2", ">=1,<2", "latest" or "latest 3"`
	}
	return v, fmt.Sprintf("%s is no specifier: %s", quote(s), clip(err.Error(), 200)), hint
}
