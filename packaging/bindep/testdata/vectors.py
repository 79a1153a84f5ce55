#!/usr/bin/env python3
"""Writes vectors.json.gz: bindep files, platforms and profiles, and what the program bindep makes of them.

    python3 packaging/bindep/testdata/vectors.py packaging/bindep/testdata/vectors.json.gz

Run it with an interpreter that has bindep 2.14.0; the version used is noted in the file. With --ask in place of a file, it
reads a question from its input and prints the answer: differential_test.go does that.

bindep refuses a file for one bad line. Here each line is put to its parser alone, and what follows is asked of the rules so
found; that the parser says the same of whole files is checked when vectors are written. What is null, bindep refuses or fails at. Which rules are active is a string with a digit for each rule, for each
platform and within it for each list of profiles.
"""

import copy
import gzip
import io
import json
import os
import random
import sys
import tempfile
from importlib.metadata import version
from unittest import mock

import distro
import parsley
from bindep import depends
from bindep.depends import Depends

HERE = os.path.dirname(os.path.abspath(__file__))
PARSER = parsley.makeGrammar(depends.grammar, {})  # as Depends makes it anew for each file
EMPTY = Depends("")


def system(id, release="", codename="", name="", like=""):
    return {"ID": id, "VersionID": release, "Codename": codename, "Name": name, "IDLike": like.split()}


