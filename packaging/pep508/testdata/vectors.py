#!/usr/bin/env python3
r"""Writes vectors.json.gz: requirements, markers and environments, and what pypa/packaging says of them.

    python3 packaging/pep508/testdata/vectors.py packaging/pep508/testdata/vectors.json.gz

Run it with an interpreter that has packaging 26.3; the version used is noted in the file. With --ask in place of a file,
it reads a question from its input and prints the answer: differential_test.go does that.

What a marker says in each environment is a string with a digit for each: 1 and 0, N when a name is not defined, C when a
comparison isn't. "printed" is null where packaging cannot print a marker, or prints something that reads otherwise: it
writes texts without escapes, so that "\\n" in quotes comes out as "\n", and one with both kinds of quotes not at all.
"""

import gzip
import json
import random
import sys
import warnings

import packaging
from packaging import markers
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

warnings.simplefilter("ignore")  # of escapes that are none
markers.default_environment = lambda: {}  # nothing of this interpreter

LINUX = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.2",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1.0-18-amd64",
    "platform_system": "Linux",
    "platform_version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)",
    "python_full_version": "3.11.2",
    "python_version": "3.11",
    "sys_platform": "linux",
}
ENVIRONMENTS = [
    {"env": LINUX},
    {"env": LINUX | {"extra": ""}},
    {"env": LINUX | {"extra": "Foo_Bar", "python_version": "3.9", "python_full_version": "3.9.0b1+"}},
    {"env": LINUX | {"extra": "a", "extras": "foo-bar", "dependency_groups": "A.b,c"}},
    {"env": LINUX | {"platform_release": "2.6.32", "platform_version": "7.0"}, "locked": True},
    {"env": LINUX | {"extra": "x", "implementation_version": ""}, "locked": True, "extras": ["Foo.Bar", "b"], "groups": ["test", "A__b"]},
    {
        "env": {"python_full_version": "junk", "python_version": "", "os_name": "nt", "sys_platform": "win32", "platform_machine": "", "extra": "win_32"}
    },
    {"env": LINUX | {"python_full_version": "+", "python_version": "3.8.*", "sys_platform": "os_name", "os_name": "sys_platform", "extra": "-"}},
]

VARIABLES = [
    "python_version", "python_full_version", "os_name", "os.name", "sys_platform", "sys.platform", "platform_release", "platform_system", "platform_version",
    "platform.version", "platform_machine", "platform.machine", "platform_python_implementation", "platform.python_implementation", "python_implementation",
    "implementation_name", "implementation_version", "extra", "extras", "dependency_groups",
]
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"]
TEXTS = [
    "3.11", "3.9", "3", "3.11.2", "3.11.*", "3.9.0b1+local", "v3.11", "=3.11", "3.11,3.9", "2.7 3.11", " 3.11 ", "", "6.1", "6.1.0-18-amd64", "2.6.32", "1", "junk",
    "posix", "nt", "linux", "win", "win32", "Linux", "cpython", "CPython", "x86_64", "#1", "foo-bar", "Foo_Bar", "FOO.bar", "a", "b", "A__b", "test", "x", "win_32",
    "os_name", "sys_platform", "python_version", "extra", "extras", "-", "_", "a,b", "é", "É",
]

