package diagnose

import (
	"regexp"
	"strings"

	"wheelyard/build/sandbox"
	"wheelyard/yard"
)

func re(s string) *regexp.Regexp { return regexp.MustCompile(`(?m)` + s) }

// older: the sdist was made before the interpreter was, and cannot know it.
func older(e Evidence) bool {
	return !e.Uploaded.IsZero() && !e.Released.IsZero() && e.Uploaded.Before(e.Released)
}

// internals of CPython that newer versions changed or took away: structures whose members went, functions and headers that are gone.
const internals = `Py(?:ThreadState|FrameObject|InterpreterState|CodeObject|TypeObject|UnicodeObject|LongObject|DictObject|_tstate)|_PyErr_StackItem|` +
	`_frame|_ts|_is|CFrame|tp_print|ob_digit|ob_type|ob_size|f_code|f_back|f_lasti|exc_type|curexc_|recursion_depth|use_tracing|cframe|` +
	`_?PyUnicode_\w+|PyEval_\w+|_?PyLong_\w+|PyObject_GC_UnTrack|_PyGC_\w+|_PyThreadState_\w+|_PyBytes_\w+|_PyInterpreterState\w*|` +
	`PyCode_New\w*|PyCFunction_\w+|_PyObject_\w+|_Py_\w+|Py_UNICODE\w*|_PyDict_\w+|PyModule_\w+|PyTrash\w*|Py_TRASHCAN\w*|_PyString_\w+|_PyCFunctionFast\w*`

// Use2to3 is the rule of sources that setuptools before 58 would have translated from Python 2.
const Use2to3 = "use_2to3"

