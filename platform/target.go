package platform

import (
	"fmt"
	"maps"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/pep508"
	"wheelyard/packaging/tag"
)

// Targets makes the platform's targets, in the order of its interpreters. Tags and markers that the facts lack are
// computed; of the computed markers, platform_release and platform_version are empty, since they belong to the kernel.
func (f Facts) Targets() ([]Target, error) {
	var targets []Target
	for i, in := range f.Interpreters {
		t, err := f.target(in)
		if err != nil {
			return nil, fmt.Errorf("facts of platform %s: interpreters[%d]: %w", f.Platform, i, err)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

func (f Facts) target(in Interpreter) (Target, error) {
	version, err := pep440.Parse(in.Version)
	if err != nil {
		return Target{}, err
	}
	markers, err := f.markers(in)
	if err != nil {
		return Target{}, err
	}
	tags, err := f.tags(in)
	if err != nil {
		return Target{}, err
	}
	t := Target{Platform: f.Platform, Python: in.Target, Version: version, Markers: markers, Tags: tag.NewSet(tags),
		Libc: f.Libc, Arch: f.Arch, Released: released(in.Implementation, in.Version), Here: f.here, Root: f.Root.Digest}
	if f.here {
		t.Path = in.Path
	}
	return t, nil
}

// markers are those that the facts give, with the missing ones computed.
func (f Facts) markers(in Interpreter) (pep508.Environment, error) {
	form, err := formOf(in)
	if err != nil {
		return nil, err
	}
	m := pep508.Environment{
		"implementation_name":            form.implementation,
		"implementation_version":         "",
		"os_name":                        "posix",
		"platform_machine":               f.Arch,
		"platform_python_implementation": in.Implementation,
		"platform_release":               "",
		"platform_system":                "Linux",
		"platform_version":               "",
		"python_full_version":            in.Version,
		"python_version":                 fmt.Sprintf("3.%d", form.minor),
		"sys_platform":                   "linux",
	}
	if form.implementation == "cpython" { // of PyPy it is another number, which nothing here tells
		m["implementation_version"] = in.Version
	}
	maps.Copy(m, in.Markers)
	return m, nil
}

// tags are those that the facts give, or else computed.
func (f Facts) tags(in Interpreter) ([]tag.Tag, error) {
	if len(in.Tags) == 0 {
		return f.supported(in)
	}
	tags := make([]tag.Tag, len(in.Tags))
	for i, s := range in.Tags {
		python, rest, _ := strings.Cut(s, "-")
		abi, platform, _ := strings.Cut(rest, "-")
		if python == "" || abi == "" || platform == "" || strings.ContainsAny(s, ". ") || strings.Contains(platform, "-") {
			return nil, fmt.Errorf("tags[%d]: %q is no tag", i, s)
		}
		tags[i] = tag.Tag{Python: python, ABI: abi, Platform: platform}
	}
	return tags, nil
}

func (f Facts) supported(in Interpreter) ([]tag.Tag, error) {
	form, err := formOf(in)
	if err != nil {
		return nil, err
	}
	major, minor, err := f.Libc.numbers()
	if err != nil {
		return nil, err
	}
	return tag.Supported(
		tag.Interpreter{Implementation: form.implementation, Major: 3, Minor: form.minor, ABIs: form.abis},
		tag.Platform{Arch: f.Arch, Libc: tag.Libc{Name: f.Libc.Name, Major: major, Minor: minor}}), nil
}

// withTags computes the tags of every interpreter.
func (f Facts) withTags() (Facts, error) {
	for i := range f.Interpreters {
		in := &f.Interpreters[i]
		tags, err := f.supported(*in)
		if err != nil {
			return Facts{}, fmt.Errorf("platform %s: %s: %w", f.Platform, in.Target, err)
		}
		in.Tags = make([]string, len(tags))
		for j, t := range tags {
			in.Tags[j] = t.String()
		}
	}
	return f, nil
}
