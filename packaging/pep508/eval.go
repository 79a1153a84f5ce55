package pep508

import (
	"strings"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
)

// Environment has the values of the variables of markers by their names in normal form, such as "os_name". It needs
// "extra" (which may be "") only for markers that ask for it.
type Environment map[string]string

// Eval says whether the marker holds; a nil marker does. All of a marker is evaluated, also what decides nothing:
// the error of the first comparison that has one is given, an *UndefinedNameError or an *UndefinedComparisonError.
//
// Where the variable is a version and the rest a version specifier, that decides; all else is compared as text, for which
// <, <=, > and >= only know what is equal. As in packaging, of two variables the second stands for its own name, and of
// two texts the second for the variable of that name.
func (m *Marker) Eval(env Environment) (bool, error) {
	return m.eval(values{env: env})
}

// EvalLocked is Eval for a marker of a lock file, where extras and dependency_groups are the sets of what is to be
// installed (PEP 751). nil is an empty set.
func (m *Marker) EvalLocked(env Environment, extras, groups []string) (bool, error) {
	return m.eval(values{env: env, locked: true, extras: extras, groups: groups})
}

func (m *Marker) eval(v values) (bool, error) {
	if m == nil {
		return true, nil
	}
	type level struct{ any, all bool } // some alternative before this one holds; so does this one as far as it goes
	levels := make([]level, 1, 16)
	levels[0].all = true
	comparisons := m.comparisons
	for i := range len(m.shape) {
		top := &levels[len(levels)-1]
		switch m.shape[i] {
		case compare:
			holds, err := comparisons[0].eval(&v)
			if err != nil {
				return false, err
			}
			top.all = top.all && holds
			comparisons = comparisons[1:]
		case or:
			top.any, top.all = top.any || top.all, true
		case '(':
			levels = append(levels, level{all: true})
		case ')':
			levels = levels[:len(levels)-1]
			outer := &levels[len(levels)-1]
			outer.all = outer.all && (top.any || top.all)
		}
	}
	return levels[0].any || levels[0].all, nil
}

// values are what variables stand for.
type values struct {
	env            Environment
	locked         bool
	extras, groups []string
}

// set gives the value of a variable that is a set here.
func (v *values) set(name string) (set []string, ok bool) {
	switch {
	case v.locked && name == extras:
		return v.extras, true
	case v.locked && name == depGroups:
		return v.groups, true
	}
	return nil, false
}

// text gives the value of a variable that is a text.
func (v *values) text(name string) (string, error) {
	text, ok := v.env[name]
	switch {
	case !ok:
		return "", &UndefinedNameError{name}
	case name == extra && text != "":
		return string(project.Normalize(text)), nil
	case name == pythonFull && strings.HasSuffix(text, "+"):
		return text + "local", nil // of an interpreter built between two tags
	}
	return text, nil
}

func (c *comparison) eval(v *values) (bool, error) {
	name := c.right.text
	if c.left.variable {
		name = c.left.text
	}
	if set, ok := v.set(name); ok {
		return c.member(set)
	}
	value, err := v.text(name)
	if err != nil {
		return false, err
	}
	left, right := c.left.text, value
	if c.left.variable {
		left, right = value, c.right.text
	}
	if holdsNames(name) {
		left, right = string(project.Normalize(left)), string(project.Normalize(right))
	}
	if holdsVersion(name) {
		specifier := c.specifier
		if !c.left.variable {
			specifier, _ = pep440.ParseSpecifier(c.op + right)
		}
		if !specifier.IsEmpty() {
			return specifier.ContainsText(left, pep440.PrereleasesAllow), nil
		}
	}
	return c.text(left, right)
}

// member compares a name with a set of names.
func (c *comparison) member(set []string) (bool, error) {
	if c.left.variable {
		return false, &UndefinedComparisonError{c.String()}
	}
	switch c.op {
	case "in", "not in":
		name, found := project.Normalize(c.left.text), false
		for _, s := range set {
			found = found || project.Normalize(s) == name
		}
		return found == (c.op == "in"), nil
	case "~=", "===":
		return false, &UndefinedComparisonError{c.String()}
	}
	return c.op == "!=", nil // a text is no set
}

// text compares texts.
func (c *comparison) text(left, right string) (bool, error) {
	switch c.op {
	case "in":
		return strings.Contains(right, left), nil
	case "not in":
		return !strings.Contains(right, left), nil
	case "==", "<=", ">=":
		return left == right, nil
	case "!=":
		return left != right, nil
	case "<", ">":
		return false, nil
	}
	return false, &UndefinedComparisonError{c.String()}
}