MARKERS = [
    "", " ", "os_name", "os_name ==", "== 'x'", "os_name 'x'", "os_name = 'x'", "os_name == x", "os_name == 'x", "os_name == 'x\"", "os_name == x'", "os_name =='x'",
    "os_name=='x'and os_name=='y'", "os_name=='x'or'a'in os_name", "os_name=='x' andos_name=='y'", "os_name=='x' AND os_name=='y'", "os_name=='x' && os_name=='y'",
    "'a'in os_name", "'a'inos_name", "'a' notin os_name", "'a' not\tin os_name", "'a' not\nin os_name", "'a' not not in os_name", "not 'a' in os_name", "'a' in in os_name",
    "'a' not  in'b'", "'a'not in os_name", "'a' IN os_name", "os_name\n== 'x'", "os_name == 'x'\n", "\tos_name\t==\t'x'\t", "os_name\u00a0== 'x'",
    "(os_name=='x')", "((os_name=='x'))", "(((os_name=='x') and (os_name=='y')))", "( os_name=='x' )", "(os_name)=='x'", "()", "(", ")", "(os_name=='x'", "os_name=='x')",
    "os_name=='x' and", "and os_name=='x'", "os_name=='x' or or os_name=='y'", "os_name=='x' os_name=='y'", "(os_name=='x')(os_name=='y')", "(os_name=='x')and(os_name=='y')",
    "os_name=='a' or os_name=='b' and os_name=='c'", "(os_name=='a' or os_name=='b') and os_name=='c'", "os_name=='a' or (os_name=='b' and os_name=='c')",
    "((os_name=='a' or os_name=='b'))", "((os_name=='a') or (os_name=='b'))", "(os_name=='a' and (os_name=='b' or (os_name=='c')))", "os_name=='a' and ((os_name=='b'))",
    "os_name=='posix' or os_name=='b' and os_name=='c'", "os_name=='b' and os_name=='c' or os_name=='posix'", "(os_name=='posix' or os_name=='b') and os_name=='c'",
    "((os_name=='posix' and ((os_name!='b' or os_name=='c')))) or os_name=='d'", "'a'=='b' or os_name=='posix'", "os_name=='posix' or os_name ~= '1'", "os_name=='nt' and extra=='x'",
    "python_version<'3' or python_version>='3.10' and python_version!='3.10.*'", "python_version~='3.9'", "python_version~='3'", "python_version in '3.9,3.11'", "python_version not in '3.9'",
    "'3.9' < python_version", "'3.11' == python_version", "'3' ~= python_version", "'3.10' in python_version", "python_version=='3.11.*'", "python_version=='3.11.dev0'", "python_version>'3.11a1'",
    "python_version===' 3.11'", "python_version==='3.11 '", "python_version=='=3.11'", "python_version<'=3.11'", "python_version=='3.11,3.9'", "python_version==='3.11)'",
    "python_full_version>='3.9.0b1'", "python_full_version=='3.9.0b1+local'", "python_full_version<'3.9.0'", "platform_release>='6'", "platform_release=='6.1.0-18-amd64'", "platform_release>='2.6'",
    "platform_version>='7'", "platform_version=='7.0'", "implementation_version<'3.11.3'", "platform_machine>='x86_64'", "platform_machine<='x86_64'", "platform_machine<'y'", "sys_platform ~= 'linux'",
    "sys_platform==='linux'", "os_name == sys_platform", "os_name != os_name", "sys_platform == os_name", "'posix' == 'os_name'", "'posix' == 'os.name'", "'a' in 'b'", "'3.9' < 'python_version'",
    "'Foo' == 'extra'", "'A_b' in 'extras'", "'A_b' in 'dependency_groups'", "extra == os_name", "os_name == extra", "extra in extras", "extra == extra", "extra == 'foo.bar'", "'foo.bar' == extra", "extra != 'FOO__BAR'", "extra in 'foo_bar baz'",
    "extra == ''", "extra >= 'a'", "extra ~= 'a'", "'a' in extra", "'Foo.Bar' in extras", "'foo' in extras", "'foo' not in extras", "extras == 'foo-bar'", "extras in 'foo-bar'", "'foo-bar' == extras", "'a' != extras",
    "'a' < extras", "'a' <= extras", "'a' ~= extras", "'a' === extras", "'a-b' in dependency_groups", "'TEST' in dependency_groups", "'x' not in dependency_groups", "os_name in extras", "extras in dependency_groups",
    "dependency_groups == 'a'", "python_version == '3.9' and 'b' in extras or 'test' in dependency_groups", "extra", "extrass == 'a'", "extraé == 'a'", "os-name == 'a'", "os.name.x == 'a'", "os..name == 'a'",
    "os.namex == 'a'", "python.version == 'a'", "platform.release == 'a'", "platform.system == 'a'", "implementation.name == 'a'", "platform_python.implementation == 'a'", "OS_NAME == 'a'", "python == '3'", "_os_name == 'a'",
    "os_name == ''", 'os_name == "it\'s"', "os_name == 'say \"x\"'", r"os_name == 'a\x27\"'", r"os_name == 'a\\b'", r"os_name == 'a\nb'", r"os_name == 'a\d'", r"os_name == 'a\'", r"os_name == '\'", r"os_name == '\\'",
    r"os_name == '\x41\u0042\U00000043\104\7\08\377\400\777'", r"os_name == '\x4'", r"os_name == '\u123'", r"os_name == '\U0011ffff'", r"os_name == '\a\b\f\n\r\t\v\"'", r"os_name == '\0'", r"os_name == '\e\é\X41'",
    "os_name == 'a\\\nb'", "os_name == 'a\\\r\nb'", "os_name == 'a\\\rb'", "os_name == 'a\nb'", "os_name == 'a\rb'", "os_name == 'a\0b'", "os_name == 'a\tb\x0c\x1a\u2028'", "os_name == '''a'''", "os_name == ''''", "os_name == u'a'", "os_name == b'a'", "os_name == `a`",
    "os_name == 'a' # comment", "os_name == 'a';", "os_name == 'a' and (os_name == 'b' or os_name == 'c'", "os_name == 'a' if 1", "os_name <> 'a'", "os_name ==== 'a'", "os_name =~ 'a'", "os_name ! 'a'", "os_name ==\n'a'", "os_name == '\ufeff'",
    "\ufeffos_name == 'a'", "os_name == 'a'\x0c", "extra == 'É_Σ'", "'\u0130' == extra", "(" * 50 + "os_name == 'a'" + ")" * 50, "(" * 50 + "os_name == 'a'" + ")" * 49,
    "(" * 20 + "os_name=='a' or " * 3 + "os_name=='posix'" + ")" * 20, "os_name=='a' and (" * 20 + "os_name=='posix'" + ")" * 20, "os_name=='posix' and (" * 20 + "os_name=='posix'" + " or os_name=='a')" * 20,
]

