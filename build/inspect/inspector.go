package inspect

import (
	"bufio"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"wheelyard/packaging/elf"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/platform"
)

// Inspector looks at unpacked wheels. The zero value is ready; it remembers what it learnt of the host.
type Inspector struct {
	Root string // a folder that stands for /; "": the host itself

	mu     sync.Mutex
	dirs   []string
	owners map[string]string // of libraries that dpkg installed, by file name
}

// Folder inspects a wheel that was unpacked into dir. The error is a *Fault, or that files could not be read.
func (in *Inspector) Folder(dir string, name wheel.Filename, t platform.Target) (*Report, error) {
	members, err := files(dir)
	if err != nil {
		return nil, err
	}
	r := &Report{Modules: Modules(members), Top: Top(members)}
	for _, m := range members {
		o, err := openObject(dir, m)
		switch {
		case errors.Is(err, elf.ErrNot):
			continue
		case err != nil && isLibrary(m):
			return r, wrong("it has a damaged library: %v", err)
		case err != nil:
			r.Notes = append(r.Notes, err.Error())
			continue
		}
		r.Objects = append(r.Objects, o)
	}
	if err := checkObjects(r.Objects, tag.Pure(name.Tags), t); err != nil {
		return r, err
	}
	return r, in.resolve(r, members)
}

func openObject(dir, member string) (Object, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(member)))
	if err != nil {
		return Object{}, err
	}
	defer f.Close()
	return readObject(member, f)
}

// files are the regular files below dir, as paths of a wheel, sorted.
func files(dir string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			rel, err := filepath.Rel(dir, p)
			if err != nil {
				return err
			}
			all = append(all, filepath.ToSlash(rel))
		}
		return nil
	})
	return all, err
}

// resolve finds where each library that is needed comes from; a *Fault when one is nowhere.
func (in *Inspector) resolve(r *Report, members []string) error {
	inWheel := map[string]bool{}
	for _, m := range members {
		inWheel[path.Base(m)] = true
	}
	for i := range r.Objects {
		o := &r.Objects[i]
		for _, p := range o.RunPath {
			if strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "/usr/") && !strings.HasPrefix(p, "/lib") {
				r.Notes = append(r.Notes, o.Path+" looks for libraries in "+p)
			}
		}
		for j := range o.Needed {
			n := &o.Needed[j]
			if inWheel[n.Name] {
				continue
			}
			if n.Path = in.find(n.Name, o.Arch); n.Path == "" {
				if !isLibrary(o.Path) {
					continue
				}
				return &Fault{Kind: Lacking, Reason: o.Path + " needs " + n.Name + ", which is neither in the wheel nor on the system",
					Advice: "it was found while it was built, in a place where it isn't looked for later: bundle it, or link it statically"}
			}
			n.Package = in.owner(n.Path)
		}
	}
	return nil
}

func (in *Inspector) find(soname, arch string) string {
	if path.Base(soname) != soname || len(soname) > 255 { // no file can have that name
		return ""
	}
	for _, dir := range in.libraryDirs(arch) {
		p := filepath.Join(dir, soname)
		if _, err := os.Stat(filepath.Join(in.Root, p)); err == nil {
			return p
		}
	}
	return ""
}

// libraryDirs are the folders of ld.so: its defaults, and those of /etc/ld.so.conf.
func (in *Inspector) libraryDirs(arch string) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.dirs == nil {
		in.dirs = in.ldConf("/etc/ld.so.conf", 0)
		for _, multiarch := range []string{arch + "-linux-gnu", arch + "-linux-musl", "i386-linux-gnu", "arm-linux-gnueabihf", "powerpc64le-linux-gnu"} {
			in.dirs = append(in.dirs, "/lib/"+multiarch, "/usr/lib/"+multiarch)
		}
		in.dirs = append(in.dirs, "/lib64", "/usr/lib64", "/lib", "/usr/lib")
	}
	return in.dirs
}

// ldConf reads the folders that ldconfig would.
func (in *Inspector) ldConf(file string, depth int) []string {
	f, err := os.Open(filepath.Join(in.Root, file))
	if err != nil || depth > 4 {
		return nil
	}
	defer f.Close()
	var dirs []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line = strings.TrimSpace(line)
		if pattern, ok := strings.CutPrefix(line, "include "); ok {
			pattern = strings.TrimSpace(pattern)
			if !filepath.IsAbs(pattern) {
				pattern = filepath.Join(filepath.Dir(file), pattern)
			}
			found, _ := filepath.Glob(filepath.Join(in.Root, pattern))
			for _, p := range found {
				dirs = append(dirs, in.ldConf(strings.TrimPrefix(p, in.Root), depth+1)...)
			}
		} else if filepath.IsAbs(line) {
			dirs = append(dirs, line)
		}
	}
	return dirs
}

// owner is the Debian package that has the library; "" when dpkg doesn't know.
func (in *Inspector) owner(library string) string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.owners == nil {
		in.owners = in.readOwners()
	}
	return in.owners[filepath.Base(library)]
}

// readOwners reads dpkg's lists of files once, for the libraries in them.
func (in *Inspector) readOwners() map[string]string {
	owners := map[string]string{}
	lists, _ := filepath.Glob(filepath.Join(in.Root, "/var/lib/dpkg/info/lib*.list"))
	for _, list := range lists {
		pkg, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(list), ".list"), ":")
		if strings.HasSuffix(pkg, "-dev") {
			continue
		}
		text, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if strings.Contains(line, ".so") && strings.Contains(line, "lib") {
				owners[path.Base(line)] = pkg
			}
		}
	}
	return owners
}
