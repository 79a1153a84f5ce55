"""Asks pip's own finder which file it takes, for plan's TestPip.

Reads from standard input {"pages": [[file, …], …], "targets": [{"version": [3, 11, 2], "tags": ["cp311-cp311-…", …]}, …],
"asks": [{"page": 0, "target": 0, "requirement": "foo==1.0"}, …]}, the files as in the JSON of the simple API, and writes the list
of the file names taken, null for none. Links go through pip's LinkEvaluator and CandidateEvaluator; which of the
applicable candidates the resolver tries first is its factory's rule, written out below because the factory would fetch.
"""

import json
import sys

import pip
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.link import Link
from pip._internal.models.selection_prefs import SelectionPreferences
from pip._internal.models.target_python import TargetPython
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.tags import Tag


def target_python(given):
    t = TargetPython(py_version_info=tuple(given["version"]))
    t._valid_tags = [Tag(*tag.split("-")) for tag in given["tags"]]
    return t


def is_pinned(specifier):
    return any(s.operator == "===" or s.operator == "==" and not s.version.endswith(".*") for s in specifier)


def taken(files, target, requirement):
    finder = PackageFinder.create(link_collector=None, selection_prefs=SelectionPreferences(allow_yanked=True), target_python=target)
    links = [Link.from_json(f, "https://index.example/simple/foo/") for f in files]
    candidates = finder.evaluate_links(finder.make_link_evaluator(requirement.name), links)
    evaluator = finder.make_candidate_evaluator(requirement.name, requirement.specifier)
    applicable = evaluator.compute_best_candidate(candidates).applicable_candidates
    all_yanked = all(c.link.is_yanked for c in applicable)
    for c in reversed(applicable):
        if (all_yanked and is_pinned(requirement.specifier)) or not c.link.is_yanked:
            return c.link.filename
    return None


def main():
    given = json.load(sys.stdin)
    targets = [target_python(t) for t in given["targets"]]
    answers = [taken(given["pages"][a["page"]], targets[a["target"]], Requirement(a["requirement"])) for a in given["asks"]]
    json.dump({"pip": pip.__version__, "taken": answers}, sys.stdout)


main()
