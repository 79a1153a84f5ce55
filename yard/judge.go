package yard

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"wheelyard/packaging/elf"
	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
	"wheelyard/packaging/wheel"
	"wheelyard/yard/blob"
)

// What a wheel may have at most.
const maxWheel = 4 << 30

var wheelLimits = wheel.Limits{Members: 200_000, Bytes: 8 << 30, MetaFile: 16 << 20}

// judge finds out whether a wheel is what was ordered, and sound. It believes nobody: neither the builder nor the wheel.
type judge struct {
	wheel io.ReaderAt
	size  int64
	offer Offer
	spool func(io.Reader) (*blob.Draft, error) // for members that are too large for memory
}

// judge returns the wheel's metadata; *RefusedError.
func (j *judge) judge(ctx context.Context, filename string) (wheel.Metadata, []byte, error) {
	var none wheel.Metadata
	name, err := wheel.ParseFilename(filename)
	if err != nil {
		return none, nil, refused("its name can't be read: %v", err)
	}
	fits, err := j.identity(name)
	if err != nil {
		return none, nil, err
	}
	a, err := wheel.Open(j.wheel, j.size, wheelLimits)
	if err != nil {
		return none, nil, unsound(err, "it can't be read")
	}
	md, raw, err := j.metadata(a, name)
	if err != nil {
		return none, nil, err
	}
	if err := ctx.Err(); err != nil {
		return none, nil, err
	}
	if err := a.CheckRecord(); err != nil {
		return none, nil, unsound(err, "its contents are not what RECORD says")
	}
	return md, raw, j.objects(ctx, a, fits)
}

// identity holds the file's name against the order, and gives those of its tags that the target takes.
func (j *judge) identity(name wheel.Filename) (fits []tag.Tag, err error) {
	a := j.offer.Attempt
	if name.Project != a.Project {
		return nil, refused("by its name it is of %s, ordered was %s", name.Project, a.Project)
	}
	if !sameVersion(name.VersionSpelt, a.Version) {
		return nil, refused("by its name it is version %s, ordered was %s", name.VersionSpelt, a.Version)
	}
	if name.Build != (wheel.Build{Number: a.BuildNumber, Given: a.BuildNumber > 0}) {
		return nil, refused("by its name it has the build number %q, ordered was %d", name.Build, a.BuildNumber)
	}
	for _, t := range name.Tags {
		if j.offer.Accepts([]string{t.String()}) {
			fits = append(fits, t)
		}
	}
	if len(fits) == 0 {
		return nil, refused("%s doesn't take wheels with the tags %s", a.Target, name.TagSet)
	}
	return fits, nil
}

// metadata holds the files of .dist-info against the file's name and the order.
func (j *judge) metadata(a *wheel.Archive, name wheel.Filename) (md wheel.Metadata, raw []byte, err error) {
	who, version, _ := cutLast(strings.TrimSuffix(a.DistInfo(), ".dist-info"), "-")
	if project.Normalize(who) != name.Project || !sameVersion(version, name.VersionSpelt) {
		return md, nil, refused("it has a folder %s, which is of another project or version", a.DistInfo())
	}
	if md, raw, err = a.Metadata(); err != nil {
		return md, nil, unsound(err, "its METADATA can't be used")
	}
	if project.Normalize(md.Name) != j.offer.Attempt.Project {
		return md, nil, refused("METADATA is of the project %q, ordered was %s", md.Name, j.offer.Attempt.Project)
	}
	if _, err := pep440.Parse(md.Version); err != nil || !sameVersion(md.Version, j.offer.Attempt.Version) {
		return md, nil, refused("METADATA is of version %q, ordered was %s", md.Version, j.offer.Attempt.Version)
	}
	info, err := a.Info()
	if err != nil {
		return md, nil, unsound(err, "its file WHEEL can't be used")
	}
	if !sameTags(info.Tags, name.Tags) {
		return md, nil, refused("its name has the tags %s, its file WHEEL %s", name.TagSet, spell(info.Tags))
	}
	if name.Build.Given && info.Build.Given && info.Build != name.Build {
		return md, nil, refused("its name has the build number %s, its file WHEEL %s", name.Build, info.Build)
	}
	return md, raw, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func sameTags(a, b []tag.Tag) bool {
	set := map[tag.Tag]int{}
	for _, t := range a {
		set[t] |= 1
	}
	for _, t := range b {
		set[t] |= 2
	}
	for _, in := range set {
		if in != 3 {
			return false
		}
	}
	return true
}

func spell(tags []tag.Tag) string {
	if len(tags) == 0 {
		return "none"
	}
	var all []string
	for _, t := range tags[:min(len(tags), 10)] {
		all = append(all, t.String())
	}
	return strings.Join(all, ", ")
}

// objects looks at the shared libraries: they are for the machine that the tags name, and need no newer libc than the target has.
// A member of another form with such a name is carried along, and no library.
func (j *judge) objects(ctx context.Context, a *wheel.Archive, fits []tag.Tag) error {
	for _, m := range a.Members() {
		if !isLibrary(m.Name) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		o, err := j.object(a, m)
		if errors.Is(err, elf.ErrNot) {
			continue
		}
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(fits, func(t tag.Tag) bool { return runsOn(o, t.Platform) }) {
			return refused("%s is for %s, which no wheel with the tags %s may hold", m.Name, machine(o), spell(fits))
		}
		if j.offer.LibcMax != "" && elf.NewerLibc(o.Glibc, j.offer.LibcMax) {
			return refused("%s needs glibc %s, %s has %s", m.Name, o.Glibc, j.offer.Attempt.Target, j.offer.LibcMax)
		}
	}
	return nil
}

// machine is what people call what an object is for.
func machine(o elf.File) string {
	if o.Arch != "" {
		return o.Arch
	}
	return o.Machine
}

// isLibrary: something that is loaded, and not just carried along: _x.so, libx.so.1.2.
func isLibrary(member string) bool {
	base := path.Base(member)
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// inMemory is the size up to which a member is read into memory.
const inMemory = 16 << 20

func (j *judge) object(a *wheel.Archive, m wheel.Member) (elf.File, error) {
	r, err := a.OpenMember(m.Name)
	if err != nil {
		return elf.File{}, unsound(err, "its member "+m.Name+" can't be read")
	}
	defer r.Close()
	var at io.ReaderAt
	if m.Size <= inMemory {
		text, err := io.ReadAll(r)
		if err != nil {
			return elf.File{}, unsound(err, "its member "+m.Name+" can't be read")
		}
		at = strings.NewReader(string(text))
	} else {
		draft, err := j.spool(r)
		if err != nil {
			return elf.File{}, unsound(err, "its member "+m.Name+" can't be read")
		}
		defer draft.Discard()
		at = draft
	}
	o, err := elf.Read(at, m.Size)
	if err != nil && !errors.Is(err, elf.ErrNot) {
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			return o, p
		}
		err = refused("its member %s is a damaged library: %v", m.Name, err)
	}
	return o, err
}
