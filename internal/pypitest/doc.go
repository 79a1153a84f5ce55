// Package pypitest serves a package index on loopback to tests: small projects written as txtar files, recorded pages,
// real files, and every way in which an index can misbehave.
//
//	up := pypitest.New(t, "testdata/index")      // a txtar file, or a folder of them
//	up.Fault("/simple/broken/", pypitest.Fault{Status: 503, Times: 2, RetryAfter: "1"})
//	pip install --index-url up.URL …
//
// It writes its pages with code of its own, so that the packages under test never read what they wrote themselves.
// Everything it makes out of a txtar file is the same, bit for bit, whenever and wherever it is made.
//
// # The txtar form
//
// One file describes one project, or a part of one. Its comment holds "key: value" lines; each section belongs to a distribution:
//
//	project: Demo.Pkg
//	status: archived
//
//	-- demo_pkg-1.0.tar.gz --
//	upload-time: 2021-05-01T10:00:00Z
//	requires-python: >=3.8
//	-- demo_pkg-1.0.tar.gz/setup.py --
//	from setuptools import setup
//	setup()
//	-- demo_pkg-1.0-py3-none-any.whl/demo_pkg.py --
//	answer = 42
//
// Keys of the comment: project (needed), status, status-reason. Lines that begin with '#' are left out.
//
// A section named like the distribution alone holds its attributes, also as "key: value" lines:
//
//	upload-time      RFC 3339; default 2020-01-01T00:00:00Z; "none" leaves it out
//	requires-python  on the page and in generated metadata
//	requires-dist    in generated metadata; may be repeated
//	yanked           with a reason, or empty
//	sha256, size     said instead of the truth; "none" leaves them out
//	core-metadata    "no" offers none for a wheel
//	provenance       an address
//	top              folder at the top of an sdist; default: the file name without its ending
//	version          in generated metadata; default: that of the file name
//	name             in generated metadata; default: the project as spelt
//	mode PATH        permissions of one member, in octal: "mode bin/run: 755"
//
// A section DISTRIBUTION/PATH is a member of it; an sdist's members are put below its top folder. A member that begins with "#!" is executable.
// What is not given is generated: PKG-INFO of an sdist; METADATA, WHEEL and RECORD of a wheel, its tags out of the file name.
// Distributions are .tar.gz, .tgz, .zip and .whl; anything else, and hostile archives, go in through [Server.AddFile].
package pypitest
