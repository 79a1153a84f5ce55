package tag

// SKELETON

type Tag struct{ Python, ABI, Platform string }

func (t Tag) String() string           { panic("unwritten") }
func ParseSet(s string) ([]Tag, error) { panic("unwritten") } // "py2.py3-none-any"

// Interpreter is what the tags depend on, of one Python.
type Interpreter struct {
	Implementation string // sys.implementation.name: "cpython", "pypy"
	Major, Minor   int
	ABIs           []string // "cp311"; "cp313t"; "pypy310_pp73"
}

type Libc struct {
	Name         string // "glibc", "musl"
	Major, Minor int
}

type Platform struct {
	Arch string // as `uname -m` prints it: x86_64, aarch64, armv7l, riscv64
	Libc Libc
}

func Supported(in Interpreter, p Platform) []Tag { panic("unwritten") }

// Set is an ordered list of supported tags, most preferred first, made for look-ups.
type Set struct{}

func NewSet(ordered []Tag) Set                              { panic("unwritten") }
func (s Set) Rank(t Tag) (rank int, ok bool)                { panic("unwritten") }
func (s Set) Best(tags []Tag) (best Tag, rank int, ok bool) { panic("unwritten") }
func (s Set) Tags() []Tag                                   { panic("unwritten") }
