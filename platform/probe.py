"""Prints what this interpreter is, as JSON. Runs on every Python from 3.6, isolated (-I -S)."""
import json
import os
import platform
import sys
import sysconfig


def full_version(info):
    version = "{0.major}.{0.minor}.{0.micro}".format(info)
    if info.releaselevel != "final":
        version += info.releaselevel[0] if info.releaselevel != "candidate" else "rc"
        version += str(info.serial)
    return version


def libc():
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION")
        if said:
            return said
    except (AttributeError, OSError, ValueError):
        pass
    try:
        import ctypes

        ask = ctypes.CDLL(None).gnu_get_libc_version
        ask.restype = ctypes.c_char_p
        return "glibc " + ask().decode("ascii")
    except (ImportError, AttributeError, OSError, UnicodeDecodeError):
        return ""


def headers():
    paths = [sysconfig.get_path("include"), sysconfig.get_path("platinclude"), sysconfig.get_config_var("INCLUDEPY")]
    for path in paths:
        if path and os.path.isfile(os.path.join(path, "Python.h")):
            return path
    return ""


def flag(name):
    return bool(sysconfig.get_config_var(name))


python_full_version = platform.python_version()
if python_full_version.endswith("+"):  # built between releases: as packaging reads it
    python_full_version += "local"

print(json.dumps({
    "executable": os.path.realpath(sys.executable) if sys.executable else "",
    "stdlib": os.path.dirname(os.__file__),
    "include": headers(),
    "include_wanted": sysconfig.get_path("include") or "",
    "version": full_version(sys.version_info),
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "ext_suffix": sysconfig.get_config_var("EXT_SUFFIX") or "",
    "free_threaded": flag("Py_GIL_DISABLED"),
    "debug": flag("Py_DEBUG") or hasattr(sys, "gettotalrefcount"),
    "pymalloc": flag("WITH_PYMALLOC"),
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "platform": sysconfig.get_platform(),
    "libc": libc(),
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": full_version(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": python_full_version,
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    },
}))
