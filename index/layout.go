package index

import (
	"net/url"
	"path"
	"strings"

	"wheelyard/packaging/project"
)

// The tree, below its folder:
//
//	key.pem                                    the public keys of the yard's records
//	PLATFORM/simple/index.html, index.json     the platform's projects
//	PLATFORM/simple/PROJECT/index.html, …json  one project's files
//	PLATFORM/simple/PROJECT/WHEEL              a file, beside the pages that name it
//	PLATFORM/simple/PROJECT/WHEEL.metadata     its METADATA (PEP 658)
//	PLATFORM/simple/PROJECT/WHEEL.intoto.jsonl the signed record of its admission: one DSSE envelope
//	PLATFORM/.written/PROJECT                  what was put into PROJECT, for whoever removes it again; never served
const (
	KeyFile        = "key.pem"
	PageHTML       = "index.html"
	PageJSON       = "index.json"
	MetadataSuffix = ".metadata"
	RecordSuffix   = ".intoto.jsonl"

	root    = "simple"
	written = ".written"
)

// RootDir is the folder with a platform's root pages, slash-separated and relative to the tree.
func RootDir(platform string) string { return path.Join(platform, root) }

// ProjectDir is the folder with a project's pages and files, slash-separated and relative to the tree.
func ProjectDir(platform string, name project.Name) string {
	return path.Join(platform, root, string(name))
}

// WrittenDir is the folder with one list for each project of what was written, slash-separated and relative to the tree.
func WrittenDir(platform string) string { return path.Join(platform, written) }

// FileURL is a file's address, relative to its project's page. '+' and '!', which versions may hold, are escaped,
// because object stores and servers differ in how they read them.
func FileURL(filename string) string {
	return strings.ReplaceAll(url.PathEscape(filename), "+", "%2B")
}

// ValidPlatform tells whether a platform of that name can be published: ASCII letters, digits, '.', '_' and '-', beginning with a
// letter or digit, and none of the names that the tree or the server uses itself.
func ValidPlatform(name string) bool {
	return plain(name) && name != KeyFile && name != healthName
}

// ValidFile tells whether a wheel of that name can be published: characters of wheel names only, and the ending .whl.
func ValidFile(name string) bool {
	return strings.HasSuffix(name, ".whl") && plain(name)
}

// plain is true of names that are safe as a part of a path, on any file system and in any address. It lets no hidden file through.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		case i > 0 && (c == '.' || c == '-' || c == '+' || c == '!'):
		default:
			return false
		}
	}
	return name != "" && len(name) <= 255
}

// Kind is what an address stands for.
type Kind int

const (
	Nothing     Kind = iota
	Front            // the list of platforms
	Health           // whether the server can answer
	Key              // KeyFile
	RootPage         // a platform's root page, in the format asked for
	ProjectPage      // a project's page, in the format asked for
	RootFile         // a root page in one format
	ProjectFile      // a project's page in one format
	Wheel            // a file
	WheelText        // a file's METADATA
	WheelRecord      // a file's record
	Elsewhere        // Place.To is where it is
)

// Place is the meaning of one address. Path is slash-separated and relative to the tree: a file, or the folder of a page.
type Place struct {
	Kind Kind
	Path string
	To   string // where to go instead, relative to the address that was asked for
}

const healthName = "healthz"

// Locate reads the path of an address ("/debian-12-x86_64/simple/lxml/"), unescaped, and says what it stands for.
// It looks at nothing but the text.
func Locate(address string) Place {
	address, ok := strings.CutPrefix(address, "/")
	if !ok {
		return Place{}
	}
	parts := strings.Split(address, "/")
	switch {
	case len(parts) == 1:
		return locateTop(parts[0])
	case !ValidPlatform(parts[0]) || parts[1] != root:
		return Place{}
	case len(parts) == 2: // PLATFORM/simple
		return Place{Kind: Elsewhere, To: root + "/"}
	case len(parts) == 3:
		return locateInRoot(parts[0], parts[2])
	case len(parts) == 4:
		return locateInProject(parts[0], parts[2], parts[3])
	}
	return Place{}
}

func locateTop(name string) Place {
	switch name {
	case "":
		return Place{Kind: Front}
	case healthName:
		return Place{Kind: Health}
	case KeyFile:
		return Place{Kind: Key, Path: KeyFile}
	}
	return Place{}
}

// locateInRoot is for PLATFORM/simple/NAME. No valid project can be called like a page, but for the dot: index.html is index-html.
func locateInRoot(platform, name string) Place {
	switch {
	case name == "":
		return Place{Kind: RootPage, Path: RootDir(platform)}
	case name == PageHTML || name == PageJSON:
		return Place{Kind: RootFile, Path: path.Join(RootDir(platform), name)}
	case !project.Valid(name):
		return Place{}
	}
	return Place{Kind: Elsewhere, To: string(project.Normalize(name)) + "/"}
}

// locateInProject is for PLATFORM/simple/NAME/FILE and PLATFORM/simple/NAME/.
func locateInProject(platform, name, file string) Place {
	if !project.Valid(name) {
		return Place{}
	}
	kind := kindOf(file)
	if kind == Nothing {
		return Place{}
	}
	normal := project.Normalize(name)
	if string(normal) != name {
		return Place{Kind: Elsewhere, To: "../" + string(normal) + "/" + FileURL(file)}
	}
	return Place{Kind: kind, Path: path.Join(ProjectDir(platform, normal), file)}
}

func kindOf(file string) Kind {
	of := func(suffix string) bool {
		stem, ok := strings.CutSuffix(file, suffix)
		return ok && ValidFile(stem)
	}
	switch {
	case file == "":
		return ProjectPage
	case file == PageHTML || file == PageJSON:
		return ProjectFile
	case ValidFile(file):
		return Wheel
	case of(MetadataSuffix):
		return WheelText
	case of(RecordSuffix):
		return WheelRecord
	}
	return Nothing
}
