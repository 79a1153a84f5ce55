package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/simple"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

// Peer picks upstream's wheel that a build is best compared with: of the same version, for Linux, of the nearest CPython, and of those the
// smallest that isn't larger than limit bytes. No peer is none to compare with: ok is false then, and when upstream has a pure wheel of the version.
func Peer(listed []simple.File, version string, t platform.Target, limit int64) (peer simple.File, ok bool) {
	want, err := pep440.Parse(version)
	if err != nil {
		return peer, false
	}
	best := -1
	for _, f := range listed {
		if !strings.HasSuffix(f.Filename, ".whl") || f.Size < 0 || f.Size > limit || f.Hashes["sha256"] == "" {
			continue
		}
		name, err := wheel.ParseFilename(f.Filename)
		if err != nil || name.Version.Compare(want) != 0 {
			continue
		}
		if tag.Pure(name.Tags) {
			return simple.File{}, false
		}
		d, fits := distance(name, t)
		if fits && (best < 0 || cmp.Or(cmp.Compare(d, best), cmp.Compare(f.Size, peer.Size), strings.Compare(f.Filename, peer.Filename)) < 0) {
			peer, best = f, d
		}
	}
	return peer, best >= 0
}

// distance grows with the Python versions between a wheel for Linux and the target, and a little with another architecture.
func distance(name wheel.Filename, t platform.Target) (d int, ok bool) {
	release := append(slices.Clone(t.Version.Release()), 0, 0)
	best := -1
	for _, g := range name.Tags {
		if !strings.Contains(g.Platform, "linux") {
			continue
		}
		var minor int
		if n, _ := fmt.Sscanf(g.Python, "cp3%d", &minor); n != 1 {
			continue
		}
		d := minor - release[1]
		if d < 0 {
			d = -d
		}
		if g.ABI == "abi3" && minor <= release[1] {
			d = 0
		}
		d *= 2
		if !strings.HasSuffix(g.Platform, "_"+t.Arch) { // another architecture may have other modules
			d++
		}
		if best < 0 || d < best {
			best = d
		}
	}
	return best, best >= 0
}

// Compare notes which extension modules of upstream's wheel are missing; a *Fault when some are.
func (r *Report) Compare(peer string, members []string) error {
	r.Compared, r.Missing = peer, nil
	for _, m := range Modules(members) {
		if !slices.Contains(r.Modules, m) {
			r.Missing = append(r.Missing, m)
		}
	}
	if len(r.Missing) == 0 {
		return nil
	}
	shown := r.Missing
	more := ""
	if len(shown) > 8 {
		shown, more = shown[:8], fmt.Sprintf(" and %d more", len(shown)-8)
	}
	return &Fault{Kind: Lacking, Reason: "it was built without " + strings.Join(shown, ", ") + more + ", which upstream's " + peer + " has",
		Advice: "a header or a library of an optional part is missing: the log says which"}
}
