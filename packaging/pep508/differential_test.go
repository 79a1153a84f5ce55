package pep508

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"wheelyard/internal/oracletest"
)

var seed = flag.Uint64("seed", 508, "of the random inputs that packaging is asked about")

// TestDifferential asks packaging about random requirements and markers. It needs a Python with packaging 26.3:
// WHEELYARD_ORACLE_PYTHON names one; otherwise it is python3.
func TestDifferential(t *testing.T) {
	python := oracletest.Python(t, "packaging", "26.3")
	r := rand.New(rand.NewPCG(*seed, 0))
	q := question{Environments: readVectors(t).Question.Environments}
	for range 10 {
		q.Environments = append(q.Environments, someEnvironment(r))
	}
	for range 8000 {
		q.Requirements = append(q.Requirements, mutated(r, someRequirement(r)))
		q.Markers = append(q.Markers, mutated(r, someMarker(r, 0)))
	}
	var o oracle
	oracletest.Ask(t, python, q, &o)
	o.Question = q // not as JSON made it
	o.check(t)
	requirements, markers, held := 0, 0, 0
	for i := range q.Requirements {
		if o.Answer.Requirements[i] != nil {
			requirements++
		}
		if m := o.Answer.Markers[i]; m != nil {
			markers++
			held += strings.Count(m.Holds, "1")
		}
	}
	if requirements < len(q.Requirements)/2 || markers < len(q.Markers)/2 || held < markers {
		t.Errorf("the random inputs are poor")
	}
	t.Logf("packaging %s, seed %d: %d requirements of %d texts, %d markers of %d, which hold %d times in %d environments",
		o.Packaging, *seed, requirements, len(q.Requirements), markers, len(q.Markers), held, len(q.Environments))
}

var (
	someVariables = []string{"python_version", "python_full_version", "os_name", "os.name", "sys_platform", "sys.platform", "platform_release", "platform_system",
		"platform_version", "platform.version", "platform_machine", "platform.machine", "platform_python_implementation", "platform.python_implementation",
		"python_implementation", "implementation_name", "implementation_version", "extra", "extra", "extras", "dependency_groups"}
	someOperators = []string{"==", "==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in", "not \t in"}
	someVersions  = []string{"3", "3.9", "3.10", "3.11", "3.11.0", "3.11.2", "3.11.2+local", "3.12a1", "3.11.*", "v3.11", "1!3", "3.11.dev0", "3.11.post1", " 3.11", "=3.11", "3.11,3.12", "2.7"}
	someTexts     = []string{"", "posix", "nt", "linux", "linux2", "lin", "win32", "Linux", "cpython", "CPython", "x86_64", "6.1.0-18-amd64", "foo", "Foo", "foo-bar", "Foo_.Bar", "-foo-", "a b", "os_name", "extra",
		"extras", "python_version", "foo,bar", "é", "É", "\\n", "\\x41", "\\", "\\\\", "\\'", "a\\\"b", "\\101", "\\u00e9", "\\d", "\t"}
	someEnds = []string{"", "", "", " ", "\t", "  "}
)

