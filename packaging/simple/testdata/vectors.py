#!/usr/bin/env python3
"""Writes vectors.json: pages, and the links that pip's own parser finds in them.

Run with an interpreter that has pip; the version used is noted in the file:

    python3 packaging/simple/testdata/vectors.py > packaging/simple/testdata/vectors.json
"""

import html
import json
import random
import sys

import pip
from pip._internal.index.collector import IndexContent, parse_links

URL = "https://index.example/simple/demo/"
HTML, JSON = "text/html", "application/vnd.pypi.simple.v1+json"

PAGES = [
    # HTML as it is met
    '<!DOCTYPE html><html><body><a href="demo-1.0.tar.gz#sha256=ab">demo-1.0.tar.gz</a></body></html>',
    '<A HREF=demo-1.0.tar.gz>x</A>',
    "<a href='../../files/demo-1.0-py3-none-any.whl#md5=00' data-requires-python='&gt;=3.6,&lt;4'>demo</a>",
    '<a href="https://other.example/p/demo-1.0.zip?x=1&amp;y=2#sha512=ff" rel=internal>demo-1.0.zip</a>',
    '<a href="//other.example/demo-1.0.zip">demo-1.0.zip</a>',
    '<a href="/root/demo-1.0.zip">demo-1.0.zip</a>',
    '<a href="demo-1.0%2Bcu1.tar.gz">demo-1.0+cu1.tar.gz</a>',
    '<a href="demo 1.0.tar.gz">spaces</a><a href=" demo-2.tar.gz">before</a><a href="de\nmo-3.tar.gz">within</a>',
    '<base href="https://base.example/dir/page.html"><a href="demo-1.0.tar.gz">x</a><a href="../demo-2.tar.gz">x</a>',
    '<a href="demo-1.0.tar.gz">x</a><base href="https://base.example/late/"><base href="https://base.example/later/">',
    '<base target="_top"><base href="https://base.example/one/"><a href="demo-1.0.tar.gz">x</a>',
    '<base href=""><a href="demo-1.0.tar.gz">x</a>',
    '<a href="">x</a><a>y</a><a name="z">z</a><a href="demo-1.zip">x</a>',
    '<!-- <a href="demo-0.tar.gz">x</a> --><a href="demo-1.zip">x</a>',
    '<script>document.write("<a href=demo-0.zip>")</script><style>a{}</style><a href="demo-1.zip">x</a>',
    '<a href="demo-1.zip" data-yanked="">x</a><a href="demo-2.zip" data-yanked="bad &amp; old">x</a>',
    '<a href="demo-1-py3-none-any.whl" data-core-metadata="sha256=aa" data-dist-info-metadata="sha256=bb">x</a>',
    '<a href="demo-1-py3-none-any.whl" data-dist-info-metadata="true">x</a><a href="demo-2-py3-none-any.whl" data-core-metadata="">x</a>',
    '<a href="demo-1-py3-none-any.whl" data-core-metadata="false">x</a>',
    '<a href="demo-1-py3-none-any.whl" data-core-metadata="true" data-dist-info-metadata="sha256=bb">x</a>',
    '<a href="demo-1.zip#egg=demo&sha256=cc">x</a><a href="demo-2.zip#sha256=cc&egg=demo&subdirectory=a">x</a>',
    '<a href="demo-1.zip"><a href="demo-2.zip">',
    '<a href="demo-1.zip" data-requires-python="">x</a>',
    '<a href="demo-1.zip"/>',
    '<td><a\n  href = "demo-1.zip"\n  data-requires-python = \'>=3\' >x</td>',
    '<a href="d&eacute;mo-1.zip">x</a><a href="d\u00e9mo-2.zip">x</a><a href="d%C3%A9mo-3.zip">x</a>',
    '<p>no link at all',
    '',
    # JSON as it is met
    {"files": []},
    {"files": [{"filename": "demo-1.zip", "url": "demo-1.zip", "hashes": {"sha256": "aa", "md5": "bb"}}]},
    {"files": [{"filename": "demo-1.zip", "url": "demo-1.zip#sha256=cc", "hashes": {"sha256": "aa"}}]},
    {"files": [{"filename": "demo-1.zip", "url": "https://o.example/demo-1.zip", "hashes": {}, "yanked": y} for y in (True, False, None, "", "why", 1, 0, [], {}, [0], {"a": 0}, 0.0)]},
    {"files": [{"filename": "demo-1.zip", "url": "demo-1.zip", "hashes": {}, "requires-python": r} for r in (None, "", ">=3", "nonsense")]},
    {"files": [{"filename": "demo-1-py3-none-any.whl", "url": "demo-1-py3-none-any.whl", "hashes": {}, "core-metadata": c, "dist-info-metadata": d}
               for c in (None, True, False, {"sha256": "aa"}, {}) for d in (None, True, False, {"sha256": "bb"})]},
    {"files": [{"filename": "demo-1.zip", "url": "demo-1.zip", "hashes": {}, "upload-time": t}
               for t in (None, "", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.5Z", "2020-01-02T03:04:05.123456Z", "2020-01-02T03:04:05+02:00", "2020-12-31T23:59:59.999999Z")]},
    {"files": [{"filename": "demo-1.zip", "url": None, "hashes": {}}, {"filename": "demo-2.zip", "url": "demo-2.zip", "hashes": {}, "unknown": [{"a": [1, 2.5e3, None]}]}]},
    {"meta": {"api-version": "1.1", "_last-serial": 7}, "name": "Demo", "versions": ["1"], "files": [{"filename": "demo-1\u00e9.zip", "url": "demo-1\u00e9.zip", "hashes": {}, "size": 3, "gpg-sig": True, "provenance": None}]},
]


def random_html(r):
    parts = []
    for n in range(r.randrange(6)):
        href = r.choice(["demo-%d.tar.gz", "../f/demo-%d.zip", "https://o.example/a/demo-%d-py3-none-any.whl", "/demo-%d.tar.gz", "./demo-%d.zip?q=1"]) % n
        href += r.choice(["", "", "#sha256=" + "%064x" % r.getrandbits(256), "#md5=0", "#egg=demo", "#"])
        attrs = [("href", href)]
        for name, values in [
            ("data-requires-python", [">=3.6", "<4,>=2.7", "!=3.0.*", ""]),
            ("data-yanked", ["", "it's \"bad\"", "<b>&amp;</b>"]),
            ("data-core-metadata", ["true", "sha256=aa", ""]),
            ("data-dist-info-metadata", ["true", "sha256=bb"]),
            ("rel", ["internal"]),
            ("class", ["a b"]),
        ]:
            if r.random() < 0.4:
                attrs.append((name, r.choice(values)))
        r.shuffle(attrs)
        quote = r.choice("\"'")
        spaces = r.choice([" ", "\n  ", "\t"])
        tag = r.choice(["a", "A"]) + spaces + spaces.join("%s=%s%s%s" % (k if r.random() < 0.8 else k.upper(), quote, html.escape(v), quote) for k, v in attrs)
        parts.append("<" + tag + r.choice([">", " >", " />"]) + r.choice(["demo", "", "<b>x</b>", "&lt;"]) + r.choice(["</a>", "</a><br/>", "", "</A>\n"]))
        parts.append(r.choice(["", "\n", "<p>", "<!-- c -->", "<hr/>", "text & more", "</td>", "<a name=x>", "<?php ?>", "<!DOCTYPE html>"]))
    return "".join(parts)


def link(x):
    m = x.metadata_file_data
    return {
        "url": x.url_without_fragment,
        "filename": x.filename,
        "requires_python": x.requires_python or "",
        "yanked": x.yanked_reason,
        "hashes": x._hashes,
        "core_metadata": m is not None,
        "core_metadata_hashes": (m.hashes if m else None) or {},
        "upload_time": x.upload_time.timestamp() if x.upload_time else None,
    }


def main():
    r = random.Random(503)
    pages = PAGES + [random_html(r) for _ in range(120)]
    out = []
    for page in pages:
        kind = HTML if isinstance(page, str) else JSON
        text = page if isinstance(page, str) else json.dumps(page)
        links = parse_links(IndexContent(text.encode(), kind, "utf-8", URL, cache_link_parsing=False))
        out.append({"type": kind, "page": text, "links": [link(x) for x in links]})
    head = {"pip": pip.__version__, "url": URL}
    print(json.dumps(head)[:-1] + ', "pages": [\n' + ",\n".join(json.dumps(p) for p in out) + "\n]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