PLATFORMS = [
    system("debian", "8", "jessie"), system("debian", "9", "stretch"), system("debian", "10", "buster"), system("debian", "11", "bullseye"),
    system("debian", "12", "bookworm", "Debian GNU/Linux"), system("debian", "13", "trixie"), system("debian", "", "xyzzy"), system("debian", "trixie/sid", "trixie"),
    system("ubuntu", "14.04", "trusty"), system("ubuntu", "14.04", "Trusty Tahr"), system("ubuntu", "15.10"), system("ubuntu", "16.04", "xenial", "Ubuntu", "debian"),
    system("ubuntu", "18.04", "bionic"), system("ubuntu", "20.04", "focal"), system("ubuntu", "22.04", "jammy"), system("ubuntu", "24.04", "noble"), system("Ubuntu", "24.04.1", "noble"),
    system("pop", "20.04", "focal", "Pop!_OS", "ubuntu debian"), system("pop", "", ""),
    system("centos", "7", "Core", "CentOS Linux", "rhel fedora"), system("centos", "8", "", "CentOS Stream"), system("centos", "9"), system("centos", "10"),
    system("rhel", "7.0", "Maipo", "Red Hat Enterprise Linux Server"), system("rhel", "7.3", "Maipo", "Red Hat Enterprise Linux Workstation"),
    system("rhel", "8.0", "Ootpa", "Red Hat Enterprise Linux"), system("rhel", "9.4", "Plow", "Red Hat Enterprise Linux"), system("rhel", "7.9", "", ""),
    system("redhatenterpriseserver", "6.9", "Santiago"), system("redhatenterpriseworkstation", "8.1", "Ootpa"), system("RedHatEnterpriseServer", "7"),
    system("fedora", "22"), system("fedora", "23", "Twenty Three"), system("fedora", "40"), system("fedora", "43", "", "Fedora Linux"),
    system("rocky", "8.4", "Green Obsidian"), system("rocky", "9.3", "Blue Onyx"), system("almalinux", "8.5", "Arctic Sphynx"), system("almalinux", "10.0"),
    system("ol", "7.5", "", "Oracle Linux Server"), system("oracle", "8.9"), system("amzn", "2016.03"), system("amzn", "2"), system("amzn", "2023"), system("amazonami", "2017.09"),
    system("opensuse", "42.1", "", "openSUSE Leap", "suse"), system("opensuse-leap", "15.0", "", "openSUSE Leap", "suse opensuse"), system("opensuse-leap", "15.6"),
    system("opensuse-tumbleweed", "20240101", "", "openSUSE Tumbleweed"), system("opensuseproject", "13.2", "Harlequin"),
    system("sles", "12.3", "", "SLES"), system("sles", "15.5"), system("suselinux", "11"), system("SUSE LINUX", "11", "n/a"),
    system("gentoo"), system("gentoo", "2.15"), system("arch"), system("manjaro", "", "", "", "arch"), system("alpine", "3.7.0"), system("alpine", "3.19.1", "", "Alpine Linux"), system("alpine", "3.21_alpha20240807"),
    system("unknown", "12345", "Testing", "Not a real distro", "unknown"), system("nixos", "24.05", "uakari"), system("slackware", "15.0"), system("a b\tc", "1..2.", " x  y "),
    system("opensuse-x", "1"), system("fedora", "A.B"), system("centos", "8RC1"), system("darwin"),
]
PROFILES = [["default"], ["compile", "test"], ["python"], ["test"], ["a"], ["a", "b"], ["a", "b", "c"], ["b", "doc-x.1"], ["platform:dpkg"], ["platform:centos-7", "a"], ["default", "compile", "test", "python"]]
INSTALLED = [
    {},
    {"pypy": "7.3.11+dfsg-2", "swig": "4.1.0-0.2", "gawk": "", "pkg-config": "1.8.1-1", "foo": "1.0"},
    {"foo": "1.0-1", "bar": "2:1.0", "baz": "1.0~rc1", "python3-all-dev": "3.11.2-1+b1", "libvirt-dev": "9.0.0-4+deb12u2", "a+b.c-d_e": "0"},
    {"foo": "0.9.12", "bar": "1.0", "baz": "1.0", "/usr/bin/bash": "5.2.15-2+b7", "unzip": "6.0-28"},
    {"foo": "1.0_1", "bar": "4.el7"},
]
VERSIONS = [
    "0", "0.0", "00", "1", "01", "1.0", "1.00", "1.0-0", "1.0-1", "1.0-1.1", "1.0-10", "1.0-2", "1.0-01", "1.0~", "1.0~~", "1.0~a", "1.0~rc1", "1.0~rc1-1", "1.0~rc10", "1.0~rc2", "1.0a", "1.0A", "1.0Z", "1.0+", "1.0+b1",
    "1.0+dfsg", "1.0+dfsg-1", "1.0.1", "1.0.", "1.0:1", "0:1.0", "00:1.0", "1:0", "1:1.0", "01:1.0", "2:0.1", "10:0", "1.10", "1.9", "1.9a", "1.9.9", "1a", "1a1", "1aa", "1a~", "1-1", "1--1", "1-1-1", "1-1-2", "1-~", "1-~1", "1-+",
    "1-a", "1-1~", "2", "2.0.el7", "2.15.1", "3.11.2-1+b1", "9.0.0-4+deb12u2", "9.0.0-4+deb12u10", "99999999999999999999", "100000000000000000000", "1.00000000000000000000000000001", "4.18.0-553.el8_10", "1.0_1", "a", "", "1:", "-1", "1-", "1.0 ",
]
LINES = [
    "", " ", "   ", "\t", "#", "# a", "   # a", "#a\tb \x0b\x0c\x1c\u2028\x85", "foo", "foo ", " foo", "foo\t", "ab", "a", "R", "/", "//", "0", "00", "/usr/bin/bash", "a+b.c-d_e", "_foo", "-foo", ".foo", "+foo", "foo_", "foo-", "foo/", "Foo", "foo=", "foo,bar", "foo bar",
    "foo#a", "foo #a", "foo  # a # b", "foo[a]", "foo [a]", "foo  [a]", "foo [a] ", "foo [a]#", "foo [a]  #x", "foo [a]x", "foo [a] x", "foo [a] [b]", "foo [a][b]", "foo []", "foo [ ]", "foo [   ]", "foo [ a  b ]", "foo [a,b]", "foo [a\tb]", "foo [a;b]", "foo [A]", "foo [a_b]", "foo [a+b]", "foo [a/b]",
    "foo [!a]", "foo [! a]", "foo [!]", "foo [!!a]", "foo [a!b]", "foo [a!b!c]", "foo [(a b)c]", "foo [c(a b)]", "foo [(a)(b)]", "foo [!(a b)]", "foo [()]", "foo [( )]", "foo [(a b)]", "foo [( a  b )]", "foo [(a !b)]", "foo [(!a)]", "foo [(a)]", "foo [(a (b))]", "foo [((a))]", "foo [(a]", "foo [(a])", "foo [a)]", "foo [a", "foo [", "foo ]", "foo a]", "foo (a b)",
    "foo [platform:dpkg]", "foo [platform:rpm platform:dpkg]", "foo [!platform:dpkg]", "foo [platform:]", "foo [:]", "foo [-]", "foo [.]", "foo [platform:debian-]", "foo [platform:ubuntu-22.04]", "foo [platform:Debian]", "foo [(platform:dpkg a)]", "foo [(platform:dpkg)]", "foo [platform:dpkg (platform:rpm a)]", "foo [!platform:ubuntu (platform:ubuntu a)]", "foo [platform:rpm !platform:centos-7]", "foo [platform:dpkg a]", "foo [platform:dpkg !a]", "foo [!platform:dpkg !a]", "foo [a !a]", "foo [a b !c]", "foo [!a (a b)]", "foo [!b (a b)]", "foo [default]", "foo [!default]", "foo [platform:dpkg !platform:debian-trixie test]", "foo [platform:base-py3]", "foo [platform:base-py2 platform:base-py3]",
    "foo >=1", "foo>=1", "foo  >=1", "foo >= 1", "foo >=1 ", "foo >=1#a", "foo >=1 # a", "foo >=1,<2", "foo >=1, <2", "foo >=1 ,<2", "foo >=1,", "foo ,>=1", "foo >=1,,<2", "foo >=1<2", "foo >=1 <2", "foo <1", "foo <=1", "foo !=1", "foo ==1", "foo >1", "foo =1", "foo ===1", "foo ~=1", "foo <>1", "foo =>1", "foo <<1", "foo !1", "foo >=", "foo >=#", "foo ==1.*",
    "foo [a] >=1", "foo [a]>=1", "foo [a] >=1 [b]", "foo >=1 [a]", "foo [a] >=1,!=2 # x", "foo [] >=1", "foo [(a b) !c platform:dpkg] >=1:2.0-3~,<2:0",
    "bar >=1:0", "bar <1:0", "bar ==1.0", "bar !=1.0", "baz <1.0", "baz >=1.0", "baz >1.0~~,<=1.0~rc1", "a+b.c-d_e ==0", "/usr/bin/bash >=5.2", "swig >=4.2", "pypy <7", "gawk >=5", "foo ==1.0-1", "foo !=1.0-1", "foo >=0.9.2", "foo <0.9.13",
    "\x00", "foo\x00", "foo # \x00",
]
LINES += [form % chr(c) for form in ("fo%so", "foo [a%sb]", "foo [(%s)]", "foo >=1%s2", "foo >=1:2%s3-4", "foo >=1-%s2") for c in range(1, 127) if chr(c) not in "\r\n"]
# Lines that bindep may take, and this package doesn't.
FOREIGN = [
    "foo\u00a0", "fo\u00e9", "\u00e9a", "\ufefffoo", "foo [\u0661]", "foo [a\u00b2]", "foo >=\u0661", "foo >=1\u00e9", "foo >=1\u00b2",
]


