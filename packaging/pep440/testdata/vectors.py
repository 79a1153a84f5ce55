#!/usr/bin/env python3
"""Writes vectors.json.gz: versions and specifiers, and what pypa/packaging says of them.

    python3 packaging/pep440/testdata/vectors.py packaging/pep440/testdata/vectors.json.gz

Run it with an interpreter that has packaging 26.3; the version used is noted in the file. With --ask in place of a file,
it reads a question from its input and prints the answer: differential_test.go does that.

A question has texts of versions, texts of specifier sets, and lists of indices of versions to filter. In the answer, a set's
verdicts are a string with a digit for each version: 1 when it is taken.
"""

import gzip
import json
import random
import re
import sys

import packaging
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import VERSION_PATTERN, InvalidVersion, Version

MODES = [None, True, False]
# As on Pythons without possessive qualifiers: there a "1!" begins with a version.
BACKTRACKING = VERSION_PATTERN.replace("?+", "?").replace("*+", "*")
START = re.compile(r"\s*" + BACKTRACKING, re.VERBOSE | re.IGNORECASE)
SPECIFIER = re.compile(Specifier._specifier_regex_str, re.VERBOSE | re.IGNORECASE)

VERSIONS = """
0 0.0 0.0.0 00 1 1.0 1.0.0 01.0 v1.0 V1 1.0.0.0.1 1.0.1 1.1 1.2 1.8 1.8.5 1.9 1.10 1.9.9 2 2.0 7.5 8 8.1 9 10 99 100 2024.1 2024.01.02
0.dev0 0a0 0.dev1 0+x 1.dev0 1.0.dev1 1.0dev 1.0-dev 1.0_dev_3 1.0.dev.4 1.0.DEV5 1.1.dev1 2.dev0 1.0.1.dev0
1.0a 1.0a0 1.0.a1 1.0-a.2 1.0_alpha_2 1.0ALPHA3 1.0a10 1.0a9 1.0a1.dev1 1.0a1.dev2 1.0a1.post1 1.0a1.post1.dev1 1.0a1.post2 1.0a2.dev0
1.0b1 1.0beta1 1.0-beta 1.0rc1 1.0c1 1.0pre1 1.0preview1 1.0.rc.1 1.0rc1.dev1 1.0rc1.post0 1.0rc2 2a1 2b1 2rc1 1.1a1 1.1rc1
1.0.post0 1.0.post1 1.0-1 1.0-01 1.0post 1.0rev3 1.0r4 1.0.r 1.0-r-5 1.0.post10 1.0.post1.dev0 1.0.post1.dev2 1.0.post2.dev0 1.0.post2 1.1.post1 2.post0
1.0+x 1.0+X 1+x 1.0+x.1 1.0+x_01 1.0+x-2 1.0+1 1.0+01 1.0+10 1.0+9 1.0+a 1.0+a.b 1.0+a.1.b 1.0+1a 1.0+ubuntu.1 1.0a1+x 1.0.dev1+x 1.0.post1+x 1.0.post1.dev2+x 1.1+x 0.dev0+x
1!0 1!0.dev0 1!1.0 1!1.0a1 1!1.0.post1 1!2 01!1.0 0!1.0 2!0.5 1!1.0+x
1.0a1-1 1.0a--1 1.0.post.dev 1.0.post.- 1.0a. 1.0-post-dev- 1.0a-+x 1.0a1.post2.dev3 1.0a1.post2.dev3+L.0c.4 1.0rc1r 1.0r1 1.0c 1.0-c-1
123456789012345678901234567890 1.123456789012345678901234567890 1.0.post123456789012345678901234567890 1.0+123456789012345678901234567890
foo 1.0-foo a1 v vv1 1..0 1. .1 1! !1 1!2!3 1.0.* 1.0+ 1.0+a. 1.0+a..b 1.0+a+b 1.0+.a 1.0-1-1 1.0rc1rc2 1.0dev1post1 1.0a1b1 1,0 1.0+é -1 +1 1.0- 1.0_ 1.0..dev1 1.0post1a1 2004d 1.0alph 1.0-- 1.0--1 1.0a-b 1.0.posts
""".split() + [
    "", " ", " 1.0 ", "\t1.0\n", "\u30001\u00a0", "1\x1f", "1.0 a1", "1 .0", "1\x00", "\ufeff1", "١.٠", "1.0po\u017ft1",
    "1.0prev\u0131ew1", "1\u200b", "v 1", "1\u0660",
]

