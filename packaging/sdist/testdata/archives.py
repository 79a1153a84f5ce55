#!/usr/bin/env python3
"""Writes archives/: one small sdist as Python's own libraries write it, in each format and variant that Go's libraries don't write.

    python3 packaging/sdist/testdata/archives.py packaging/sdist/testdata/archives
"""

import bz2
import io
import lzma
import os
import sys
import tarfile


def add(tar, name, kind=tarfile.REGTYPE, data=b"", mode=0o644, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode, info.linkname = kind, len(data), mode, link
    tar.addfile(info, io.BytesIO(data))


def demo(format):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, pax_headers={"comment": "of the whole"}) as tar:
        add(tar, "demo-1.0/", tarfile.DIRTYPE, mode=0o755)
        add(tar, "demo-1.0/setup.py", data=b"import setuptools\n" * 500)
        add(tar, "demo-1.0/configure", data=b"#!/bin/sh\n", mode=0o755)
        add(tar, "demo-1.0/" + "long/" * 30 + "name" * 20, data=b"long")
        add(tar, "demo-1.0/caf\u00e9.txt", data=b"accent")
        add(tar, "demo-1.0/link", tarfile.SYMTYPE, link="setup.py")
        add(tar, "demo-1.0/long/same", tarfile.LNKTYPE, link="demo-1.0/configure")
    return out.getvalue()


def main(folder):
    gnu, pax = demo(tarfile.GNU_FORMAT), demo(tarfile.PAX_FORMAT)
    half = len(gnu) // 2
    files = {
        "gnu.tar.bz2": bz2.compress(gnu),
        "two-streams.tbz": bz2.compress(gnu[:half]) + bz2.compress(gnu[half:]),
        "pax.tar.xz": lzma.compress(pax),
        "crc32.txz": lzma.compress(gnu, check=lzma.CHECK_CRC32),
        "sha256.txz": lzma.compress(gnu, check=lzma.CHECK_SHA256),
        "unchecked.txz": lzma.compress(gnu, check=lzma.CHECK_NONE),
        "two-streams.tar.xz": lzma.compress(gnu[:half]) + bytes(8) + lzma.compress(gnu[half:], preset=9) + bytes(4),
        "literal.txz": lzma.compress(gnu, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "lc": 0, "lp": 2, "pb": 0, "dict_size": 1 << 20}]),
        "alone.tar.lzma": lzma.compress(pax, format=lzma.FORMAT_ALONE),
        "alone.tlz": lzma.compress(gnu, format=lzma.FORMAT_ALONE),
        "filtered.txz": lzma.compress(gnu, filters=[{"id": lzma.FILTER_DELTA, "dist": 1}, {"id": lzma.FILTER_LZMA2}]),
    }
    os.makedirs(folder, exist_ok=True)
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