def grammatical(line):
    try:
        return PARSER(line + "\n").rules()
    except Exception:  # of parsley's
        return None


def rule(name, selectors, versions):
    return {
        "Name": name,
        "Selectors": [{"Group": isinstance(s, list), "Atoms": [{"Not": not sense, "Name": atom} for sense, atom in (s if isinstance(s, list) else [s])]} for s in selectors],
        "Versions": [{"Op": op, "Version": v} for op, v in versions],
    }


class Packages(depends.Platform):
    def __init__(self, installed):
        self.installed = installed

    def get_pkg_version(self, name):
        return self.installed.get(name)


def checked(d, installed):
    d.platform = Packages(installed)
    try:
        result = dict(d.check_rules(d._rules))
    except Exception:  # parsley's, of an installed version that is none of Debian's
        return None
    return {"Missing": result.get("missing", []), "Wrong": [list(w) for w in result.get("badversion", [])]}


def text(t, q, platforms):
    lines = io.StringIO(t, newline=None).read().split("\n")  # as a file that is opened for text
    if lines[-1] == "":
        lines.pop()
    parsed = [grammatical(line) for line in lines]
    d = copy.copy(EMPTY)
    d._rules = [r for p in parsed if p for r in p]
    if q.get("whole"):
        good = "\n".join(line for line, p in zip(lines, parsed) if p is not None)
        assert Depends(good)._rules == d._rules, t
        try:
            Depends("\n".join(lines))
            refused = False
        except depends.DependsException:
            refused = True
        assert refused == (None in parsed), t
    active = [[bits(d, profiles, atoms) for profiles in q["profiles"]] for atoms in platforms]
    return {
        "lines": [rule(*p[0]) if p else None for p in parsed],
        "bad": [i + 1 for i, p in enumerate(parsed) if p is None],
        "profiles": d.profiles(),
        "active": active,
        "checks": [checked(d, i) for i in q["installed"]],
    }


