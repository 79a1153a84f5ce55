#!/usr/bin/env python3
"""Writes vectors.json: file names of wheels and METADATA files, and what packaging reads in them.

Run with an interpreter that has packaging 26.3; the version used is noted in the file:

    python3 packaging/wheel/testdata/vectors.py > packaging/wheel/testdata/vectors.json

With --ask it reads {"filenames": [...], "metadata": [...]} and writes the same for those.
"""

import email.parser
import json
import random
import re
import sys

import packaging
from packaging import metadata, utils, version

FILENAMES = [
    "foo-1.0-py3-none-any.whl",
    "foo-1.0-1-py3-none-any.whl",
    "foo-1.0-01-py3-none-any.whl",
    "foo-1.0-1a.b_c-py3-none-any.whl",
    "foo-1.0-a1-py3-none-any.whl",
    "foo-1.0--py3-none-any.whl",
    "foo-1.0-1-2-py3-none-any.whl",
    "foo-1.0-none-any.whl",
    "foo-1.0-py3-none-any.zip",
    "foo-1.0-py3-none-any.WHL",
    "foo-1.0-py3-none-any",
    ".whl",
    "----.whl",
    "-1.0-py3-none-any.whl",
    "_-1.0-py3-none-any.whl",
    "foo__bar-1.0-py3-none-any.whl",
    "Foo_Bar.baz-1.0-py3-none-any.whl",
    "foo.-1.0-py3-none-any.whl",
    "foo bar-1.0-py3-none-any.whl",
    "foo+bar-1.0-py3-none-any.whl",
    "f\u00f6\u00f6-1.0-py3-none-any.whl",
    "\u0660-1.0-py3-none-any.whl",
    "\u2460-1.0-py3-none-any.whl",
    "a\u0301-1.0-py3-none-any.whl",
    "\u4e2d-1.0-py3-none-any.whl",
    "foo-1.0+local.1-py3-none-any.whl",
    "foo-1.0_local-py3-none-any.whl",
    "foo-1.0.post1-py3-none-any.whl",
    "foo-1!1.0-py3-none-any.whl",
    "foo-1.0_1-py3-none-any.whl",
    "foo-v1.0-py3-none-any.whl",
    "foo- 1.0-py3-none-any.whl",
    "foo-x-py3-none-any.whl",
    "foo-1.0-\u0661-py3-none-any.whl",
    "foo-1.0-py2.py3-none-any.whl",
    "foo-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "foo-1.0-cp39-abi3-linux_aarch64.whl",
    "foo-1.0-CP39-ABI3-LINUX_AARCH64.whl",
    "foo-1.0-py3.-none-any.whl",
    "foo-1.0-py3-none-.whl",
    "foo-1.0-py3 -none-any.whl",
    "foo-1.0-3-none-any.whl",
    "foo-1.0-py3-none-any.whl.whl",
]

HEAD = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
METADATA = [
    HEAD,
    HEAD.replace("\n", "\r\n") + "\r\nbody\r\n",
    HEAD.replace("\n", "\r") + "\rbody\r",
    HEAD + "Requires-Dist: a>=1\nRequires-Dist: b; extra == 'x'\nProvides-Extra: x\nDynamic: license\nDynamic: Requires-Dist\nRequires-Python: >=3.8\n",
    HEAD + "Requires-Dist: a\n        >=1\n",
    HEAD + "Requires-Dist:\n a\nRequires-Python:\t>=3 \n",
    HEAD + "\nRequires-Dist: in the body\n",
    HEAD + "License: line one\nline two\nRequires-Dist: lost\n",
    HEAD + "no colon\n",
    HEAD + "Odd Name: x\nRequires-Dist: lost\n",
    HEAD + ": no name\nRequires-Dist: a\n",
    HEAD + ": no name\n folded\nRequires-Dist: a\n",
    "From someone\n" + HEAD,
    HEAD + "From someone\nRequires-Dist: a\n",
    HEAD + "From: someone\n",
    " folded\n" + HEAD,
    "\n" + HEAD,
    "\ufeff" + HEAD,
    HEAD + "Summary: \u00e9\u00df\u4e2d\n",
    HEAD + "Name: demo\n",
    HEAD + "NAME: other\n",
    HEAD + "Summary: a\nSummary: b\n",
    HEAD + "Classifier: a\nClassifier: b\nPlatform: x\nPlatform: y\n",
    HEAD + "Unknown: a\nUnknown: b\n",
    HEAD + "Description: header\n\nbody\n",
    HEAD + "Requires-Python: >=3\nRequires-Python: >=4\n",
    HEAD.replace("2.1", "1.0"),
    HEAD.replace("2.1", "2.0"),
    HEAD.replace("2.1", "2.5"),
    HEAD.replace("2.1", "3.0"),
    HEAD.replace("2.1", "0.1"),
    HEAD.replace("2.1", "2"),
    HEAD.replace("2.1", "2.1 "),
    HEAD.replace("2.1", ""),
    HEAD.replace("Metadata-Version: 2.1\n", ""),
    HEAD.replace("Name: demo\n", ""),
    HEAD.replace("Version: 1.0\n", ""),
    HEAD.replace("demo", "De.mo_x"),
    HEAD.replace("demo", "demo "),
    HEAD.replace("demo", "-demo"),
    HEAD.replace("demo", "d\u00e9mo"),
    HEAD.replace("demo", ""),
    HEAD.replace("1.0", " 1.0 "),
    HEAD.replace("1.0", "one"),
    HEAD.replace("1.0", "1.0+x"),
    HEAD.replace("Name:", "Name :"),
    HEAD.replace("Name:", "name:"),
    HEAD.replace("Name: ", "Name:"),
    HEAD + "Requires-Dist: \x0b a\x0c\n",
    HEAD + "Requires-Dist: a\x1cb\u2028c\u0085d\n",
    "",
]

