#!/usr/bin/env python3
"""Writes vectors.json: what pip's own code reads from names of files, and from pyproject.toml.

Run with an interpreter that has pip; the version used is noted in the file:

    python3 packaging/sdist/testdata/vectors.py > packaging/sdist/testdata/vectors.json
"""

import itertools
import json
import os
import random
import sys
import tempfile

import pip
from pip._internal.index.package_finder import _extract_version_from_fragment
from pip._internal.models.link import Link
from pip._internal.pyproject import load_pyproject_toml
from pip._internal.utils.unpacking import SUPPORTED_EXTENSIONS
from pip._vendor.packaging.version import InvalidVersion, parse
from pip._vendor.pyproject_hooks._impl import norm_and_check

ENDINGS = [".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma", ".tar.Z", ".tar.zst", ".TAR.GZ",
           ".TAR.gz", ".tar.tgz", ".tar.tar", ".Zip", ".gz", ".bz2", ".tbz2", ".7z", ".egg", ".exe", ".rpm", "", ".", ".tar.", ".tar.gz.asc", "-py3.9.tar.gz"]
NAMES = ["foo-bar", "foo_bar", "Foo.Bar", "FOO--BAR", "foo-_.bar", "foo", "foobar", "foo-bar-baz", "foo-bar-", "-foo-bar", "_foo-bar", "", "foo-bar1", "1", "fo\u212ao-bar", "f\u00f6\u00f6",
         "\u0130", "foo bar", "foo-bar_", "FOO_BAR.baz"]
VERSIONS = ["1.0", "1", "01.0", "1.0-1", "1.0-2-3", "v1.0", "1.0.post1", "1.0+local.1", "1.0+Local-1", "1!2.0", "1.0a1", "1.0.dev3", "2004d", "", " 1.0", "1.0 ", "-1.0", "_1.0", ".1", "bar-1.0", "baz-1.0",
            "1.0.tar", "1.0.linux-x86_64", "latest", "1.0-rc1", "1.0_beta", "\u0661.0"]
PROJECTS = ["foo-bar", "foo", "foo-bar-baz", "fooo-bar", "1", "", "foko-bar", "f\u00f6\u00f6", "-foo-bar", "i\u0307"]


def is_sdist(name):
    return Link("https://files.example/" + name).splitext()[1] in SUPPORTED_EXTENSIONS and not name.endswith(".whl")


def version(stem, project):
    found = _extract_version_from_fragment(stem, project)
    try:
        return str(parse(found)) if found else None
    except InvalidVersion:
        return None


def names():
    for name, project in itertools.product([n + "-" + v + ".tar.gz" for n in NAMES for v in VERSIONS] + NAMES + ["cffi-1.0.2-2.tar.gz"], PROJECTS + ["cffi"]):
        v = version(name[: -len(".tar.gz")], project) if name.endswith(".tar.gz") else None
        if v is not None or sum(name.encode()) % 7 == 0:
            yield {"name": name, "project": project, "version": v}


# Values as they may stand in the table, most of them wrong.
REQUIRES = [None, "[]", '["setuptools>=40.8.0", "wheel"]', '"setuptools"', "1", "{}", "[1]", '["a", 1]', "[[]]", '["not a requirement!"]', '["a", "b ; python_version < \'3\'"]',
            '["a @ https://x.example/a.whl"]', '["é"]', '[""]', '["-r x"]', "true", "1979-05-27"]
BACKENDS = [None, '"setuptools.build_meta"', '"a:b.c"', '""', "1", "[]", "false", '" "']
PATHS = [None, "[]", '["."]', '[""]', '["backend", "a/b"]', '["./a/../b"]', '["../x"]', '["a/../../x"]', '["/x"]', '["/"]', '[".."]', '["a/.."]', '["..a"]', '"x"', "[1]", "1", '["a//b/"]', '["a\\\\..\\\\.."]']

