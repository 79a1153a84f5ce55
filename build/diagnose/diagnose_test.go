package diagnose

import (
	"strings"
	"testing"
	"time"

	"wheelyard/build/sandbox"
	"wheelyard/yard"
)

var (
	old   = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	py311 = time.Date(2022, 10, 24, 0, 0, 0, 0, time.UTC)
	young = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

// What tools really print; shortened.
var examples = []struct {
	rule   string
	class  yard.Class
	reason string // part of it
	advice string // part of it
	e      Evidence
}{
	{"limit", yard.Limits, "more time", "raise time", Evidence{Exceeded: sandbox.Wall, Output: "fatal error: krb5.h: No such file or directory"}},
	{"limit", yard.Limits, "processor time", "raise cpu", Evidence{Exceeded: sandbox.CPU}},
	{"limit", yard.Limits, "memory", "raise memory", Evidence{Exceeded: sandbox.Memory}},
	{"limit", yard.Limits, "want of memory", "raise memory", Evidence{Starved: sandbox.Memory, Output: "x"}},
	{"limit", yard.Limits, "disk", "raise disk", Evidence{Exceeded: sandbox.Disk}},
	{"limit", yard.Limits, "more files", "", Evidence{Exceeded: sandbox.Inodes}},
	{"limit", yard.Limits, "printed", "raise log", Evidence{Exceeded: sandbox.Output}},
	{"limit", yard.Infrastructure, "nearly full", "room", Evidence{Exceeded: sandbox.HostDisk}},

	{"backend", yard.BuildRequirement, "poetry.core", "", Evidence{Unusable: "the build backend poetry.core.masonry.api can't be imported: No module named 'poetry'"}},
	{"backend-path", yard.SourceFault, "leads out", "", Evidence{Unusable: "backend-path '../x' leads out of the source"}},
	{"tmp-full", yard.Limits, "temporary", "memory", Evidence{Output: "/usr/bin/ld: final link failed: No space left on device\n"}},
	{"file-too-large", yard.Limits, "larger", "disk", Evidence{Output: "OSError: [Errno 27] File too large\n"}},
	{"killed-compiler", yard.Limits, "cc1plus", "memory", Evidence{Output: "c++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n"}},
	{"no-memory", yard.Limits, "memory", "memory", Evidence{Output: "Traceback (most recent call last):\nMemoryError\n"}},
	{"no-processes", yard.Limits, "processes", "processes", Evidence{Output: "BlockingIOError: [Errno 11] Resource temporarily unavailable\n"}},

	{"longintrepr", yard.PythonTooNew, "longintrepr.h", "", Evidence{Output: "src/lxml/etree.c:97:12: fatal error: longintrepr.h: No such file or directory\n   97 |   #include \"longintrepr.h\"\n"}},
	{"python-headers", yard.PythonTooNew, "frameobject.h", "", Evidence{Output: "x.c:2:10: fatal error: frameobject.h: No such file or directory\n", Uploaded: old, Released: py311}},
	{"header", yard.MissingLibrary, "frameobject.h", "", Evidence{Output: "x.c:2:10: fatal error: frameobject.h: No such file or directory\n", Uploaded: young, Released: py311}},
	{"use_2to3", yard.BuildRequirement, "Python 2", "setuptools<58", Evidence{Output: "error in suds-jurko setup command: use_2to3 is invalid.\n", Error: "SystemExit: error in suds-jurko setup command: use_2to3 is invalid."}},
	{"python-internals", yard.PythonTooNew, "_PyErr_StackItem", "", Evidence{Uploaded: old, Released: py311, Output: "src/greenlet/greenlet.c:173:17: error: ‘_PyErr_StackItem’ {aka ‘struct _err_stackitem’} has no member named ‘exc_type’\n"}},
	{"python-internals", yard.PythonTooNew, "PyFrameObject", "", Evidence{Uploaded: old, Released: py311, Output: "x.c:3:34: error: invalid use of incomplete typedef ‘PyFrameObject’ {aka ‘struct _frame’}\n"}},
	{"python-internals", yard.PythonTooNew, "PyCode_New", "", Evidence{Uploaded: old, Released: py311, Output: "x.c:7:68: error: too few arguments to function ‘PyCode_New’\n"}},
	{"python-symbols", yard.PythonTooNew, "_PyGC_FINALIZED", "", Evidence{Uploaded: old, Released: py311, Output: "/usr/bin/ld: x.o: in function `f':\nx.c:(.text+0xa): undefined reference to `_PyGC_FINALIZED'\ncollect2: error: ld returned 1 exit status\n"}},
	{"struct-member", yard.PythonTooNew, "use_tracing", "", Evidence{Output: "x.c:4:36: error: ‘PyThreadState’ {aka ‘struct _ts’} has no member named ‘use_tracing’; did you mean ‘tracing’?\n"}},
	{"py-macro", yard.PythonTooNew, "Py_TYPE", "", Evidence{Output: "x.c:5:32: error: lvalue required as left operand of assignment\n    5 | void h(PyObject*o){ Py_TYPE(o) = &PyLong_Type; }\n"}},
	{"python2", yard.PythonTooNew, "Missing parentheses", "", Evidence{Output: "  File \"/build/src/setup.py\", line 7\n    print \"hello\"\n    ^^^^^^^^^^^^^\nSyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?\n"}},
	{"python-says-no", yard.PythonTooNew, "PyO3", "", Evidence{Output: "error: the configured Python interpreter version (3.13) is newer than PyO3's maximum supported version (3.12)\n"}},
	{"gone-from-stdlib", yard.PythonTooNew, "imp", "", Evidence{Output: "ModuleNotFoundError: No module named 'imp'\n", Module: "imp", Error: "ModuleNotFoundError: No module named 'imp'"}},
	{"gone-from-modules", yard.PythonTooNew, "getargspec", "", Evidence{Output: "AttributeError: module 'inspect' has no attribute 'getargspec'\n", Uploaded: old, Released: py311}},

	{"python-h", yard.MissingLibrary, "Python.h", "python3-dev", Evidence{Output: "a.c:1:10: fatal error: Python.h: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "krb5.h", "libkrb5-dev", Evidence{Output: "a.c:1:10: fatal error: krb5.h: No such file or directory\n    1 | #include <krb5.h>\ncompilation terminated.\n"}},
	{"header", yard.MissingLibrary, "libxml/xmlversion.h", "libxml2-dev", Evidence{Output: "src/lxml/includes/etree_defs.h:14:10: fatal error: libxml/xmlversion.h: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "yaml.h", "libyaml-dev", Evidence{Output: "yaml/_yaml.h:2:10: fatal error: yaml.h: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "boost/python.hpp", "libboost-python-dev", Evidence{Output: "<stdin>:1:10: fatal error: boost/python.hpp: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "openssl/whrlpool.h", "libssl-dev", Evidence{Output: "a.c:1:10: fatal error: openssl/whrlpool.h: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "foo/unheard_of.h", "apt-file search /foo/unheard_of.h", Evidence{Output: "a.c:1:10: fatal error: foo/unheard_of.h: No such file or directory\n"}},
	{"header", yard.MissingLibrary, "zmq.h", "libzmq3-dev", Evidence{Output: "_configtest.c:1:10: fatal error: sodium.h: No such file or directory\nb.c:2:10: fatal error: zmq.h: No such file or directory\nconftest.c:1:10: fatal error: ev.h: No such file or directory\n"}},
	{"swig-include", yard.MissingLibrary, "openssl/opensslconf.h", "libssl-dev", Evidence{Output: "SWIG/_m2crypto.i:30: Error: Unable to find 'openssl/opensslconf.h'\n"}},
	{"linker", yard.MissingLibrary, "erasurecode", "liberasurecode-dev", Evidence{Output: "/usr/bin/ld: cannot find -lerasurecode: No such file or directory\ncollect2: error: ld returned 1 exit status\n"}},
	{"linker", yard.MissingLibrary, "ssl", "libssl-dev", Evidence{Output: "/usr/bin/ld: cannot find -lssl\ncollect2: error: ld returned 1 exit status\n"}},
	{"pkg-config", yard.MissingLibrary, "libvirt", "libvirt-dev", Evidence{Output: "Package libvirt was not found in the pkg-config search path.\nPerhaps you should add the directory containing `libvirt.pc'\nto the PKG_CONFIG_PATH environment variable\nPackage 'libvirt', required by 'virtual:world', not found\n"}},
	{"pkg-config", yard.MissingLibrary, "girepository-2.0", "libgirepository-2.0-dev", Evidence{Output: "../meson.build:31:9: ERROR: Dependency \"girepository-2.0\" not found, tried pkgconfig\n"}},
	{"program", yard.MissingLibrary, "swig", "install swig", Evidence{Output: "swigging SWIG/_m2crypto.i to SWIG/_m2crypto_wrap.c\nerror: command 'swig' failed: No such file or directory\n"}},
	{"program", yard.MissingLibrary, "krb5-config", "libkrb5-dev", Evidence{Output: "/bin/sh: 1: krb5-config: not found\n"}},
	{"program", yard.MissingLibrary, "gfortran", "gfortran", Evidence{Output: "FileNotFoundError: [Errno 2] No such file or directory: 'gfortran'\n"}},
	{"own-file", yard.SourceFault, "requirements.txt", "", Evidence{Output: "FileNotFoundError: [Errno 2] No such file or directory: 'requirements.txt'\n", Error: "FileNotFoundError: …"}},
	{"own-file", yard.SourceFault, "README", "", Evidence{Output: "FileNotFoundError: [Errno 2] No such file or directory: 'README'\n"}},
	{"said-program", yard.MissingLibrary, "pg_config", "libpq-dev", Evidence{Output: "Error: pg_config executable not found.\n\npg_config is required to build psycopg2 from source.\n"}},
	{"rust", yard.MissingLibrary, "Rust", "cargo", Evidence{Output: "error: can't find Rust compiler\n"}},
	{"rust-too-old", yard.MissingLibrary, "requires rustc 1.70", "newer", Evidence{Output: "error: package `clap v4.4.0` cannot be built because it requires rustc 1.70.0 or newer, while the currently active rustc version is 1.63.0\n"}},
	{"compiler", yard.MissingLibrary, "compiler", "g++", Evidence{Output: "configure: error: no acceptable C compiler found in $PATH\n"}},
	{"said-shared", yard.MissingLibrary, "liberasurecode", "liberasurecode-dev", Evidence{Output: "*** Can not locate liberasurecode.so.1\n***   Debian/Ubuntu variants: liberasurecode-dev\n", Error: "SystemExit: -1"}},
	{"said-package", yard.MissingLibrary, "libsnappy-dev", "apt-get install libsnappy-dev", Evidence{Output: "On Debian or Ubuntu, try: sudo apt install libsnappy-dev\n"}},
	{"cmake", yard.MissingLibrary, "OpenSSL", "libssl-dev", Evidence{Output: "CMake Error at FindPackageHandleStandardArgs.cmake:230 (message):\n  Could NOT find OpenSSL, try to set the path to OpenSSL root folder\n"}},

	{"fetch-requirement", yard.BuildRequirement, "pbr>=1.8", "pyproject", Evidence{Output: "distutils.errors.DistutilsError: Could not find suitable distribution for Requirement.parse('pbr>=1.8')\n"}},
	{"network", yard.SourceFault, "download", "before", Evidence{Output: "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>\n"}},
	{"module", yard.BuildRequirement, "numpy", "", Evidence{Output: "ModuleNotFoundError: No module named 'numpy'\n", Error: "ModuleNotFoundError: No module named 'numpy'", Module: "numpy"}},
	{"module-said", yard.BuildRequirement, "Cython", "", Evidence{Output: "ImportError: No module named 'Cython'\nerror: command failed\n"}},
	{"setuptools-changed", yard.BuildRequirement, "cython_sources", "setuptools", Evidence{Output: "AttributeError: cython_sources\n", Error: "AttributeError: cython_sources"}},
	{"cython", yard.BuildRequirement, "Cython", "version", Evidence{Output: "Error compiling Cython file:\n------\n"}},
	{"fortran", yard.MissingLibrary, "Fortran", "gfortran", Evidence{Output: "numpy.distutils.fcompiler.CompilerNotFound: no Fortran compiler found\n"}},
	{"said-library", yard.MissingLibrary, "jpeg", "libjpeg-dev", Evidence{Output: "The headers or library files could not be found for jpeg,\na required dependency when compiling Pillow from source.\n"}},
	{"said-library", yard.MissingLibrary, "libxml2 and libxslt", "apt-get install libxml2-dev libxslt1-dev", Evidence{Output: "Error: Please make sure the libxml2 and libxslt development packages are installed.\n"}},
	{"swig-output", yard.MissingLibrary, "SWIG", "apt-get install swig", Evidence{Output: "x86_64-linux-gnu-gcc -c SWIG/_m2crypto_wrap.c\nSWIG/_m2crypto_wrap.c:9511:19: error: invalid use of undefined type ‘struct stack_st’\n"}},
	{"openssl", yard.SourceFault, "RSA_SSLV23_PADDING", "OpenSSL", Evidence{Output: "swigging SWIG/_m2crypto.i to SWIG/_m2crypto_wrap.c\nSWIG/_m2crypto_wrap.c:32549:102: error: ‘RSA_SSLV23_PADDING’ undeclared (first use in this function); did you mean ‘RSA_NO_PADDING’?\n"}},
	{"python-internals", yard.PythonTooNew, "PyFrameObject, which this Python no longer has, or has in another form, in code that an old Cython made", "", Evidence{Uploaded: old, Released: py311, Output: "src/lxml/etree.c:1:1: note: in expansion of macro ‘__Pyx_PyFrame_SetLineNumber’\nx.c:3:34: error: invalid use of incomplete typedef ‘PyFrameObject’ {aka ‘struct _frame’}\n"}},
	{"pkg-config", yard.MissingLibrary, "girepository-2.0", "Debian 13", Evidence{Output: "ERROR: Dependency \"girepository-2.0\" not found, tried pkgconfig\n"}},
	{"cython-output", yard.PythonTooNew, "__pyx_", "Cython", Evidence{Uploaded: old, Released: py311, Output: "src/x.c:9:1: error: ‘__pyx_frame’ undeclared\n"}},
	{"processes-starved", yard.Limits, "processes", "processes", Evidence{Starved: sandbox.Procs, Status: 1}},
	{"killed", yard.Limits, "killed", "", Evidence{Status: 137}},

	{"none", yard.SourceFault, "m.c:1:15: error: unknown type name ‘syntax’", "", Evidence{Status: 1, Error: "CompileError: command failed", Output: "m.c: In function ‘f’:\nm.c:1:15: error: unknown type name ‘syntax’\n    1 | int f(void) { syntax error here; }\nm.c:1:28: error: expected ‘=’\nerror: command '/usr/bin/gcc' failed with exit code 1\n"}},
	{"none", yard.SourceFault, "ValueError: bad", "", Evidence{Status: 1, Error: "ValueError: bad", Output: "Traceback\nValueError: bad\n"}},
	{"none", yard.SourceFault, "signal 11", "", Evidence{Status: 139}},
	{"none", yard.SourceFault, "status 3", "", Evidence{Status: 3}},
	{"none", yard.SourceFault, "implicit", "", Evidence{Uploaded: old, Released: py311, Status: 1, Output: "x.c:7:50: warning: implicit declaration of function ‘_PyUnicode_Foo’\nx.c:9:1: error: implicit trouble\n"}},
}

func TestExamples(t *testing.T) {
	seen := map[string]bool{"none": true, "limit": true}
	for _, c := range examples {
		f := Failure(c.e)
		seen[f.Rule] = true
		if f.Rule != c.rule || f.Class != c.class || !strings.Contains(f.Reason, c.reason) || !strings.Contains(f.Advice, c.advice) {
			t.Errorf("%.80q, %v:\n got %q %s: %s; %s\nwant %q %s: …%s…; …%s…", c.e.Output, c.e.Exceeded, f.Rule, f.Class, f.Reason, f.Advice, c.rule, c.class, c.reason, c.advice)
		}
		if strings.Contains(f.Reason, "\n") || strings.Contains(f.Reason, "$") {
			t.Errorf("%s: the reason is %q", c.rule, f.Reason)
		}
	}
	for _, r := range rules {
		if !seen[r.name] {
			t.Errorf("the rule %q has no example", r.name)
		}
	}
}

// TestMissing: an optional part was left out, without an error.
func TestMissing(t *testing.T) {
	got := Missing("build/temp/check_libyaml.c:2:10: fatal error: yaml.h: No such file or directory\nlibyaml is not found or a compiler error: forcing --without-libyaml\n" +
		"/bin/sh: 1: krb5-config: not found\n/bin/sh: 1: krb5-config: not found\n")
	if want := "the header yaml.h is missing: apt-get install libyaml-dev; the program krb5-config is missing: apt-get install libkrb5-dev"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Missing("all is well\n"); got != "" {
		t.Errorf("%q", got)
	}
}

func FuzzFailure(f *testing.F) {
	for _, c := range examples {
		f.Add(c.e.Output, c.e.Error, c.e.Status)
	}
	f.Fuzz(func(t *testing.T, output, err string, status int) {
		got := Failure(Evidence{Output: output, Error: err, Status: status, Uploaded: old, Released: py311})
		if got.Class == "" || got.Class == yard.Built || len(got.Reason) > longest+len("…") || strings.Contains(got.Reason, "\n") {
			t.Errorf("%+v", got)
		}
	})
}

func BenchmarkFailure(b *testing.B) {
	e := Evidence{Status: 1, Output: strings.Repeat("copying build/lib.linux/demo/module.py -> build/bdist.linux/wheel/demo\n", 9000)}
	b.SetBytes(int64(len(e.Output)))
	for b.Loop() {
		Failure(e)
	}
}