SINGLE = metadata._STRING_FIELDS | {"keywords"}


def filename(s):
    try:
        name, v, build, tags = utils.parse_wheel_filename(s)
    except utils.InvalidWheelFilename:
        return None
    return {"name": name, "version": str(v), "build": [str(b) for b in build], "tags": sorted(str(t) for t in tags)}


def read(text):
    """What is read, or None where packaging (or, of what is no UTF-8, pip) finds the parts that decide invalid."""
    raw, _ = metadata.parse_email(text)
    message = email.parser.Parser().parsestr(text)
    for field in SINGLE:
        if len(message.get_all(metadata._RAW_TO_EMAIL_MAPPING[field], [])) > 1:
            return None
    # Pythons before 3.13 keep a line end that a folded value begins with; here all are read as by the later ones.
    clean = lambda v: v.lstrip(" \t\r\n")
    if not re.fullmatch(r"[12]\.[0-9]+", clean(raw.get("metadata_version", ""))):
        return None
    try:
        utils.canonicalize_name(clean(raw.get("name", "")), validate=True)
        version.Version(clean(raw.get("version", "")))
    except (utils.InvalidName, version.InvalidVersion):
        return None
    got = {f: clean(raw.get(f, "")) for f in ("metadata_version", "name", "version", "requires_python")}
    got.update({f: [clean(v) for v in raw.get(f, [])] for f in ("requires_dist", "provides_extra", "dynamic")})
    return got


def random_filename(r):
    pick = lambda *of: r.choice(of)
    name = "".join(pick("foo", "Bar", "_", ".", "9", "-", "\u00e9") for _ in range(r.randrange(1, 4)))
    ver = pick("1.0", "1", "1.0.post1", "2!1.0a1", "1.0+x.1", "v1", "x", "", "1.0.dev0", "1_0", " 1 ")
    build = pick("", "", "", "-1", "-07b", "-x", "-", "-12.3_z")
    python = pick("py3", "py2.py3", "cp311", "cp39.cp310", "", "py3.", "PY3", "3", "p y")
    abi = pick("none", "abi3", "cp311", "abi3.none", "", "abi3.abi3")
    platform = pick("any", "linux_x86_64", "manylinux1_x86_64.linux_x86_64", "", "any.", "linux x", "win32")
    return name + "-" + ver + build + "-" + python + "-" + abi + "-" + platform + pick(".whl", ".whl", ".whl", ".whl", ".zip", "")


def random_metadata(r):
    pick = lambda *of: r.choice(of)
    lines = ["Metadata-Version: 2.1", "Name: demo", "Version: 1.0"]
    for _ in range(r.randrange(8)):
        name = pick("Requires-Dist", "Requires-Dist", "requires-dist", "Provides-Extra", "Dynamic", "Requires-Python", "Summary", "License", "X", "From ", "", " ", "\t", "Na me", "Name", "Classifier", "Keywords")
        value = pick("a", "b>=1", "", "  x", "y  ", "\u00e9", ":", "a:b", "\x0bz", "\u2028", "\x1c")
        lines.insert(r.randrange(len(lines) + 1) if r.random() < 0.3 else len(lines), name + pick(":", ":", ":", ": ", ":\t", "") + value)
        if r.random() < 0.3:
            lines.append(pick(" ", "\t", "        ") + pick("folded", "", "x: y", ">=2"))
        if r.random() < 0.05:
            lines.append("")
    end = pick("\n", "\n", "\r\n", "\r")
    return "".join(line + (end if r.random() < 0.9 else pick("\n", "\r\n", "\r")) for line in lines)


def answer(filenames, texts):
    return {
        "packaging": packaging.__version__,
        "filenames": [{"filename": f, "read": filename(f)} for f in filenames],
        "metadata": [{"text": m, "read": read(m)} for m in texts],
    }


def main():
    if sys.argv[1:] == ["--ask"]:
        question = json.load(sys.stdin)
        json.dump(answer(question["filenames"], question["metadata"]), sys.stdout)
        return
    r = random.Random(427)
    vectors = answer(FILENAMES + [random_filename(r) for _ in range(300)], METADATA + [random_metadata(r) for _ in range(200)])
    head, tail = json.dumps({"packaging": vectors["packaging"]})[:-1], []
    for kind in ("filenames", "metadata"):
        tail.append('"%s": [\n%s\n]' % (kind, ",\n".join(json.dumps(v) for v in vectors[kind])))
    print(head + ", " + ", ".join(tail) + "}")


main()