// rules in the order in which they are asked: what names a missing thing before what merely follows from it.
var rules = []rule{
	// A backend that isn't there, or breaks in its own code, is the environment's fault: another one may do.
	{name: "backend", when: func(e Evidence) bool { return e.Unusable != "" && !strings.Contains(e.Unusable, "backend-path") },
		class: yard.BuildRequirement, reason: "$unusable", advice: fixed("another build requirement, or another version of one, may help")},
	{name: "backend-path", when: func(e Evidence) bool { return e.Unusable != "" },
		class: yard.SourceFault, reason: "$unusable"},

	// The machine.
	{name: "tmp-full", pattern: re(`(?:No space left on device|\[Errno 28\]|cannot write.*: Disk quota exceeded)`),
		class: yard.Limits, reason: "it filled its temporary folder, which is in memory", advice: fixed("raise memory in [limits]: half of it is the size of /tmp")},
	{name: "file-too-large", pattern: re(`(?:File size limit exceeded|\[Errno 27\] File too large)`),
		class: yard.Limits, reason: "one of its files is larger than it may be", advice: fixed("raise disk in [limits]")},
	{name: "killed-compiler", pattern: re(`(?:fatal error: Killed signal terminated program (\w+)|internal compiler error: Killed \(program (\w+)\))`),
		class: yard.Limits, reason: "$1 was ended for want of memory", advice: fixed("raise memory in [limits]")},
	{name: "no-memory", pattern: re(`^(?:MemoryError\b|virtual memory exhausted: Cannot allocate memory|.*(?:cc1plus|cc1|ld|collect2|rustc): (?:out of memory|error: .*memory exhausted)|terminate called after throwing an instance of 'std::bad_alloc'|memory allocation of \d+ bytes failed)`),
		class: yard.Limits, reason: "it ran out of memory", advice: fixed("raise memory in [limits]")},
	{name: "no-processes", pattern: re(`(?:fork: (?:retry: )?Resource temporarily unavailable|BlockingIOError: \[Errno 11\] Resource temporarily unavailable|can't start new thread|vfork: Resource temporarily unavailable)`),
		class: yard.Limits, reason: "it started more processes than it may", advice: fixed("raise processes in [limits]")},

	// The source doesn't know this Python.
	{name: "longintrepr", pattern: re(`fatal error: (longintrepr\.h): No such file`),
		class: yard.PythonTooNew, reason: "it includes $1, which Python no longer has since 3.11"},
	{name: "python-headers", pattern: re(`fatal error: ((?:frameobject|code|pystate|cStringIO|node|parsetok|grammar|symtable|pyarena|Python-ast|structmember|pyfpe|asdl|eval)\.h|internal/\w+\.h): No such file`), when: older,
		class: yard.PythonTooNew, reason: "it includes $1, which this Python doesn't have"},
	{name: Use2to3, pattern: re(`(?:error in .* setup command: use_2to3 is invalid|error: (?:invalid command )?'?use_2to3)`),
		class: yard.BuildRequirement, reason: "it is Python 2 code that setuptools before 58 would have translated (use_2to3)", advice: fixed("a recipe with setuptools<58 may help")},
	{name: "python-internals", pattern: re(`error: .*?['‘](?:struct )?((?:` + internals + `))\b`), when: older,
		class: yard.PythonTooNew, reason: "it uses $1, which this Python no longer has, or has in another form"},
	{name: "swig-output", pattern: re(`^(\S*_wrap\.c(?:pp|xx)?:\d+:\d+: error: .*)$`), when: func(e Evidence) bool { return !strings.Contains(e.Output, "swigging ") },
		class: yard.MissingLibrary, reason: "without SWIG, it takes what an older one made of it, and that does not compile: $1", advice: fixed("apt-get install swig")},
	{name: "openssl", pattern: re(`error: ['‘](RSA_SSLV23_PADDING|SSLv23_\w+|(?:EVP|HMAC|RSA|DSA|DH|EC|BIO|X509|ENGINE|SSL|FIPS|ERR|CRYPTO)_\w+|(?:dsa|rsa|dh|evp_\w+|hmac_ctx|bio|x509)_st)['’] (?:undeclared|was not declared)`),
		class: yard.SourceFault, reason: "it uses $1, which this system's OpenSSL doesn't have", advice: fixed("it was made for an older OpenSSL: a later version of the project, or a recipe, may help")},
	{name: "python-symbols", pattern: re(`undefined reference to [` + "`" + `'‘](_?Py\w+)'`), when: older,
		class: yard.PythonTooNew, reason: "it uses $1, which this Python no longer has"},
	{name: "struct-member", pattern: re(`error: ['‘](?:struct )?(?:PyThreadState|PyFrameObject|PyInterpreterState|PyTypeObject|_typeobject|_frame|_ts|_is|PyCodeObject)['’](?: \{[^}]*\})?.* has no member named ['‘](\w+)`),
		class: yard.PythonTooNew, reason: "it uses the member $1 of Python's own structures, which is gone"},
	{name: "py-macro", pattern: re(`error: lvalue required as left operand of assignment\s*\n.*\b(Py_(?:TYPE|SIZE|REFCNT))\(`),
		class: yard.PythonTooNew, reason: "it assigns to $1(), which Python allows no more since 3.11"},
	{name: "python2", pattern: re(`^\s*File "(?:setup\.py|/build/src/.*|<string>)", line \d+.*\n(?:.*\n){0,4}SyntaxError: (Missing parentheses in call to 'print'.*|multiple exception types must be parenthesized|invalid syntax.*|leading zeros in decimal.*)`),
		class: yard.PythonTooNew, reason: "its code is Python 2: $1"},
	{name: "python-says-no", pattern: re(`((?:Python (?:version )?(?:>=?|<=?|3\.\d+ or).*(?:required|is not supported|not supported)|Cannot install on Python version .*; only versions .* are supported|.*the configured Python interpreter version \(3\.\d+\) is newer than PyO3's maximum supported version.*))`),
		class: yard.PythonTooNew, reason: "$1"},
	{name: "gone-from-stdlib", pattern: re(`^(?:ModuleNotFoundError|ImportError): No module named '(imp|asyncore|asynchat|smtpd|cgi|crypt|pipes|telnetlib|lib2to3|formatter|parser|symbol|binhex|macpath|dummy_threading|__builtin__|ConfigParser|StringIO|urllib2|urlparse|Queue|commands|cPickle|cStringIO|httplib|sets|HTMLParser|Cookie|__future_builtins__)(?:\.\w+)*'`),
		class: yard.PythonTooNew, reason: "it needs the module $1, which this Python doesn't have"},
	{name: "gone-from-modules", pattern: re(`^AttributeError: (module '(?:ast|inspect|collections|fractions|gettext|configparser|imp|pkgutil|locale|platform|array|asyncio|unittest|string|types|os|time|importlib|typing|re)' has no attribute '[\w.]+'.*|'\w+' object has no attribute 'readfp'.*)`), when: older,
		class: yard.PythonTooNew, reason: "it uses what this Python no longer has: $1"},

	// Something of the system is missing.
	{name: "python-h", pattern: re(`fatal error: (Python\.h|pyconfig\.h): No such file`),
		class: yard.MissingLibrary, reason: "the header $1 is missing", advice: fixed("apt-get install python3-dev (of this interpreter)")},
	{name: "header", pattern: re(`(?:fatal error: |error: cannot find ['"<]?|Cannot open include file: ')([\w./+-]+\.(?:h|hpp|hh|hxx|H)|[a-z_]+)['">]?: (?:No such file or directory|file not found)`),
		class: yard.MissingLibrary, reason: "the header $1 is missing", advice: headerAdvice},
	{name: "swig-include", pattern: re(`Error: Unable to find '([\w./-]+\.h)'`),
		class: yard.MissingLibrary, reason: "the header $1 is missing", advice: headerAdvice},
	{name: "linker", pattern: re(`(?:cannot find -l(?::)?([\w+.-]+?)(?:: No such file or directory)?$|unable to find library -l([\w+.-]+))`),
		class: yard.MissingLibrary, reason: "the library $1 is missing", advice: libraryAdvice},
	{name: "pkg-config", pattern: re(`(?:No package '([\w.+-]+)' found|Package '?([\w.+-]+?)'?,? (?:required by '[^']*', not found|was not found in the pkg-config search path)|Dependency "?([\w.+-]+)"? not found, tried pkgconfig)`),
		class: yard.MissingLibrary, reason: "pkg-config knows no $1", advice: pcAdvice},
	{name: "program", pattern: re(`(?:error: command '([\w.+/-]+)' failed: No such file or directory|unable to execute '([\w.+/-]+)': No such file|FileNotFoundError: \[Errno 2\] No such file or directory: '([a-z][\w+-]*)'|(?:/bin/sh|sh): (?:line )?\d+: ([\w.+-]+): (?:command )?not found|make: ([\w.+-]+): No such file or directory)`),
		class: yard.MissingLibrary, reason: "the program $1 is missing", advice: programAdvice},
	{name: "own-file", pattern: re(`^FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'`),
		class: yard.SourceFault, reason: "it needs $1, which isn't in the sdist"},
	{name: "said-program", pattern: re(`(?:Error: |error: |^)(pg_config|mysql_config|xml2-config|xslt-config|krb5-config|curl-config|net-snmp-config|nc-config|gdal-config|freetype-config|libpng-config|pcap-config|icu-config|swig|cython|llvm-config|mariadb_config) (?:executable )?(?:is )?(?:required|not found|could not be found)`),
		class: yard.MissingLibrary, reason: "the program $1 is missing", advice: programAdvice},
	{name: "rust", pattern: re(`(?:error: can't find (Rust) compiler|(?:Cargo, the )?(Rust) package manager, is not installed|Rust not found, installing into a temporary directory|rustc(?:, the rust compiler,)? is not (?:installed|found))`),
		class: yard.MissingLibrary, reason: "the Rust compiler is missing", advice: fixed("apt-get install cargo; what this release of the system has may be too old")},
	{name: "rust-too-old", pattern: re(`((?:package|crate) .* (?:cannot be built because it )?requires rustc \d[\d.]+.*|error: rustc [\d.]+ is not supported.*|feature .edition20(?:21|24). is required|requires? Rust \d[\d.]+ .*)`),
		class: yard.MissingLibrary, reason: "the Rust compiler is too old: $1", advice: fixed("a newer Rust than this system's")},
	{name: "compiler", pattern: re(`(?:C compiler cannot create executables|no acceptable C compiler found|error: Microsoft Visual C|Unknown compiler\(s\): \[)`),
		class: yard.MissingLibrary, reason: "there is no compiler", advice: fixed("apt-get install g++")},
	{name: "fortran", pattern: re(`(?:no Fortran compiler found|Unknown compiler\(s\): \[\['(?:gfortran|flang))`),
		class: yard.MissingLibrary, reason: "there is no Fortran compiler", advice: fixed("apt-get install gfortran")},
	{name: "said-library", pattern: re(`(?:Could not find (?:the )?([\w.+-]+) (?:headers|development files|libraries|library)|(?:please|Please) make sure the ([\w.+-]+(?: and [\w.+-]+)?) (?:library|development package)s? (?:and development packages )?(?:is|are) installed|error: ([\w.+-]+) (?:library|headers) not found|The headers or library files could not be found for (\w+))`),
		class: yard.MissingLibrary, reason: "the library $1 is missing", advice: libraryAdvice},
	{name: "said-shared", pattern: re(`(?i:can ?not (?:locate|find)|could not (?:locate|find)|unable to (?:locate|find)) ['"]?([\w+-]+)\.so\b`),
		class: yard.MissingLibrary, reason: "the library $1 is missing", advice: libraryAdvice},
	{name: "said-package", pattern: re(`(?i:debian|ubuntu|apt(?:-get)? install)[^\n]*?\b([a-z0-9][a-z0-9.+-]+-dev)\b`),
		class: yard.MissingLibrary, reason: "it says that the package $1 is missing", advice: install},
	{name: "cmake", pattern: re(`Could NOT find ([\w.+-]+)`),
		class: yard.MissingLibrary, reason: "cmake doesn't find $1", advice: libraryAdvice},

	// A build requirement is missing or of the wrong age.
	{name: "fetch-requirement", pattern: re(`(?:Could not find suitable distribution for Requirement\.parse\('([^']+)'\)|No matching distribution found for ([\w.=<>!~-]+)|Download error on .*/([\w.-]+)/: )`),
		class: yard.BuildRequirement, reason: "its setup asks the network for $1, and builds have none", advice: fixed("the project has to say in pyproject.toml what it needs to be built")},
	{name: "network", pattern: re(`(?:Temporary failure in name resolution|Name or service not known|Network is unreachable|Could not resolve host|failed to (?:fetch|download) .*(?:crates|index))`),
		class: yard.SourceFault, reason: "it wants to download something, and builds have no network", advice: fixed("what it downloads has to be there before: a system package, or a recipe")},
	{name: "module", when: func(e Evidence) bool { return e.Module != "" },
		class: yard.BuildRequirement, reason: "$error", advice: fixed("the project doesn't say that it needs this module to be built")},
	{name: "module-said", pattern: re(`^(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?`),
		class: yard.BuildRequirement, reason: "the module $1 is missing", advice: fixed("the project doesn't say that it needs this module to be built")},
	{name: "setuptools-changed", pattern: re(`^(?:(?:AttributeError|ImportError|TypeError|KeyError): .*(?:setuptools|pkg_resources|distutils|wheel\.|packaging\.|install_layout|bdist_wheel|cython_sources).*|setuptools\.\S+Error: .*|error: invalid command 'bdist_wheel'|error in .* setup command: .*|configuration error: .project.*|.*InvalidConfigError: .*|.*is deprecated and was removed.*setuptools.*)`),
		class: yard.BuildRequirement, reason: "setuptools, or what belongs to it, refuses it: $error", advice: fixed("another version of setuptools may take it")},
	{name: "cython", pattern: re(`(?:^Cython\.Compiler\.Errors\.CompileError: (.+)|(Error compiling Cython file))`),
		class: yard.BuildRequirement, reason: "Cython does not compile it: $1", advice: fixed("another version of Cython may do")},
	{name: "cython-output", pattern: re(`^\S+\.c(?:pp)?:\d+:\d+: error: (.*(?:__pyx_|__Pyx_).*)$`), when: older,
		class: yard.PythonTooNew, reason: "what an old Cython made of it doesn't know this Python: $1", advice: fixed("a recipe that lets Cython make it again may help")},

	{name: "processes-starved", when: func(e Evidence) bool { return e.Starved == sandbox.Procs },
		class: yard.Limits, reason: "it started more processes than it may", advice: fixed("raise processes in [limits]")},
	{name: "killed", when: func(e Evidence) bool { return e.Status == 137 },
		class: yard.Limits, reason: "the build was killed", advice: fixed("if that was for want of memory: raise memory in [limits]")},
}

func fixed(s string) func(string) string { return func(string) string { return s } }

// RequirementAdvice is for build requirements that can't be resolved; reason is uv's.
func RequirementAdvice(reason string) string {
	if strings.Contains(reason, "no usable wheels") || strings.Contains(reason, "no wheels") {
		return "upstream has no wheel of it for this target: order that first"
	}
	return ""
}
