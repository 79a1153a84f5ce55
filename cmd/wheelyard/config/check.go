package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wheelyard/index"
)

// problem is what is wrong with the value of one key.
type problem struct{ key, text, hint string }

// validName: names become folders and parts of addresses.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

var validPython = regexp.MustCompile(`^(pypy)?[0-9]+\.[0-9]+t?$|^/`)

func checkPlatforms(c *Config, _ places) *problem {
	if len(c.Platforms) == 0 {
		return &problem{"", "no [[platform]]: nothing could be built for anybody", "`wheelyard init` in an empty folder writes one for this machine"}
	}
	seen := map[string]bool{}
	for i, p := range c.Platforms {
		key := func(k string) string { return fmt.Sprintf("platform[%d].%s", i, k) }
		switch {
		case !validName.MatchString(p.Name):
			return &problem{key("name"), fmt.Sprintf("platform name %q: lower case letters, digits, '.', '_' and '-' only, as it becomes a part of addresses", p.Name), `for example name = "debian-12-x86_64"`}
		case !index.ValidPlatform(p.Name):
			return &problem{key("name"), fmt.Sprintf("a platform can't be named %q: the index uses that itself", p.Name), `for example name = "debian-12-x86_64"`}
		case seen[p.Name]:
			return &problem{key("name"), fmt.Sprintf("two platforms are named %q", p.Name), "give each its own name: each has an index of its own"}
		}
		seen[p.Name] = true
		if bad := checkPlatform(p, key); bad != nil {
			return bad
		}
	}
	return nil
}

func checkPlatform(p Platform, key func(string) string) *problem {
	if p.Facts != "" {
		if p.Root != "" || len(p.Pythons) > 0 {
			return &problem{key("facts"), "facts stand for a platform of another machine, with its interpreters", "leave out root and pythons here"}
		}
		return nil
	}
	if p.Root != "host" {
		return &problem{key("root"), fmt.Sprintf("root = %q", p.Root), `root = "host" is this machine's own system; facts = "FILE" is for a platform of another machine`}
	}
	if len(p.Pythons) == 0 {
		return &problem{key("pythons"), "no pythons: which interpreters are wheels wanted for?", `for example pythons = ["3.11"]`}
	}
	for i, v := range p.Pythons {
		if slices.Contains(p.Pythons[:i], v) {
			return &problem{key("pythons"), fmt.Sprintf("%q is there twice", v), "name each interpreter once"}
		}
		if !validPython.MatchString(v) {
			return &problem{key("pythons"), fmt.Sprintf("%q names no interpreter", v), `"3.11", "3.13t" (free-threaded), "pypy3.10", or the path of one`}
		}
	}
	return nil
}

func checkSources(c *Config, _ places) *problem {
	if len(c.Sources) == 0 {
		return &problem{"", "no [[source]]: nothing is wanted", `for example [[source]] name = "mine", packages = "packages.toml"`}
	}
	seen := map[string]bool{}
	for i, s := range c.Sources {
		key := func(k string) string { return fmt.Sprintf("source[%d].%s", i, k) }
		switch {
		case !validName.MatchString(s.Name):
			return &problem{key("name"), fmt.Sprintf("source name %q: lower case letters, digits, '.', '_' and '-' only", s.Name), ""}
		case seen[s.Name]:
			return &problem{key("name"), fmt.Sprintf("two sources are named %q", s.Name), "give each its own name"}
		case (s.Packages == "") == (s.Constraints == ""):
			return &problem{key("name"), fmt.Sprintf("source %q needs packages (a list) or constraints (a constraints file), and only one of them", s.Name), ""}
		}
		if bad := checkSeries(s, key); bad != nil {
			return bad
		}
		seen[s.Name] = true
		for _, t := range s.Targets {
			if name, _, _ := strings.Cut(t, "/"); !slices.ContainsFunc(c.Platforms, func(p Platform) bool { return p.Name == name }) {
				return &problem{key("targets"), fmt.Sprintf("target %q: no [[platform]] is named %q", t, name), ""}
			}
		}
	}
	return nil
}

// checkSeries looks at what only some sources have.
func checkSeries(s Source, key func(string) string) *problem {
	names, ok := s.series()
	_, list := s.SeriesValue.([]any)
	switch {
	case s.Packages != "" && s.Git != "":
		return &problem{key("git"), "a list is a file here, in no repository", "constraints = \"upper-constraints.txt\" names the file in the repository"}
	case s.Packages != "" && s.SeriesValue != nil:
		return &problem{key("series"), "a list has no series", "leave it out"}
	case s.Git == "" && (len(s.Deny) > 0 || len(s.Renamed) > 0):
		return &problem{key("constraints"), "deny and renamed are for the branches of a git repository", "git = \"https://git.example/requirements\" names it"}
	case !ok || s.Git == "" && list || s.Git != "" && !list:
		return &problem{key("series"), fmt.Sprintf("series = %#v", s.SeriesValue), `the series of a constraints file is a name, series = "2025.1"; those of a git source a list, oldest first: series = ["stable/2025.1", "master"]`}
	case s.Git != "" && len(names) == 0:
		return &problem{key("name"), fmt.Sprintf("source %q names no series: which branches?", s.Name), `series = ["stable/2025.1", "master"], oldest first`}
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return &problem{key("series"), fmt.Sprintf("the series %q is named twice", name), ""}
		}
	}
	for name := range s.Renamed {
		if !slices.Contains(names, name) {
			return &problem{key("renamed"), fmt.Sprintf("no series is named %q", name), "there are " + strings.Join(names, ", ")}
		}
	}
	return nil
}

func checkYard(c *Config, _ places) *problem {
	if c.Yard == "" {
		return &problem{"yard", `yard = "": it would be this folder itself`, `leave it out, which means yard = "yard"`}
	}
	return nil
}

func checkPolicy(c *Config, _ places) *problem {
	if c.Policy.Pure != "build" && c.Policy.Pure != "skip" {
		return &problem{"policy.pure", fmt.Sprintf("pure = %q", c.Policy.Pure), `"build" builds pure projects that PyPI has only an sdist of; "skip" leaves them to pip`}
	}
	return nil
}