SETS = """
==1.0 ==1 ==v1.0 ==1.0.0 ==1.0+x ==1.0+X ==1.0+x.01 ==1.0a1 ==1.0a1+x ==1.0.post1 ==1.0.dev1 ==1!1.0 ==0 ==01.00
!=1.0 !=1.0+x !=1.0a1 !=1.0.dev1 !=1.0.post1 !=1!0 !=0.dev0
==1.* ==1.0.* ==1.0.0.* ==v1.* ==01.* ==1!1.* ==1.9.* ==0.* ==1!0.* !=1.* !=1.0.* !=2.* !=1!1.* !=0.* ==99.* ==1.99.* ==1.8.* !=8.* ==8.*
<=1.0 <=1.0a1 <=1.0.post1 <=1.0.dev1 <=1!1.0 <=0 <=0.dev0
>=1.0 >=1.0a1 >=1.0.post1 >=1.0.dev1 >=1!1.0 >=0 >=0.dev0 >=1.0rc1.post1.dev1
<1.0 <1.0a1 <1.0a1.post1 <1.0.post1 <1.0.post1.dev1 <1.0.dev1 <1!1.0 <1!0 <0 <0.dev0 <0.dev1 <0a1 <1.0.1 <2
>1.0 >1.0a1 >1.0a1.post1 >1.0a1.dev1 >1.0.post1 >1.0.post1.dev1 >1.0.dev1 >1!1.0 >0 >0.dev0 >1.0rc1 >0.9
~=1.0 ~=1.0.0 ~=1.0.1 ~=1.0a1 ~=1.0.0a1 ~=1.0.post1 ~=1.0.dev1 ~=1!1.0 ~=v1.0 ~=1.9 ~=1.9.9 ~=0.0 ~=1.0.0.0.1 ~=01.00
===1.0 ===1 ===1.0RC1 ===1.0c1 ===v1.0 ===foo ===FOO ===1.* === ===1.0+x ===1!1.0 ====1 ===1.0-1
>=1,<2 >1,<2 >=1.0,!=1.0 ==1.0,==1 ==1.0,==1.0.0,==1 ~=1.0,!=1.0.1 ~=1.0,~=1.0.0 >=1.0a1,<2 >=1,<2.dev0 <1,>2 >=1.0,<=1.0 >1.0,<1.0.post2
>1.0a1,<1.0 >=1.0,!=1.0.*,!=1.1.* !=1.0,!=1.0.post1 ==1.*,!=1.0.* ==1.*,==1.0 ===1.0,==1.0 ===1.0,===1.00 ===foo,>=1 ===1.0rc1,>=1 >1.0a1,<1.0a2.dev0 >1.0.post1,<1.0.post2
>=1,>=2 >=2,>=1 <2.0,>=1 >=1.0,<2 ==1.0+A,==1.0+a,==1.0 ==1.0+x,==1.0 !=1.0+x,>=1 <=1.0,>1.0 <=1.0,!=1.0 >=1.0,!=1.0+x,<=1.0 <1.0,!=0 >=1.0.dev0,<1.0 ==1.0.*,==1.0.*,==01.0.*
1.0 =1.0 =>1.0 lolwat >= ~=1 ~=1!1 ~=1.0+x >=1.0.* ==1.0a1.* ~=1.0.* ==1.*.1 ==1.0+x.* <1+x >1+x <=1+x >=1+x ===a;b ===a) ==1,2 !=3.0* >=1>2 <>1 ==* ===1,2 >=1;x >=1.0- ==1.0- == != ~=1.0po >=1,,<2 ,>=1 >=1, , ~=.1 ==.1 ==1!
""".split() + [
    "", " ", " , ,", ">= 1.0 , < 2", "==\t1.0", ">=\n1", "=== x ,", "=== a b", "==1.0 foo", "===\u00a01.0", "===É", "===İ", "===ΑΣ,===ας", " ==1.0 ", "> =1", "== 1.0.*", "== 1.0 .*",
    ">= v1", "==1.0\x1f", "===1.0\u30001", "==1.0po\u017ft1", ">=1.0po\u017ft1",
]


def span(text, end):
    return len(text[:end].encode())


