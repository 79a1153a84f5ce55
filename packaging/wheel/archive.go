package wheel

import (
	"bytes"
	"io"
	"io/fs"
	"strings"
	"sync"
)

// Archive is a wheel that Open took. It may be used by several goroutines at once, if its reader may.
type Archive struct {
	r         io.ReaderAt
	lim       Limits
	entries   []entry        // in the order of the central directory
	index     map[string]int // by name
	distInfo  string
	inflaters sync.Pool
}

// Member is a file, or a folder if its name ends in '/'.
type Member struct {
	Name string // relative, clean, UTF-8, without control characters: nothing leads out of the folder that it is joined to
	Size int64  // unpacked
	Mode uint32 // Unix permissions; 0: the archive says none
}

// IsDir says whether it is a folder.
func (m Member) IsDir() bool { return strings.HasSuffix(m.Name, "/") }

// Executable says whether anybody is to run it. That is the one permission that installers keep.
func (m Member) Executable() bool { return !m.IsDir() && m.Mode&0o111 != 0 }

// Open reads the directories of a zip file of that size, which must not change while the Archive is in use. The contents are
// checked when they are read.
//
// Errors wrap ErrFormat, ErrUnsafe, ErrLimit, or are what r said.
func Open(r io.ReaderAt, size int64, lim Limits) (*Archive, error) {
	a := &Archive{r: r, lim: lim.orDefaults()}
	end, err := readEnd(r, size)
	if err != nil {
		return nil, err
	}
	if a.entries, err = readCentral(r, end, a.lim); err != nil {
		return nil, err
	}
	if err := checkLayout(r, a.entries, end.offset); err != nil {
		return nil, err
	}
	if err := checkTree(a.entries); err != nil {
		return nil, err
	}
	if a.distInfo, err = findDistInfo(a.entries); err != nil {
		return nil, err
	}
	a.index = make(map[string]int, len(a.entries))
	for i := range a.entries {
		a.index[a.entries[i].name] = i
	}
	return a, nil
}

// Members are the files and folders, in the order of the archive. No name is there twice, nor a file where another member's
// folder is. The caller may change the slice.
func (a *Archive) Members() []Member {
	all := make([]Member, len(a.entries))
	for i := range a.entries {
		all[i] = a.entries[i].member()
	}
	return all
}

// DistInfo is the one folder that describes the wheel: "name-1.0.dist-info".
func (a *Archive) DistInfo() string { return a.distInfo }

// OpenMember reads a member; a folder is empty. The error is fs.ErrNotExist when there is none of that name.
//
// Size and checksum are compared when the end is reached: only io.EOF says that what was read before is the member. Other
// errors are a *MemberError of ErrFormat, ErrUnsafe, or what reading said.
func (a *Archive) OpenMember(name string) (io.ReadCloser, error) {
	i, ok := a.index[name]
	if !ok {
		return nil, &MemberError{name, "it isn't there", fs.ErrNotExist}
	}
	return a.open(&a.entries[i]), nil
}

// readInfo reads a file of .dist-info whole.
func (a *Archive) readInfo(file string) (content []byte, name string, err error) {
	name = a.distInfo + "/" + file
	r, err := a.OpenMember(name)
	if err != nil {
		return nil, name, err
	}
	defer r.Close()
	e := &a.entries[a.index[name]]
	if e.size > a.lim.MetaFile {
		return nil, name, e.fault(ErrLimit, "it is larger than %d bytes", a.lim.MetaFile)
	}
	b := bytes.NewBuffer(make([]byte, 0, e.size+bytes.MinRead)) // room for ReadFrom to see the end
	_, err = b.ReadFrom(r)
	return b.Bytes(), name, err
}
