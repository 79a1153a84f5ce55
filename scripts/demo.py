"""What demo.sh needs to know of JSON and of installed projects: demo.py platform|pins < JSON, or demo.py INDEX REPORT."""

import importlib
import importlib.metadata
import json
import sys


def platform(facts):
    """The name of a platform, and its first interpreter."""
    return [facts["platform"] + " " + facts["interpreters"][0]["path"]]


def pins(plan):
    return [d["project"] + "==" + d["version"] for d in plan["decisions"]]


def modules(name):
    """The top-level modules of an installed project, as its wheel tells them."""
    dist = importlib.metadata.distribution(name)
    told = (dist.read_text("top_level.txt") or "").split()
    if told:
        return told
    tops = {f.parts[0].split(".")[0] for f in dist.files if f.suffix in (".py", ".so") and ".." not in f.parts}
    return sorted(t for t in tops if t.isidentifier())


def imported(index, report):
    """Imports all that pip's report names; it must have come from the index."""
    for item in report["install"]:
        name, version, url = item["metadata"]["name"], item["metadata"]["version"], item["download_info"]["url"]
        if not url.startswith(index.rsplit("simple/", 1)[0]):
            sys.exit(f"{name} came from {url}")
        names = modules(name)
        if not names:
            sys.exit(f"{name} has no module")
        for module in names:
            importlib.import_module(module)
        yield f"{name} {version}: import {', '.join(names)}: works; from {url.rsplit('/', 1)[1]}"


if sys.argv[1] in ("platform", "pins"):
    lines = globals()[sys.argv[1]](json.load(sys.stdin))
else:
    with open(sys.argv[2]) as f:
        lines = imported(sys.argv[1], json.load(f))
for line in lines:
    print(line)
