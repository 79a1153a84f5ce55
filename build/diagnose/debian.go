package diagnose

import (
	"path"
	"strings"
)

// Which Debian package has it: the well-known ones. What isn't here, apt-file finds.
var (
	byHeader = map[string]string{
		"alsa/asoundlib.h": "libasound2-dev", "apr.h": "libapr1-dev", "archive.h": "libarchive-dev", "attr/xattr.h": "libattr1-dev",
		"avahi-client/client.h": "libavahi-client-dev", "bluetooth/bluetooth.h": "libbluetooth-dev", "boost/python.hpp": "libboost-python-dev", "bzlib.h": "libbz2-dev",
		"cairo.h": "libcairo2-dev", "cblas.h": "libblas-dev", "cups/cups.h": "libcups2-dev", "curl/curl.h": "libcurl4-openssl-dev",
		"db.h": "libdb-dev", "dbus/dbus.h": "libdbus-1-dev", "EGL/egl.h": "libegl-dev", "erasurecode.h": "liberasurecode-dev",
		"liberasurecode/erasurecode.h": "liberasurecode-dev", "ev.h": "libev-dev", "event.h": "libevent-dev", "expat.h": "libexpat1-dev",
		"fann.h": "libfann-dev", "ffi.h": "libffi-dev", "fftw3.h": "libfftw3-dev", "fuse.h": "libfuse-dev", "gdbm.h": "libgdbm-dev", "ft2build.h": "libfreetype-dev",
		"gcrypt.h": "libgcrypt20-dev", "geos_c.h": "libgeos-dev", "gdal.h": "libgdal-dev", "git2.h": "libgit2-dev", "GL/gl.h": "libgl-dev",
		"glib.h": "libglib2.0-dev", "gmp.h": "libgmp-dev", "gnutls/gnutls.h": "libgnutls28-dev", "gpgme.h": "libgpgme-dev", "graphviz/cgraph.h": "libgraphviz-dev",
		"gssapi/gssapi.h": "libkrb5-dev", "gssapi.h": "libkrb5-dev", "hdf5.h": "libhdf5-dev", "icu.h": "libicu-dev", "unicode/utypes.h": "libicu-dev",
		"idn2.h": "libidn2-dev", "jpeglib.h": "libjpeg-dev", "krb5.h": "libkrb5-dev", "krb5/krb5.h": "libkrb5-dev", "lber.h": "libldap-dev", "ldap.h": "libldap-dev",
		"lauxlib.h": "liblua5.4-dev", "leveldb/db.h": "libleveldb-dev", "libaio.h": "libaio-dev", "libcrack.h": "libcrack2-dev", "libconfig.h": "libconfig-dev",
		"libiptc/libiptc.h": "libiptc-dev", "libmemcached/memcached.h": "libmemcached-dev", "libnl3/netlink/netlink.h": "libnl-3-dev",
		"netlink/netlink.h": "libnl-3-dev", "libpq-fe.h": "libpq-dev", "libpq/libpq-fs.h": "libpq-dev", "libssh/libssh.h": "libssh-dev", "libssh2.h": "libssh2-1-dev",
		"libudev.h": "libudev-dev", "libusb.h": "libusb-1.0-0-dev", "libvirt/libvirt.h": "libvirt-dev", "libxml/xmlversion.h": "libxml2-dev",
		"libxml/tree.h": "libxml2-dev", "libxml/parser.h": "libxml2-dev", "libxml/xpath.h": "libxml2-dev", "libxslt/xslt.h": "libxslt1-dev",
		"libxslt/xsltconfig.h": "libxslt1-dev", "linux/types.h": "linux-libc-dev", "lmdb.h": "liblmdb-dev", "lz4.h": "liblz4-dev", "lzma.h": "liblzma-dev",
		"lzo/lzo1x.h": "liblzo2-dev", "magic.h": "libmagic-dev", "mpi.h": "libopenmpi-dev", "mpfr.h": "libmpfr-dev", "mpc.h": "libmpc-dev", "mysql.h": "default-libmysqlclient-dev",
		"mysql/mysql.h": "default-libmysqlclient-dev", "my_config.h": "default-libmysqlclient-dev", "ncurses.h": "libncurses-dev", "curses.h": "libncurses-dev", "netcdf.h": "libnetcdf-dev",
		"net-snmp/net-snmp-config.h": "libsnmp-dev", "nghttp2/nghttp2.h": "libnghttp2-dev", "nss.h": "libnss3-dev", "numa.h": "libnuma-dev",
		"openssl/ssl.h": "libssl-dev", "openssl/err.h": "libssl-dev", "openssl/opensslv.h": "libssl-dev", "openssl/evp.h": "libssl-dev", "openssl/aes.h": "libssl-dev",
		"openssl/opensslconf.h": "libssl-dev", "pcap.h": "libpcap-dev", "pcap/pcap.h": "libpcap-dev", "pcre.h": "libpcre3-dev", "pcre2.h": "libpcre2-dev",
		"png.h": "libpng-dev", "popt.h": "libpopt-dev", "portaudio.h": "portaudio19-dev", "proj.h": "libproj-dev", "pulse/pulseaudio.h": "libpulse-dev", "qrencode.h": "libqrencode-dev",
		"rados/librados.h": "librados-dev", "rbd/librbd.h": "librbd-dev", "re2/re2.h": "libre2-dev", "readline/readline.h": "libreadline-dev", "rpm/rpmlib.h": "librpm-dev",
		"sasl/sasl.h": "libsasl2-dev", "sasl.h": "libsasl2-dev", "selinux/selinux.h": "libselinux1-dev", "snappy.h": "libsnappy-dev", "snappy-c.h": "libsnappy-dev", "sndfile.h": "libsndfile1-dev",
		"sodium.h": "libsodium-dev", "spatialite.h": "libspatialite-dev", "sql.h": "unixodbc-dev", "sqlext.h": "unixodbc-dev", "sqlite3.h": "libsqlite3-dev", "sybdb.h": "freetds-dev",
		"sys/acl.h": "libacl1-dev", "acl/libacl.h": "libacl1-dev", "sys/capability.h": "libcap-dev", "sys/sdt.h": "systemtap-sdt-dev", "systemd/sd-daemon.h": "libsystemd-dev",
		"systemd/sd-journal.h": "libsystemd-dev", "tcl.h": "tcl-dev", "tk.h": "tk-dev", "tiff.h": "libtiff-dev", "tss2/tss2_esys.h": "libtss2-dev", "uuid/uuid.h": "uuid-dev", "uv.h": "libuv1-dev",
		"webp/decode.h": "libwebp-dev", "wand/MagickWand.h": "libmagickwand-dev", "X11/Xlib.h": "libx11-dev", "xmlsec/xmlsec.h": "libxmlsec1-dev", "xxhash.h": "libxxhash-dev",
		"yaml.h": "libyaml-dev", "zbar.h": "libzbar-dev", "zlib.h": "zlib1g-dev", "zmq.h": "libzmq3-dev", "zookeeper/zookeeper.h": "libzookeeper-mt-dev", "zstd.h": "libzstd-dev",
		"security/pam_appl.h": "libpam0g-dev", "isa-l.h": "libisal-dev", "linux/perf_event.h": "linux-libc-dev", "stdio.h": "libc6-dev", "stdlib.h": "libc6-dev", "limits.h": "libc6-dev",
		"pybind11/pybind11.h": "pybind11-dev", "Eigen/Core": "libeigen3-dev", "numpy/arrayobject.h": "python3-numpy",
	}
	// of libraries and of pkg-config's names, where the rule "libNAME-dev" doesn't hold
	byLibrary = map[string]string{
		"python": "python3-dev", "z": "zlib1g-dev", "zlib": "zlib1g-dev", "ssl": "libssl-dev", "crypto": "libssl-dev", "openssl": "libssl-dev", "libssl": "libssl-dev", "libcrypto": "libssl-dev",
		"xml2": "libxml2-dev", "libxml-2.0": "libxml2-dev", "libxml2": "libxml2-dev", "xslt": "libxslt1-dev", "exslt": "libxslt1-dev", "libxslt": "libxslt1-dev", "libexslt": "libxslt1-dev",
		"ffi": "libffi-dev", "libffi": "libffi-dev", "pq": "libpq-dev", "libpq": "libpq-dev", "postgresql": "libpq-dev", "krb5": "libkrb5-dev", "krb5-gssapi": "libkrb5-dev", "gssapi_krb5": "libkrb5-dev", "mit-krb5": "libkrb5-dev",
		"ldap": "libldap-dev", "lber": "libldap-dev", "sasl2": "libsasl2-dev", "yaml": "libyaml-dev", "yaml-0.1": "libyaml-dev", "zmq": "libzmq3-dev", "libzmq": "libzmq3-dev", "zeromq": "libzmq3-dev",
		"virt": "libvirt-dev", "libvirt": "libvirt-dev", "erasurecode": "liberasurecode-dev", "erasurecode-1": "liberasurecode-dev", "liberasurecode": "liberasurecode-dev",
		"curl": "libcurl4-openssl-dev", "libcurl": "libcurl4-openssl-dev", "mysqlclient": "default-libmysqlclient-dev", "mariadb": "libmariadb-dev", "mariadbclient": "libmariadb-dev",
		"jpeg": "libjpeg-dev", "png": "libpng-dev", "libpng": "libpng-dev", "tiff": "libtiff-dev", "freetype": "libfreetype-dev", "freetype2": "libfreetype-dev", "lzma": "liblzma-dev", "liblzma": "liblzma-dev",
		"bz2": "libbz2-dev", "sqlite3": "libsqlite3-dev", "sodium": "libsodium-dev", "libsodium": "libsodium-dev", "magic": "libmagic-dev", "pcap": "libpcap-dev", "libpcap": "libpcap-dev", "pcre": "libpcre3-dev", "libpcre": "libpcre3-dev",
		"pcre2-8": "libpcre2-dev", "libpcre2-8": "libpcre2-dev", "ncurses": "libncurses-dev", "ncursesw": "libncurses-dev", "tinfo": "libncurses-dev", "readline": "libreadline-dev", "dbus-1": "libdbus-1-dev", "glib-2.0": "libglib2.0-dev",
		"gobject-2.0": "libglib2.0-dev", "gio-2.0": "libglib2.0-dev", "gobject-introspection-1.0": "libgirepository1.0-dev", "girepository-2.0": "libgirepository-2.0-dev", "cairo": "libcairo2-dev", "libsystemd": "libsystemd-dev", "systemd": "libsystemd-dev", "libsystemd-journal": "libsystemd-dev",
		"udev": "libudev-dev", "libudev": "libudev-dev", "blas": "libopenblas-dev", "cblas": "libopenblas-dev", "openblas": "libopenblas-dev", "lapack": "libopenblas-dev", "BLAS": "libopenblas-dev", "LAPACK": "libopenblas-dev", "OpenBLAS": "libopenblas-dev",
		"gmp": "libgmp-dev", "mpfr": "libmpfr-dev", "mpc": "libmpc-dev", "hdf5": "libhdf5-dev", "HDF5": "libhdf5-dev", "netcdf": "libnetcdf-dev", "netsnmp": "libsnmp-dev", "odbc": "unixodbc-dev", "xmlsec1": "libxmlsec1-dev", "rados": "librados-dev", "rbd": "librbd-dev",
		"pam": "libpam0g-dev", "cap": "libcap-dev", "libcap": "libcap-dev", "attr": "libattr1-dev", "acl": "libacl1-dev", "selinux": "libselinux1-dev", "libselinux": "libselinux1-dev", "nl-3": "libnl-3-dev", "libnl-3.0": "libnl-3-dev", "fuse": "libfuse-dev", "fuse3": "libfuse3-dev",
		"usb-1.0": "libusb-1.0-0-dev", "libusb-1.0": "libusb-1.0-0-dev", "uuid": "uuid-dev", "uv": "libuv1-dev", "libuv": "libuv1-dev", "event": "libevent-dev", "ev": "libev-dev", "git2": "libgit2-dev", "libgit2": "libgit2-dev", "lz4": "liblz4-dev", "liblz4": "liblz4-dev", "zstd": "libzstd-dev",
		"libzstd": "libzstd-dev", "snappy": "libsnappy-dev", "lmdb": "liblmdb-dev", "geos_c": "libgeos-dev", "gdal": "libgdal-dev", "proj": "libproj-dev", "PROJ": "libproj-dev", "X11": "libx11-dev", "x11": "libx11-dev", "GL": "libgl-dev", "gpgme": "libgpgme-dev", "ZLIB": "zlib1g-dev", "OpenSSL": "libssl-dev", "PNG": "libpng-dev",
		"JPEG": "libjpeg-dev", "Boost": "libboost-all-dev", "Protobuf": "libprotobuf-dev", "CURL": "libcurl4-openssl-dev", "SWIG": "swig", "PkgConfig": "pkg-config", "rpm": "librpm-dev", "isal": "libisal-dev", "tss2-esys": "libtss2-dev", "expat": "libexpat1-dev", "c": "libc6-dev", "m": "libc6-dev",
	}
	byProgram = map[string]string{
		"swig": "swig", "gfortran": "gfortran", "f95": "gfortran", "f77": "gfortran", "gcc": "gcc", "cc": "gcc", "g++": "g++", "c++": "g++", "clang": "clang", "x86_64-linux-gnu-gcc": "gcc", "x86_64-linux-gnu-g++": "g++", "aarch64-linux-gnu-gcc": "gcc",
		"aarch64-linux-gnu-g++": "g++", "riscv64-linux-gnu-gcc": "gcc", "cmake": "cmake", "make": "make", "gmake": "make", "ninja": "ninja-build", "meson": "meson", "rustc": "rustc", "cargo": "cargo", "Rust": "cargo", "go": "golang-go", "java": "default-jdk-headless", "javac": "default-jdk-headless", "npm": "npm",
		"node": "nodejs", "git": "git", "hg": "mercurial", "pkg-config": "pkg-config", "pkgconf": "pkgconf", "krb5-config": "libkrb5-dev", "pg_config": "libpq-dev", "mysql_config": "default-libmysqlclient-dev", "mariadb_config": "libmariadb-dev", "xml2-config": "libxml2-dev", "xslt-config": "libxslt1-dev",
		"curl-config": "libcurl4-openssl-dev", "net-snmp-config": "libsnmp-dev", "nc-config": "libnetcdf-dev", "gdal-config": "libgdal-dev", "geos-config": "libgeos-dev", "freetype-config": "libfreetype-dev", "libpng-config": "libpng-dev", "pcap-config": "libpcap-dev", "pcre-config": "libpcre3-dev",
		"icu-config": "libicu-dev", "llvm-config": "llvm-dev", "gpgme-config": "libgpgme-dev", "autoconf": "autoconf", "autoreconf": "autoconf", "automake": "automake", "aclocal": "automake", "libtoolize": "libtool", "bison": "bison", "yacc": "bison", "flex": "flex", "lex": "flex", "m4": "m4", "protoc": "protobuf-compiler",
		"patch": "patch", "unzip": "unzip", "wget": "wget", "curl": "curl", "nasm": "nasm", "yasm": "yasm", "nvcc": "nvidia-cuda-toolkit", "mpicc": "libopenmpi-dev", "perl": "perl", "ragel": "ragel", "re2c": "re2c", "file": "file", "which": "debianutils", "gettext": "gettext", "msgfmt": "gettext", "help2man": "help2man", "doxygen": "doxygen", "qmake": "qtbase5-dev",
		"llvm-config-14": "llvm-14-dev", "sdl2-config": "libsdl2-dev", "pandoc": "pandoc", "cython": "cython3", "ghc": "ghc", "gtk-config": "libgtk-3-dev",
	}
)