TEXTS = [
    None, "", "\n", "# nothing\n", "[project]\nname = 'x'\n", "[build-system]\n", "build-system = 1\n", "build-system = 'requires'\n", "build-system = []\n", "[[build-system]]\nrequires = []\n",
    "build-system = {requires = ['a']}\n", "build-system.requires = ['a']\nbuild-system.build-backend = 'b'\n", "['build-system']\nrequires = ['a']\n", '["build\\u002dsystem"]\nrequires = ["a"]\n',
    "[Build-System]\nrequires = ['a']\n", "[build-system]\nRequires = ['a']\n", "[build_system]\nrequires = ['a']\n", "[build-system]\nrequires = ['a']\n[build-system]\nrequires = ['b']\n",
    "[build-system]\nrequires = ['a']\nrequires = ['b']\n", "[build-system]\nrequires = ['a']\n[build-system.x]\ny = 1\n", "[build-system]\nrequires = ['a']\nunknown = 3\n",
    "\ufeff[build-system]\nrequires = ['a']\n", "[build-system]\r\nrequires = [\r\n  'a',\r\n]\r\n", "[build-system]\rrequires = ['a']\r", "[build-system]\nrequires = ['''\na''']\n",
    "[build-system]\nrequires = [\"\"\"a\\\n   >=1\"\"\"]\n", "[build-system\n", "[build-system]\nrequires = ['a'\n", "requires\n", "a = 1 b = 2\n", "[a]\nb.c = 1\n[a.b]\nd = 1\n", "[a]\n[a]\n",
    "[tool.x]\nd = 1979-05-27T07:32:00Z\nl = 07:32:00\nf = 1e5\nn = nan\ni = 0xff\nb = 0b1\ns = [1, 'a', {b = 1}]\n", "x = 0777\n", "x = +1_000\n", "x = 1__0\n", "x = 1979-02-30\n", "x = 99999999999999999999\n",
    "x = '\x01'\n", "x = \"\\x41\"\n", "x = \"\\e\"\n", "x = {a = 1,}\n", "x = {a = 1,\n b = 2}\n", "x = \"\\ud800\"\n", "a\u00e9 = 1\n", "\"a\u00e9\" = 1\n", "\x00", "x = 1\n\x00", "# \x01\n", "x = 'a\tb'\n",
    "x = [1,]\n", "x = [,]\n", "x = 07:32\n", "x = 1979-05-27 07:32:00\n", "x.y = 1\nx.y.z = 2\n", "[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2\n", "= 1\n", "'' = 1\n", "x = inf\n", "x = .5\n", "x = 5.\n", "x = 1e400\n",
]


def system(text, folder):
    """What pip asks for; None when it refuses. Its checks of backend-path come when it is about to call the backend."""
    toml, setup = os.path.join(folder, "pyproject.toml"), os.path.join(folder, "setup.py")
    open(setup, "w").close()
    if os.path.exists(toml):
        os.remove(toml)
    if text is not None:
        with open(toml, "wb") as f:
            f.write(text.encode("utf-8", "surrogateescape"))
    try:
        read = load_pyproject_toml(toml, setup, "x")
        if not isinstance(read.backend, str) or not read.backend:  # it could not be imported
            return None
        if isinstance(read.backend_path, str):  # its letters would be taken for folders
            return None
        paths = [os.path.relpath(norm_and_check(folder, p), folder) for p in read.backend_path]
    except Exception:
        return None
    return {"requires": read.requires, "backend": read.backend, "backend_path": paths}


def texts():
    yield from TEXTS
    for requires, backend, path in itertools.product(REQUIRES, BACKENDS, PATHS):
        if [requires == REQUIRES[2], backend == BACKENDS[1], path == PATHS[2]].count(True) < 2:
            continue
        said = [("requires", requires), ("build-backend", backend), ("backend-path", path)]
        yield "[build-system]\n" + "".join(f"{k} = {v}\n" for k, v in said if v is not None)
    r = random.Random(517)
    for _ in range(300):
        said = [("requires", r.choice(REQUIRES[:3] * 8 + REQUIRES)), ("build-backend", r.choice(BACKENDS[:3] * 8 + BACKENDS)), ("backend-path", r.choice(PATHS[:5] * 8 + PATHS)),
                ("other", r.choice([None, "1", "{a = []}"]))]
        r.shuffle(said)
        text = "[build-system]\n" + "".join(f"{k} = {v}\n" for k, v in said if v is not None)
        text = r.choice(["", "[project]\nname = 'x'\n", "[tool.a]\nb = [{}, {}]\n"]) + text + r.choice(["", "[tool]\n", "# end"])
        if r.random() < 0.2:
            i = r.randrange(len(text))
            text = text[:i] + r.choice(["", "\"", "[", "]", "=", "\n", ".", "'", "#", "\\"]) + text[i + 1 :]
        yield text


def main():
    with tempfile.TemporaryDirectory() as folder:
        systems = [{"text": t, "system": system(t, folder)} for t in texts()]
    stems = ["foo-1.0" + e for e in ENDINGS] + [e for e in ENDINGS if e] + ["..tar.gz", "...zip", "a..zip", "x.whl"]
    out = {"endings": [{"name": n, "sdist": is_sdist(n)} for n in stems], "names": list(names()), "systems": systems}
    print(json.dumps({"pip": pip.__version__})[:-1], end="")
    for key, rows in out.items():
        print(', "%s": [\n' % key + ",\n".join(json.dumps(r) for r in rows) + "\n]", end="")
    print("}")


if __name__ == "__main__":
    sys.exit(main())
