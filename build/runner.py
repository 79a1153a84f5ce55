# Calls one hook of a build backend (PEP 517) inside the sandbox, and writes what it returned.
# Usage: runner.py '{"hook": …, "backend": …, "backend_path": […], "source": …, "wheels": …, "result": …}'
# Everything that it writes may have been written by the backend instead.
import importlib
import json
import os
import sys
import traceback


class Unusable(Exception):
    """The backend can't be had as it is declared."""


def load(request):
    source = os.path.realpath(request["source"])
    path = []
    for part in request["backend_path"]:
        full = os.path.realpath(os.path.join(source, part))
        if os.path.isabs(part) or os.path.commonpath([source, full]) != source:
            raise Unusable("backend-path %r leads out of the source" % part)
        path.append(full)
    sys.path[:0] = path
    module, _, attributes = request["backend"].partition(":")
    try:
        backend = importlib.import_module(module)
    except ImportError as error:
        traceback.print_exc()
        raise Unusable("the build backend %s can't be imported: %s" % (module, error))
    if path:
        found = os.path.realpath(getattr(backend, "__file__", None) or "")
        if not any(os.path.commonpath([p, found]) == p for p in path):
            raise Unusable("the build backend %s was found outside of its backend-path" % module)
    for name in filter(None, attributes.split(".")):
        try:
            backend = getattr(backend, name)
        except AttributeError:
            raise Unusable("the build backend %s has no %s" % (module, attributes))
    return backend


def call(request):
    backend = load(request)
    name = request["hook"]
    hook = getattr(backend, name, None)
    if name == "get_requires_for_build_wheel":
        return list(hook(None)) if hook else []
    if hook is None:
        raise Unusable("the build backend %s has no hook %s" % (request["backend"], name))
    return hook(request["wheels"], None, None)


def main():
    request = json.loads(sys.argv[1])
    del sys.path[0]
    os.chdir(request["source"])
    sys.argv[:] = ["setup.py"]
    answer = {}
    try:
        answer["value"] = call(request)
    except Unusable as error:
        answer["unusable"] = str(error)
        print(error, file=sys.stderr)
    except BaseException as error:
        traceback.print_exc()
        answer["error"] = "%s: %s" % (type(error).__name__, error)
        answer["module"] = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    sys.stdout.flush()
    with open(request["result"], "w", encoding="utf-8") as f:
        json.dump(answer, f, default=str)
    return 0 if "value" in answer else 1


if __name__ == "__main__":
    sys.exit(main())
