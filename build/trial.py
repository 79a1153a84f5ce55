# Imports the modules of a wheel, in a sandbox without compilers, and says what became of each.
# Usage: trial.py '{"site": …, "top": […], "modules": {"a._x": "a/_x.so"}, "result": …}'
# Each line of the result is a JSON object; "begin" without an end means that the interpreter died there.
import importlib
import json
import os
import sys


def dlopen(path):
    """What the loader says about an extension module by itself; None when it can be loaded, or when that can't be tried."""
    try:
        import ctypes
    except ImportError:
        return None
    try:
        ctypes.CDLL(path, mode=os.RTLD_NOW | os.RTLD_LOCAL)
    except OSError as error:
        return str(error)


def main():
    request = json.loads(sys.argv[1])
    del sys.path[0]
    sys.path.insert(0, request["site"])
    sys.dont_write_bytecode = True
    sys.argv[:] = [""]
    own = set(request["top"])
    with open(request["result"], "w", encoding="utf-8") as out:

        def say(**what):
            out.write(json.dumps(what) + "\n")
            out.flush()

        def attempt(name, file):
            say(begin=name)
            said = {"module": name, "outcome": "ok"}
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                missing = (error.name or "").partition(".")[0]
                said.update(outcome="own" if missing in own else "missing", missing=error.name, error=str(error))
            except ImportError as error:
                path = error.path or ""
                broken = path.startswith(request["site"]) and (path.endswith(".so") or ".so." in path)
                said.update(outcome="broken" if broken else "failed", error=str(error))
            except BaseException as error:
                said.update(outcome="failed", error="%s: %s" % (type(error).__name__, error))
            if said["outcome"] in ("missing", "failed") and file:
                loader = dlopen(os.path.join(request["site"], file))
                if loader and "undefined symbol" in loader:
                    said.update(outcome="broken", error=loader)
            say(**said)

        for name in request["top"]:
            attempt(name, request["modules"].get(name))
        for name, file in sorted(request["modules"].items()):
            if name not in own:
                attempt(name, file)
        say(done=True)
    os._exit(0)


main()