REQUIREMENTS = [
    "", " ", "foo", " foo ", "\tfoo\t", "foo\n", "\nfoo", "Foo.Bar-baz_q", "0", "a", "_foo", "-foo", ".foo", "foo_", "foo-", "foo.", "foo._", "foo_-", "foo-é", "fooé", "é", "foo bar", "foo,bar", "foo/bar", "foo!", "f\u00f6o",
    "foo[a]", "foo[]", "foo[ ]", "foo [a]", "foo[a,b]", "foo[b , a,\tA ,a]", "foo[a b]", "foo[a,]", "foo[,a]", "foo[a", "foo[", "foo]", "foo[a]]", "foo[a][b]", "foo[a.b_c-d]", "foo[a_]", "foo[a.]", "foo[_a]", "foo[a;b]", "foo[é]", "foo[1]",
    "foo==1", "foo ==1", "foo== 1", "foo==1 ", "foo>=1,<2", "foo>=1 , <2", "foo>=1,,<2", "foo,>=1", "foo>=1,", "foo>=1 ,", "foo>=1, ", "foo>=1<2", "foo>=1 <2", "foo(>=1)", "foo (>=1,<2)", "foo( >=1 , <2 , )", "foo()", "foo( )", "foo(,)", "foo(>=1", "foo>=1)",
    "foo((>=1))", "foo(>=1)(<2)", "foo(>=1),<2", "foo[a](>=1)", "foo(>=1)[a]", "foo>=1[a]", "foo==1.*", "foo>=1.*", "foo==1a1.*", "foo!=1.*,==1.*", "foo~=1", "foo~=1.0", "foo~=1.0+x", "foo==1.0+X", "foo>1+x", "foo=1", "foo=>1", "foo<>1", "foo==", "foo>=", "foo== ;os_name=='a'",
    "foo===", "foo=== ", "foo===1", "foo=== 1", "foo===a b", "foo===a,b", "foo===a,>=1", "foo===a ,>=1", "foo===a;os_name=='b'", "foo(===a)", "foo(===a);os_name=='b'", "foo===1.0-é", "foo====1", "foo==\n1", "foo==\u00a01", "foo===\u00a0a\u3000", "foo===\n;os_name=='a'", "foo>=1\n,<2",
    "foo==1.0.0,==1.0", "foo==1!2.0", "foo==v1", "foo==1-1", "foo==1.0-", "foo==1.0_", "foo==1.0.post", "foo==1.0.post-", "foo==1.foo", "foo==1.0rc1rc2", "foo==1 2", "foo==1#a", "foo==1 # a", "foo>=1;", "foo;", "foo ;", "foo;;os_name=='a'", "foo1", "foo1.0", "foo 1.0", "foo-1.0",
    "foo;os_name=='a'", "foo ; os_name=='a'", "foo; (os_name=='a')", "foo;os_name=='a' ", "foo;os_name=='a';", "foo;os_name", "foo;os_name=='a' b", "foo>=1;os_name=='a'", "foo>=1 ; os_name=='a' and extra=='B_c'", "foo[x]>=1;os_name=='a'", "foo[x];os_name=='a'", "foo os_name=='a'", "foo:os_name=='a'",
    "foo@http://a/b", "foo @ http://a/b", "foo@ http://a/b", "foo @http://a/b", "foo[a]@u", "foo [a] @ u", "foo @", "foo @ ", "foo @\tu\t", "foo @ u;os_name=='a'", "foo @ u; os_name=='a'", "foo @ u ;os_name=='a'", "foo @ u ; os_name=='a'", "foo @ u\t;os_name=='a'", "foo @ u os_name=='a'", "foo @ u v", "foo @ u >=1",
    "foo>=1 @ u", "foo @ u\n", "foo @ \n", "foo @ u\nv", "foo @ \u00a0", "foo @@ u", "foo @ git+https://a@b/c.git@main#egg=foo&subdirectory=x", "foo @ file:///a/b%20c.whl", "foo @ ../a", "foo (@ u)", "foo(>=1) @ u", "foo @ ;os_name=='a'", "foo @ ; os_name=='a'", "foo @ u ;", "foo @ u ; ",
    "requests[security,tests]>=2.8.1,==2.8.*;python_version<'2.7'", "name>=3,<2", "-e foo", "-r foo", "foo --hash=sha256:a", "<<<<<<< HEAD", "foo==1 \\", "foo==1;python_version>='3.6' and (python_version<'4' or extra=='X')", "foo===2014.04-xyz;platform_version=='2'", "zope.interface (>3.5.0)", "foo(>=1) ;os_name=='a'",
    "A.B-C_D", "aa;os_name=='\\x27\"'", "foo==1.0po\u017ft1", "foo>=1.0prev\u0131ew1",
]