func headerAdvice(header string) string {
	for name := header; ; { // "libxml2/libxml/tree.h" is libxml/tree.h, too
		if p := byHeader[name]; p != "" {
			return install(p)
		}
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			break
		}
		name = rest
	}
	dir, _, _ := strings.Cut(header, "/")
	if p, ok := map[string]string{"openssl": "libssl-dev", "libxml": "libxml2-dev", "libxslt": "libxslt1-dev", "libvirt": "libvirt-dev", "gssapi": "libkrb5-dev", "sasl": "libsasl2-dev",
		"boost": "libboost-dev", "google": "libprotobuf-dev", "linux": "linux-libc-dev", "systemd": "libsystemd-dev", "X11": "libx11-dev", "dbus": "libdbus-1-dev", "rados": "librados-dev",
		"selinux": "libselinux1-dev", "xmlsec": "libxmlsec1-dev", "mysql": "default-libmysqlclient-dev", "postgresql": "libpq-dev", "tss2": "libtss2-dev", "rpm": "librpm-dev"}[dir]; ok && dir != header {
		return install(p)
	}
	return "find the package that has it (apt-file search " + path.Clean("/"+header) + ") and install it"
}

func libraryAdvice(name string) string {
	if one, other, two := strings.Cut(name, " and "); two {
		first, second := libraryAdvice(one), libraryAdvice(other)
		if p, ok := strings.CutPrefix(second, installs); ok && strings.HasPrefix(first, installs) {
			return first + " " + p
		}
		return first + "; " + second
	}
	if p := byLibrary[name]; p != "" {
		return install(p)
	}
	if p := byLibrary[strings.ToLower(name)]; p != "" {
		return install(p)
	}
	return "find the package that has it (apt-file search /lib" + strings.TrimPrefix(name, "lib") + ".so) and install it"
}

func pcAdvice(name string) string {
	if p := byLibrary[name]; p != "" {
		return install(p)
	}
	return "find the package that has it (apt-file search /" + name + ".pc) and install it"
}

func programAdvice(name string) string {
	if p := byProgram[path.Base(name)]; p != "" {
		return install(p)
	}
	return "find the package that has it (apt-file search bin/" + path.Base(name) + ") and install it"
}

const installs = "apt-get install "

// notEverywhere are packages that not every release has.
var notEverywhere = map[string]string{
	"libgirepository-2.0-dev": "since Debian 13",
	"libpcre3-dev":            "up to Debian 12",
	"nvidia-cuda-toolkit":     "in non-free",
}

func install(p string) string {
	if where := notEverywhere[p]; where != "" {
		return installs + p + " (" + where + ")"
	}
	return installs + p
}
