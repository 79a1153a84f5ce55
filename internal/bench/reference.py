# Times what pypa/packaging takes for what packaging/pep440 and packaging/pep508 do: one JSON object, nanoseconds by name.
import json, timeit
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

v, w, three = Version("1.2.3"), Version("1.2.4"), SpecifierSet(">=1.2,<2,!=1.5")
marker = Marker("python_version >= '3.9'")
environment = {"python_version": "3.11", "extra": ""}
cases = {
    "pep440 Parse/1.2.3": lambda: Version("1.2.3"),
    "pep440 Compare/1.2.3_1.2.4": lambda: v < w,
    "pep440 Contains/>=1.2,<2,!=1.5": lambda: three.contains(v),
    "pep508 Parse/oslo.concurrency===6.0.0": lambda: Requirement("oslo.concurrency===6.0.0"),
    "pep508 Eval/python_version_>=_'3.9'": lambda: marker.evaluate(environment),
}
figures = {}
for name, case in cases.items():
    n = 2000
    figures[name] = min(timeit.repeat(case, number=n, repeat=5)) / n * 1e9
print(json.dumps(figures))