def nodes(tree):
    if isinstance(tree, list):
        return [n for t in tree for n in nodes(t)]
    if isinstance(tree, tuple):
        return [(type(n).__name__, n.value) for n in tree]
    return [tree]


def printed(m):
    try:
        text = str(m)
        same = nodes(Marker(text)._markers) == nodes(m._markers)
    except ValueError:
        return None
    return text if same else None


def requirement(text):
    try:
        r = Requirement(text)
    except InvalidRequirement:
        return None
    marker = r.marker and printed(r.marker)
    return {
        "name": canonicalize_name(r.name),
        "spelt": r.name,
        "extras": sorted(r.extras),
        "url": r.url or "",
        "specifiers": str(r.specifier),
        "marked": r.marker is not None,
        "marker": marker,
        "printed": None if r.marker is not None and marker is None else str(r),
    }


def evaluated(m, given):
    env = dict(given["env"])
    context = "requirement"
    if given.get("locked"):
        context = "lock_file"
        env |= {"extras": set(given.get("extras") or []), "dependency_groups": set(given.get("groups") or [])}
    try:
        return "01"[m.evaluate(env, context)]
    except UndefinedEnvironmentName:
        return "N"
    except UndefinedComparison:
        return "C"


def marker(text, environments):
    try:
        m = Marker(text)
    except InvalidMarker:
        return None
    return {"printed": printed(m), "holds": "".join(evaluated(m, e) for e in environments)}


def answer(q):
    return {
        "requirements": [requirement(text) for text in q["requirements"]],
        "markers": [marker(text, q["environments"]) for text in q["markers"]],
    }


def random_comparison(r):
    def quoted():
        quote = r.choice("'\"")
        return quote + r.choice(TEXTS) + quote

    left, right = r.choice(VARIABLES), quoted()
    if r.random() < 0.3:
        left, right = right, left
    elif r.random() < 0.05:
        right = r.choice(VARIABLES)
    elif r.random() < 0.05:
        left = quoted()
    return left + " " + r.choice(OPERATORS) + " " + right


def random_marker(r, depth=0):
    parts = []
    for _ in range(r.choice([1, 1, 2, 3])):
        if depth < 4 and r.random() < 0.3:
            parts.append("(" + random_marker(r, depth + 1) + ")")
        else:
            parts.append(random_comparison(r))
    text = parts[0]
    for p in parts[1:]:
        text += r.choice([" and ", " or "]) + p
    return text


def question():
    r = random.Random(508)
    return {
        "environments": ENVIRONMENTS,
        "requirements": REQUIREMENTS,
        "markers": MARKERS
        + [f"{v} {op} '{t}'" for v in VARIABLES for op in OPERATORS for t in r.sample(TEXTS, 3)]
        + [f"'{t}' {op} {v}" for v in VARIABLES for op in OPERATORS for t in r.sample(TEXTS, 3)]
        + [random_marker(r) for _ in range(600)],
    }


def main():
    if sys.argv[1] == "--ask":
        q = json.load(sys.stdin)
        json.dump({"packaging": packaging.__version__, "question": q, "answer": answer(q)}, sys.stdout)
        return
    q = question()
    text = json.dumps({"packaging": packaging.__version__, "question": q, "answer": answer(q)}, indent=0)
    with open(sys.argv[1], "wb") as f:
        f.write(gzip.compress(text.encode(), 9, mtime=0))


main()
