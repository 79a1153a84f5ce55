package bindep

import "strings"

const platformPrefix = "platform:"

// Active are the rules that count on a platform with these atoms (see OS.Atoms) when these profiles are asked for; without
// any, DefaultProfile is.
//
// What a rule says of platforms and what it says of profiles is judged apart, and neither may say no. Either side says yes
// when it doesn't say anything; no when an atom holds that is negated; else yes when another atom or a group holds; else
// yes when there are only negated ones.
func (rs Rules) Active(atoms []string, profiles ...string) Rules {
	if len(profiles) == 0 {
		profiles = []string{DefaultProfile}
	}
	given := make(map[string]bool, len(atoms)+len(profiles))
	for _, a := range atoms {
		given[platformPrefix+a] = true
	}
	for _, p := range profiles {
		given[p] = true
	}
	var active Rules
	for _, r := range rs {
		if r.active(given) {
			active = append(active, r)
		}
	}
	return active
}

func (r Rule) active(given map[string]bool) bool {
	var platform, profile side
	for _, s := range r.Selectors {
		if s.ofPlatform() {
			platform.hear(s, given)
		} else {
			profile.hear(s, given)
		}
	}
	return platform.yes() && profile.yes()
}

// ofPlatform says whether this belongs to the side of platforms. A group never does.
func (s Selector) ofPlatform() bool {
	return !s.Group && strings.HasPrefix(s.Atoms[0].Name, platformPrefix)
}

// side gathers what the selectors of platforms, or those of profiles, say.
type side struct{ denied, wanted, met bool }

func (d *side) hear(s Selector, given map[string]bool) {
	switch {
	case s.Group:
		d.wanted = true
		d.met = d.met || s.all(given)
	case s.Atoms[0].Not:
		d.denied = d.denied || given[s.Atoms[0].Name]
	default:
		d.wanted = true
		d.met = d.met || given[s.Atoms[0].Name]
	}
}

func (d side) yes() bool { return !d.denied && (d.met || !d.wanted) }

func (s Selector) all(given map[string]bool) bool {
	for _, a := range s.Atoms {
		if given[a.Name] == a.Not {
			return false
		}
	}
	return true
}
