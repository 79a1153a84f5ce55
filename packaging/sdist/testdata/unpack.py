"""Unpacks archives with Python's own filter for data (PEP 706), which is what pip uses, for TestPythonUnpacksTheSame.

Reads the paths of tars, a line each, and writes for each a line of JSON: null when a member is refused or stands in the way of another, otherwise
what came out, by path: ["d"], ["-" or "x", contents], or ["l", the path that it leads to, without its other links].
"""

import json
import os
import sys
import tarfile
import tempfile


def unpack(name, folder):
    with tarfile.open(name, encoding="utf-8") as tar:
        for member in tar.getmembers():
            executable = member.mode & 0o111
            member = tarfile.data_filter(member, folder)
            if member.isfile():
                member.mode = 0o755 if executable else 0o644
            tar.extract(member, folder, filter="fully_trusted")


def listing(folder):
    found = {}
    for top, dirs, files in os.walk(folder):
        for name in dirs + files:
            path = os.path.join(top, name)
            relative = os.path.relpath(path, folder)
            if os.path.islink(path):
                found[relative] = ["l", os.path.normpath(os.path.join(os.path.dirname(relative), os.readlink(path)))]
            elif os.path.isdir(path):
                found[relative] = ["d"]
            else:
                with open(path) as f:
                    found[relative] = ["x" if os.stat(path).st_mode & 0o111 else "-", f.read()]
    return found


for line in sys.stdin:
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(line.strip(), os.path.realpath(folder))
            answer = listing(os.path.realpath(folder))
        except (tarfile.TarError, OSError, KeyError, RecursionError):
            answer = None
        print(json.dumps(answer))