def bits(d, profiles, atoms):
    if atoms is None:
        return None
    active = d.active_rules(profiles + ["platform:" + a for a in atoms])
    marks, i = "", 0
    for r in d._rules:
        if i < len(active) and active[i] is r:
            marks, i = marks + "1", i + 1
        else:
            marks += "0"
    assert i == len(active)
    return marks


def atoms(os_, folder):
    """What bindep says the platform is, when os-release is this and there is nothing else."""
    if os_["ID"] == "darwin":
        with mock.patch("platform.system", return_value="Darwin"), mock.patch("os.system", return_value=0):
            return [a.removeprefix("platform:") for a in EMPTY.platform_profiles()]
    name = os.path.join(folder, "os-release")
    with open(name, "w") as f:
        for key, field in ("ID", "ID"), ("VERSION_ID", "VersionID"), ("VERSION_CODENAME", "Codename"), ("NAME", "Name"):
            f.write(f'{key}="{os_[field]}"\n')
        f.write(f'ID_LIKE="{" ".join(os_["IDLike"] or [])}"\n')
    linux = distro.LinuxDistribution(include_lsb=False, os_release_file=name, distro_release_file="none", include_uname=False)
    linux._debian_version = ""  # not that of this machine
    with mock.patch("distro.distro._distro", linux), mock.patch("platform.system", return_value="Linux"):
        try:
            return [a.removeprefix("platform:") for a in EMPTY.platform_profiles()]
        except TypeError:  # no release where one is compared
            return None


def compared(installed, op, constraint):
    try:
        return depends._eval(installed, op, constraint)
    except Exception:  # parsley's
        return None


def answer(q):
    with tempfile.TemporaryDirectory() as folder:
        platforms = [atoms(p, folder) for p in q["platforms"]]
    return {
        "platforms": platforms,
        "texts": [text(t, q, platforms) for t in q["texts"]],
        "versions": [compared(*v) for v in q["versions"]],
    }


def question():
    r = random.Random(214)
    names = sorted(os.listdir(os.path.join(HERE, "real")))
    texts = []
    for name in names:
        if name.endswith(".txt"):
            with open(os.path.join(HERE, "real", name), newline="") as f:
                texts.append(f.read())
    texts += ["\n".join(LINES), "\n".join(FOREIGN), "foo\r\nbar [a]\rbaz >=1\n\r\n#x", "", "\n", "foo\n", "# only\n"]
    texts.append("\n".join(random_rule(r) for _ in range(300)))
    pairs = [[a, op, b] for a in VERSIONS for b in r.sample(VERSIONS, 12) for op in r.sample(["<", "<=", "==", "!=", ">=", ">"], 2)]
    return {"platforms": PLATFORMS, "profiles": PROFILES, "installed": INSTALLED, "texts": texts, "versions": pairs, "whole": True}


def random_rule(r):
    def atom(names):
        return r.choice(["", "", "!"]) + r.choice(names)

    platforms = ["platform:" + a for a in ("dpkg", "rpm", "redhat", "suse", "debian", "ubuntu-22.04", "ubuntu-noble", "centos-7", "base-py3", "apk", "rhel-8", "rocky")]
    words = ["a", "b", "c", "test", "compile", "default"]
    selectors = []
    for _ in range(r.randrange(5)):
        if r.random() < 0.25:
            selectors.append("(" + " ".join(atom(words + platforms[:2]) for _ in range(r.randrange(4))) + ")")
        else:
            selectors.append(atom(r.choice([platforms, words])))
    line = r.choice(["foo", "bar", "baz", "swig"])
    if selectors:
        line += " [" + " ".join(selectors) + "]"
    if r.random() < 0.4:
        line += " " + ",".join(r.choice(["<", "<=", "==", "!=", ">=", ">"]) + r.choice(VERSIONS[:40]) for _ in range(r.randrange(1, 3)))
    return line


def main():
    q = json.load(sys.stdin) if sys.argv[1] == "--ask" else question()
    whole = {"bindep": version("bindep"), "question": q, "answer": answer(q)}
    if sys.argv[1] == "--ask":
        json.dump(whole, sys.stdout)
        return
    with open(sys.argv[1], "wb") as f:
        f.write(gzip.compress(json.dumps(whole, indent=0).encode(), 9, mtime=0))


main()
