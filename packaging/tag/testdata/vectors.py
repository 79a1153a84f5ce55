#!/usr/bin/env python3
"""Writes vectors.json.gz: the supported tags of many interpreters on many platforms, as pip's own functions list them.

    python3 packaging/tag/testdata/vectors.py packaging/tag/testdata/vectors.json.gz

Run it with an interpreter that has pip 26.3; other versions order tags otherwise. With --here in place of a file, it prints
the tags of the interpreter that runs it, one a line.

The lists are whole. To be short, the platforms of a system are listed once, and a run of one Python and ABI over all of
them is written "cp311-abi3-*"; the script checks that nothing is lost by it.
"""

import gzip
import json
import sys
import sysconfig

import pip
from pip._internal.utils import compatibility_tags
from pip._vendor.packaging import _manylinux, _musllinux, tags


SYSTEMS = [
    ("x86_64", "glibc", 2, 4),
    ("x86_64", "glibc", 2, 5),
    ("x86_64", "glibc", 2, 12),
    ("x86_64", "glibc", 2, 36),
    ("x86_64", "glibc", 2, 43),
    ("x86_64", "glibc", 3, 1),
    ("x86_64", "musl", 1, 2),
    ("x86_64", "", 0, 0),
    ("i686", "glibc", 2, 36),
    ("i686", "musl", 1, 2),
    ("i386", "glibc", 2, 36),
    ("aarch64", "glibc", 2, 16),
    ("aarch64", "glibc", 2, 17),
    ("aarch64", "glibc", 2, 41),
    ("aarch64", "glibc", 3, 0),
    ("aarch64", "musl", 1, 1),
    ("armv6l", "glibc", 2, 36),
    ("armv6l", "musl", 1, 2),
    ("armv7l", "glibc", 2, 36),
    ("armv7l", "musl", 1, 2),
    ("armv8l", "glibc", 2, 36),
    ("armv8l", "musl", 1, 2),
    ("ppc64", "glibc", 2, 31),
    ("ppc64le", "glibc", 2, 34),
    ("s390x", "glibc", 2, 34),
    ("s390x", "musl", 1, 2),
    ("riscv64", "glibc", 2, 41),
    ("riscv64", "musl", 1, 2),
    ("loongarch64", "glibc", 2, 40),
    ("mips64", "glibc", 2, 36),
]

INTERPRETERS = [
    ("cpython", 2, 7, ["cp27mu"]),
    ("cpython", 3, 1, ["cp31m"]),
    ("cpython", 3, 2, ["cp32mu"]),
    ("cpython", 3, 6, ["cp36m"]),
    ("cpython", 3, 8, ["cp38"]),
    ("cpython", 3, 9, ["cp39"]),
    ("cpython", 3, 10, ["cp310"]),
    ("cpython", 3, 11, ["cp311"]),
    ("cpython", 3, 11, ["cp311d", "cp311"]),
    ("cpython", 3, 12, ["cp312"]),
    ("cpython", 3, 13, ["cp313"]),
    ("cpython", 3, 13, ["cp313t"]),
    ("cpython", 3, 14, ["cp314"]),
    ("cpython", 3, 14, ["cp314t"]),
    ("cpython", 3, 14, ["cp314td", "cp314t"]),
    ("cpython", 3, 15, ["cp315"]),
    ("cpython", 3, 15, ["cp315t"]),
    ("cpython", 3, 15, ["cp315t", "abi3", "abi3t", "none"]),
    ("cpython", 3, 15, ["cp315", "abi3", "abi3t", "none"]),
    ("cpython", 3, 11, []),
    ("pypy", 2, 7, ["pypy_73"]),
    ("pypy", 3, 9, ["pypy39_pp73"]),
    ("pypy", 3, 10, ["pypy310_pp73"]),
    ("pypy", 3, 11, ["pypy311_pp73", "none"]),
    ("graalpy", 3, 11, ["graalpy242_311_native"]),
    ("jython", 2, 7, ["none"]),
]

SETS = [
    "py3-none-any",
    "py2.py3-none-any",
    "cp311-cp311-manylinux1_x86_64.manylinux2014_x86_64",
    "cp315-abi3.abi3t-linux_x86_64",
    "CP311-CP311-Linux_X86_64",
    "py3.py3-none-any",
    "py3-none-any.Any",
    "",
    "-",
    "--",
    "py3-none",
    "py3-none-any-x",
    "py3.-none-any",
    ".py3-none-any",
    "py3-none-",
    "py3--any",
    "3py-none-any",
    "py 3-none-any",
    "py+3-none-any",
    "py3-n/o ne-an+y",
    "_-none-any",
    "pyé-none-any",
    "py٣-none-any",
    "٣-none-any",
]


def platforms(arch, libc, major, minor):
    glibc = (major, minor) if libc == "glibc" else (-1, -1)
    musl = _musllinux._MuslVersion(major, minor) if libc == "musl" else None
    sysconfig.get_platform = lambda: "linux-" + arch
    _manylinux._get_glibc_version = lambda: _manylinux._GLibCVersion(*glibc)
    _manylinux._is_linux_armhf = _manylinux._is_linux_i686 = lambda executable: True
    _musllinux._get_musl_version = lambda executable: musl
    return list(tags._linux_platforms(is_32bit=False))


def supported(implementation, major, minor, abis, platforms):
    """What pip's get_supported does for the interpreter that runs it, with all that it finds out there given."""
    version = (major, minor)
    short = tags.INTERPRETER_SHORT_NAMES.get(implementation) or implementation
    interpreter = f"{short}{major}{minor}"
    if short == "cp":
        yield from tags.cpython_tags(python_version=version, abis=abis, platforms=platforms)
    else:
        yield from tags.generic_tags(interpreter=interpreter, abis=abis, platforms=platforms)
    yield from tags.compatible_tags(python_version=version, interpreter=interpreter, platforms=platforms)


def shortened(listed, platforms):
    runs, i = [], 0
    while i < len(listed):
        prefix = f"{listed[i].interpreter}-{listed[i].abi}-"
        run = [prefix + p for p in platforms]
        if [str(t) for t in listed[i : i + len(run)]] == run:
            runs.append(prefix + "*")
            i += len(run)
        else:
            runs.append(str(listed[i]))
            i += 1
    whole = []
    for run in runs:
        whole += [run[:-1] + p for p in platforms] if run.endswith("*") else [run]
    assert whole == [str(t) for t in listed]
    return runs


def parsed(s):
    try:
        return sorted(str(t) for t in tags.parse_tag(s))
    except ValueError:
        return None


def vectors():
    systems = [
        {"arch": a, "libc": {"name": n, "major": major, "minor": minor}, "platforms": platforms(a, n, major, minor)}
        for a, n, major, minor in SYSTEMS
    ]
    lists = [
        {
            "implementation": name,
            "major": major,
            "minor": minor,
            "abis": abis,
            "tags": [shortened(list(supported(name, major, minor, list(abis), s["platforms"])), s["platforms"]) for s in systems],
        }
        for name, major, minor, abis in INTERPRETERS
    ]
    return {"pip": pip.__version__, "systems": systems, "interpreters": lists, "sets": [{"set": s, "tags": parsed(s)} for s in SETS]}


def main():
    if sys.argv[1] == "--here":
        for t in compatibility_tags.get_supported():
            print(t)
        return
    with open(sys.argv[1], "wb") as f:
        f.write(gzip.compress(json.dumps(vectors(), indent=0).encode(), 9, mtime=0))


main()
