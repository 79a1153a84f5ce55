package bindep

import (
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
)

// OS is what os-release(5) says of a system, as far as the atoms depend on it. ID "darwin" is macOS, with brew.
type OS struct {
	ID        string
	IDLike    []string // the words of ID_LIKE; they matter for those only that bindep doesn't know
	VersionID string   // empty on distributions without releases; bindep takes /etc/debian_version then, on Debian
	Codename  string   // VERSION_CODENAME, or without it the words in parentheses in VERSION: "Green Obsidian"
	Name      string   // it tells Red Hat's server from its workstation
}

// mostParts bounds how many parts of a release or codename make atoms; real ones have at most four.
const mostParts = 16

// families are the atoms of the package manager and the family, by the distributions that bindep knows.
var families = map[string][]string{
	"debian": {"dpkg"}, "ubuntu": {"dpkg"}, "pop": {"dpkg"},
	"amzn": {"rpm", "redhat"}, "amazonami": {"rpm", "redhat"}, "centos": {"rpm", "redhat"}, "fedora": {"rpm", "redhat"},
	"rhel": {"rpm", "redhat"}, "redhatenterpriseserver": {"rpm", "redhat"}, "redhatenterpriseworkstation": {"rpm", "redhat"},
	"oracle": {"rpm", "redhat"}, "rocky": {"rpm", "redhat"}, "almalinux": {"rpm", "redhat"},
	"opensuse": {"rpm", "suse"}, "opensuseproject": {"rpm", "suse"}, "opensuse-tumbleweed": {"rpm", "suse"},
	"sles": {"rpm", "suse"}, "suselinux": {"rpm", "suse"},
	"gentoo": {"emerge"},
	"arch":   {"pacman"}, "manjaro": {"pacman"},
	"alpine": {"apk"},
}

// firstPython3 is the release in which the system's Python became 3; "" is any, also one that is no number.
var firstPython3 = map[string]string{
	"debian": "10", "ubuntu": "16.04", "pop": "",
	"fedora": "23", "centos": "8", "rhel": "8", "redhatenterpriseserver": "8", "redhatenterpriseworkstation": "8",
	"oracle": "8", "rocky": "8", "almalinux": "8",
}

// Atoms are the names that rules may call this platform by, after "platform:", sorted:
// the distribution, alone, with its codename and with each prefix of its release ("ubuntu-22", "ubuntu-22.04"), by all its names;
// the family and package manager; base-py2 or base-py3, after the system's Python, where bindep knows.
//
// A distribution that bindep doesn't know gets the family of the first of ID_LIKE that it does; bindep gives it none, and
// can't tell what is installed there.
func (o OS) Atoms() []string {
	id := o.id()
	if id == "darwin" {
		return []string{"base-py2", "brew", "darwin"}
	}
	var atoms []string
	for _, name := range append([]string{id}, o.aliases(id)...) {
		atoms = append(atoms, name)
		atoms = append(atoms, prefixes(name, strings.Fields(strings.ToLower(o.Codename)), "-")...)
		atoms = append(atoms, prefixes(name, strings.Split(strings.ToLower(o.VersionID), "."), ".")...)
	}
	atoms = append(atoms, o.family(id)...)
	if base := o.basePython(id); base != "" {
		atoms = append(atoms, base)
	}
	slices.Sort(atoms)
	return slices.Compact(atoms)
}

// id is the ID as the library distro, which bindep asks, changes it.
func (o OS) id() string {
	id := strings.ReplaceAll(strings.ToLower(o.ID), " ", "_")
	switch id {
	case "ol":
		return "oracle"
	case "opensuse-leap":
		return "opensuse"
	}
	return strings.Join(strings.Fields(id), "")
}

// aliases are the other names of a distribution.
func (o OS) aliases(id string) []string {
	name := strings.ToLower(o.Name)
	switch {
	case id == "rhel" && strings.Contains(name, "server"):
		return []string{"redhatenterpriseserver"}
	case id == "rhel" && strings.Contains(name, "workstation"):
		return []string{"redhatenterpriseworkstation"}
	case id == "redhatenterpriseserver", id == "redhatenterpriseworkstation":
		return []string{"rhel"}
	case id == "amzn":
		return []string{"amazonami"}
	case id == "amazonami":
		return []string{"amzn"}
	case id == "sles":
		return []string{"suselinux"}
	case id == "suselinux":
		return []string{"sles"}
	case strings.HasPrefix(id, "opensuse") && families[id] != nil:
		return []string{"opensuse", "opensuseproject"}
	}
	return nil
}

// prefixes joins the name with the first part, the first two, and so on. Without a release there is one empty part.
func prefixes(name string, parts []string, separator string) []string {
	atoms := make([]string, 0, min(len(parts), mostParts))
	between := "-"
	for _, part := range parts[:cap(atoms)] {
		name += between + part
		between = separator
		atoms = append(atoms, name)
	}
	return atoms
}

func (o OS) family(id string) []string {
	if known := families[id]; known != nil {
		return known
	}
	for _, like := range o.IDLike {
		if like == "suse" {
			like = "sles"
		}
		if known := families[like]; known != nil {
			return known
		}
	}
	return nil
}

// basePython is "" for a distribution that bindep says nothing of, and for a release that is no number.
func (o OS) basePython(id string) string {
	first, known := firstPython3[id]
	if !known {
		return ""
	}
	if first == "" {
		return "base-py3"
	}
	release, err := pep440.Parse(o.VersionID)
	switch {
	case err != nil && id == "debian": // testing or unstable
		return "base-py3"
	case err != nil:
		return ""
	case release.Compare(pep440.MustParse(first)) < 0:
		return "base-py2"
	}
	return "base-py3"
}
