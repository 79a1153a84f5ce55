package pep440

// SKELETON: signatures are the contract, bodies are to be written.

type Version struct{}

func Parse(s string) (Version, error)   { panic("unwritten") }
func MustParse(s string) Version        { panic("unwritten") }
func (v Version) String() string        { panic("unwritten") }
func (v Version) Compare(w Version) int { panic("unwritten") }
func (v Version) IsPrerelease() bool    { panic("unwritten") }
func (v Version) Public() Version       { panic("unwritten") } // without the local part
func (v Version) Local() string         { panic("unwritten") }
func (v Version) Release() []int        { panic("unwritten") }
func (v Version) IsZero() bool          { panic("unwritten") } // the zero Version: no version at all

// Prereleases says whether pre-releases match: packaging's None, True, False.
type Prereleases int

const (
	PrereleasesDefault Prereleases = iota
	PrereleasesAllow
	PrereleasesDeny
)

type Specifiers struct{}

func ParseSpecifiers(s string) (Specifiers, error)                  { panic("unwritten") }
func (s Specifiers) String() string                                 { panic("unwritten") }
func (s Specifiers) IsEmpty() bool                                  { panic("unwritten") }
func (s Specifiers) Contains(v Version, pre Prereleases) bool       { panic("unwritten") }
func (s Specifiers) Filter(vs []Version, pre Prereleases) []Version { panic("unwritten") }
func (s Specifiers) Pin() (v Version, ok bool)                      { panic("unwritten") } // a single == without wildcard, or ===
func (s Specifiers) AllowsPrereleases() bool                        { panic("unwritten") } // some clause names a pre-release