func anyOf[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func someQuoted(r *rand.Rand) string {
	text := anyOf(r, someTexts)
	if r.IntN(2) == 0 {
		text = anyOf(r, someVersions)
	}
	quote := anyOf(r, []string{`"`, "'"})
	return quote + text + quote
}

func someComparison(r *rand.Rand) string {
	left, right := anyOf(r, someVariables), someQuoted(r)
	switch r.IntN(16) {
	case 0, 1, 2, 3, 4:
		left, right = right, left
	case 5:
		left = someQuoted(r)
	case 6:
		right = anyOf(r, someVariables)
	}
	op := anyOf(r, someOperators)
	if space := anyOf(r, someEnds); space != "" || op[0] >= 'a' {
		return left + " " + op + " " + space + right
	}
	return left + op + right
}

func someMarker(r *rand.Rand, depth int) string {
	var b strings.Builder
	for i := range 1 + r.IntN(3) {
		if i > 0 {
			b.WriteString(anyOf(r, []string{" and ", " or ", "\tand  ", " or\t"}))
		}
		b.WriteString(anyOf(r, someEnds))
		if depth < 5 && r.IntN(4) == 0 {
			b.WriteString("(" + someMarker(r, depth+1) + ")")
		} else {
			b.WriteString(someComparison(r))
		}
		b.WriteString(anyOf(r, someEnds))
	}
	return b.String()
}

func someSpecifiers(r *rand.Rand) string {
	var b strings.Builder
	for i := range r.IntN(4) {
		if i > 0 {
			b.WriteString(anyOf(r, []string{",", ",", ", ", " ,"}))
		}
		op := anyOf(r, []string{"==", "!=", "<", "<=", ">", ">=", "~=", "==="})
		version := anyOf(r, []string{"1.0", "1.0", "2", "1.0a1", "1.0.post1", "1.0.dev1", "v1.0", "1!1.0", "01.0"})
		if op == "==" || op == "!=" {
			version += anyOf(r, []string{"", "", "+x", "+X.01"})
		}
		if version == "1.0" && strings.HasSuffix(op, "==") || op == "!=" && version == "2" {
			version += anyOf(r, []string{"", ".*"})
		}
		b.WriteString(op + anyOf(r, someEnds) + version)
	}
	if s := b.String(); r.IntN(4) == 0 {
		return "(" + anyOf(r, someEnds) + s + anyOf(r, someEnds) + ")"
	}
	return b.String()
}

func someRequirement(r *rand.Rand) string {
	names := []string{"foo", "Foo", "foo.bar", "foo_-bar", "a", "1", "foo_"}
	s := anyOf(r, someEnds) + anyOf(r, names) + anyOf(r, someEnds)
	if r.IntN(3) == 0 {
		s += "["
		for i := range r.IntN(4) {
			if i > 0 {
				s += ","
			}
			s += anyOf(r, someEnds) + anyOf(r, names) + anyOf(r, someEnds)
		}
		s += "]" + anyOf(r, someEnds)
	}
	if r.IntN(4) == 0 {
		s += "@" + anyOf(r, someEnds) + anyOf(r, []string{"https://a.example/b.whl", "file:///a;b", "git+ssh://git@a.example/b.git@c#egg=d"}) + anyOf(r, []string{"", " ", "\t"})
	} else {
		s += someSpecifiers(r)
	}
	if r.IntN(2) == 0 {
		s += anyOf(r, someEnds) + ";" + someMarker(r, 3)
	}
	return s + anyOf(r, someEnds)
}

// mutated changes one place of some texts.
func mutated(r *rand.Rand, s string) string {
	if r.IntN(3) > 0 {
		return s
	}
	put := anyOf(r, []string{"", "", " ", "\n", "(", ")", "[", "]", ",", ";", "@", "'", `"`, "\\", "=", "<", "~", ".", "-", "_", "*", "+", "0", "a", "in", "not", "and", "or", "é", "\x00", "\u00a0", "\u0661", "#"})
	i, n := r.IntN(len(s)+1), r.IntN(2)
	return strings.ToValidUTF8(s[:i]+put+s[min(len(s), i+n):], "?")
}

func someEnvironment(r *rand.Rand) given {
	g := given{Env: Environment{}, Locked: r.IntN(2) == 0}
	for _, name := range someVariables {
		if name = variable(name); holdsNames(name) || name == extra && r.IntN(2) == 0 || name != pythonFull && r.IntN(40) == 0 {
			continue
		}
		g.Env[name] = anyOf(r, someTexts)
		if holdsVersion(name) && r.IntN(8) > 0 {
			g.Env[name] = anyOf(r, someVersions)
		}
	}
	if r.IntN(4) == 0 {
		g.Env[pythonFull] += "+"
	}
	for range r.IntN(4) {
		g.Extras, g.Groups = append(g.Extras, anyOf(r, someTexts)), append(g.Groups, anyOf(r, someTexts))
	}
	return g
}