def version(text):
    """Normal form, public and local part, whether it is a pre-release, release; or up to where it was understood."""
    try:
        v = Version(text)
    except InvalidVersion:
        m = START.match(text)
        return span(text, m.end() if m else len(text) - len(text.lstrip()))
    assert Version(str(v)) == v
    return [str(v), v.public, v.local or "", v.is_prerelease, [min(n, 2**63 - 1) for n in v.release]]


def specifiers(text):
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def ranks(versions):
    """The place of each version in their order; the same for those that are the same."""
    places = {}
    for v in sorted(versions):
        places.setdefault(v, len(places))
    return [places[v] for v in versions]


def digits(bools):
    return "".join("01"[b] for b in bools)


def one(text, versions, texts, lists):
    """What a set says of each version, of each text, and which of each list it takes, in every mode.

    A set keeps the ranges that it once had to compute: asking a new one for each version takes its other way, too.
    """
    s = SpecifierSet(text)
    taken = []
    for members in lists:
        chosen = [versions[i] for i in members]
        for mode in MODES:
            left = {id(v) for v in s.filter(chosen, mode)}
            taken.append(digits(id(v) in left for v in chosen))
    return {
        "printed": str(s),
        "prereleases": s.prereleases is True,
        "versions": [digits(SpecifierSet(text).contains(v, mode) for v in versions) for mode in MODES],
        "texts": [digits(s.contains(v, mode) for v in texts) for mode in MODES],
        "lists": taken,
    }


def one_specifier(text):
    try:
        return str(Specifier(text))
    except InvalidSpecifier:
        return None


def answer(q):
    versions = []
    described = [version(text) for text in q["versions"]]
    for text, d in zip(q["versions"], described):
        if isinstance(d, list):
            versions.append(Version(text))
    sets = [specifiers(text) for text in q["sets"]]
    classes = {}
    return {
        "versions": described,
        "ranks": ranks(versions),
        "sets": [None if s is None else one(text, versions, q["versions"], q["lists"]) for s, text in zip(sets, q["sets"])],
        "classes": [-1 if s is None else classes.setdefault(s, len(classes)) for s in sets],
        "single": [one_specifier(text) for text in q["sets"]],
        "scanned": [span(text, m.end()) if (m := SPECIFIER.match(text)) else 0 for text in q["sets"]],
    }


def random_version(r):
    def number():
        return r.choice(["0", "1", "2", "9", "10", "01"])

    def suffix(words):
        return r.choice(["", ".", "-", "_"]) + r.choice(words) + r.choice(["", "", ".", "-"]) + r.choice(["", number(), number()])

    text = r.choice(["", "", "", "", "v", "1!"]) + ".".join(number() for _ in range(r.randint(1, 3)))
    if r.random() < 0.4:
        text += suffix(["a", "b", "rc", "c", "alpha", "pre"])
    if r.random() < 0.3:
        text += suffix(["post", "r", "rev"]) if r.random() < 0.8 else "-" + number()
    if r.random() < 0.3:
        text += suffix(["dev"])
    if r.random() < 0.15:
        text += "+" + r.choice([".", "-", "_"]).join(r.choice([number(), "a", "x", "1a"]) for _ in range(r.randint(1, 2)))
    return text.upper() if r.random() < 0.1 else text


def random_set(r):
    clauses = []
    for _ in range(r.choice([1, 1, 2, 2, 3, 4])):
        op = r.choice(["==", "!=", "==", "!=", "<", ">", "<", ">", "<=", ">=", "~=", "==="])
        v = random_version(r)
        if op not in ("==", "!=", "==="):
            v = v.partition("+")[0]
        if op in ("==", "!=") and r.random() < 0.3:
            v = re.match(r"v?(?:1!)?[0-9.]*[0-9]", v, re.I)[0] + ".*"
        clauses.append(op + r.choice(["", "", " "]) + v)
    return r.choice([",", ", "]).join(clauses)


def question():
    r = random.Random(440)
    versions = VERSIONS + [random_version(r) for _ in range(120)]
    valid = sum(isinstance(version(v), list) for v in versions)
    sets = SETS + [random_set(r) for _ in range(600)]
    lists = [list(range(valid))] + [r.sample(range(valid), n) for n in (1, 2, 3, 4, 5, 6, 8, 10, 20)]
    return {"versions": versions, "sets": sets, "lists": lists}


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
