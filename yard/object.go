package yard

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// object is what an ELF file says of where it runs.
type object struct {
	machine string // as `uname -m` says; of one that isn't known here, what ELF calls it
	known   bool
	glibc   string // the newest version of glibc whose symbols it needs: "2.34"; "": none
}

var errNoELF = errors.New("no ELF file")

// What an honest file has at most.
const (
	maxSections = 10_000
	maxTable    = 16 << 20
)

// readObject reads an ELF file. Time and memory are bounded, whatever is in it: elf.NewFile would unpack a compressed table of names without a limit,
// and follow chains of versions for hours. A file without a table of sections has no versions to look at.
func readObject(r io.ReaderAt, size int64) (object, error) {
	id := make([]byte, elf.EI_NIDENT)
	if _, err := r.ReadAt(id, 0); err != nil && err != io.EOF {
		return object{}, err
	}
	if string(id[:len(elf.ELFMAG)]) != elf.ELFMAG {
		return object{}, errNoELF
	}
	f := file{r: r, size: uint64(size), class: elf.Class(id[elf.EI_CLASS]), data: elf.Data(id[elf.EI_DATA]), order: binary.LittleEndian}
	if f.data == elf.ELFDATA2MSB {
		f.order = binary.BigEndian
	}
	if err := f.readHead(); err != nil {
		return object{}, err
	}
	o := object{}
	o.machine, o.known = f.name()
	var err error
	o.glibc, err = f.glibc()
	return o, err
}

// file is an ELF file as far as it matters here.
type file struct {
	r       io.ReaderAt
	size    uint64
	class   elf.Class
	data    elf.Data
	order   binary.ByteOrder
	machine elf.Machine
	shoff   uint64
	shnum   uint64
}

// get reads a struct of fixed size at an offset.
func (f *file) get(off uint64, v any) error {
	if n := uint64(binary.Size(v)); off > f.size || n > f.size-off {
		return errors.New("it is cut off")
	}
	return binary.Read(io.NewSectionReader(f.r, int64(off), int64(binary.Size(v))), f.order, v)
}

func (f *file) readHead() error {
	var (
		h   elf.Header64
		err error
	)
	switch f.class {
	case elf.ELFCLASS64:
		err = f.get(0, &h)
	case elf.ELFCLASS32:
		var h32 elf.Header32
		err = f.get(0, &h32)
		h.Machine, h.Shoff, h.Shnum, h.Shentsize = h32.Machine, uint64(h32.Shoff), h32.Shnum, h32.Shentsize
	default:
		err = fmt.Errorf("it is of the class %v", f.class)
	}
	if err != nil {
		return err
	}
	f.machine, f.shoff, f.shnum = elf.Machine(h.Machine), h.Shoff, uint64(h.Shnum)
	if f.shoff == 0 {
		return nil
	}
	if int(h.Shentsize) != f.entry() {
		return fmt.Errorf("its sections are described in %d bytes each", h.Shentsize)
	}
	if f.shnum == 0 { // so many that the number is in the first of them
		first, err := f.section(0)
		if err != nil {
			return err
		}
		f.shnum = first.Size
	}
	if f.shnum > maxSections {
		return fmt.Errorf("it has %d sections", f.shnum)
	}
	return nil
}

// entry is the size of what describes a section.
func (f *file) entry() int {
	if f.class == elf.ELFCLASS32 {
		return binary.Size(elf.Section32{})
	}
	return binary.Size(elf.Section64{})
}

func (f *file) section(i uint64) (s elf.Section64, err error) {
	at := i * uint64(f.entry())
	if f.shoff > f.size || at > f.size-f.shoff {
		return s, errors.New("it is cut off")
	}
	if at += f.shoff; f.class == elf.ELFCLASS64 {
		return s, f.get(at, &s)
	}
	var s32 elf.Section32
	err = f.get(at, &s32)
	return elf.Section64{Type: s32.Type, Flags: uint64(s32.Flags), Off: uint64(s32.Off), Size: uint64(s32.Size), Link: s32.Link}, err
}

// contents are those of a section.
func (f *file) contents(i uint64) ([]byte, error) {
	if i >= f.shnum {
		return nil, fmt.Errorf("it has no section %d", i)
	}
	s, err := f.section(i)
	if err != nil {
		return nil, err
	}
	if elf.SectionType(s.Type) == elf.SHT_NOBITS || elf.SectionFlag(s.Flags)&elf.SHF_COMPRESSED != 0 || s.Size > maxTable {
		return nil, fmt.Errorf("its section %d is not as it should be", i)
	}
	if s.Size > f.size {
		return nil, errors.New("it is cut off")
	}
	text := make([]byte, s.Size)
	return text, f.get(s.Off, text)
}

// machines are the names of `uname -m` by what an ELF file has in its head.
var machines = map[[3]int]string{
	{int(elf.EM_X86_64), int(elf.ELFCLASS64), int(elf.ELFDATA2LSB)}:    "x86_64",
	{int(elf.EM_386), int(elf.ELFCLASS32), int(elf.ELFDATA2LSB)}:       "i686",
	{int(elf.EM_AARCH64), int(elf.ELFCLASS64), int(elf.ELFDATA2LSB)}:   "aarch64",
	{int(elf.EM_ARM), int(elf.ELFCLASS32), int(elf.ELFDATA2LSB)}:       "armv7l",
	{int(elf.EM_RISCV), int(elf.ELFCLASS64), int(elf.ELFDATA2LSB)}:     "riscv64",
	{int(elf.EM_RISCV), int(elf.ELFCLASS32), int(elf.ELFDATA2LSB)}:     "riscv32",
	{int(elf.EM_PPC64), int(elf.ELFCLASS64), int(elf.ELFDATA2LSB)}:     "ppc64le",
	{int(elf.EM_PPC64), int(elf.ELFCLASS64), int(elf.ELFDATA2MSB)}:     "ppc64",
	{int(elf.EM_S390), int(elf.ELFCLASS64), int(elf.ELFDATA2MSB)}:      "s390x",
	{int(elf.EM_LOONGARCH), int(elf.ELFCLASS64), int(elf.ELFDATA2LSB)}: "loongarch64",
}

func (f *file) name() (name string, known bool) {
	if name, ok := machines[[3]int{int(f.machine), int(f.class), int(f.data)}]; ok {
		return name, true
	}
	return fmt.Sprintf("%v (%v, %v)", f.machine, f.class, f.data), false
}

// kin are names of one architecture that differ only in what the kernel or the interpreter makes of it.
var kin = map[string]string{"armv6l": "armv7l", "armv8l": "armv7l", "i386": "i686", "i486": "i686", "i586": "i686"}

// runsOn says whether the object is for the architecture of a platform tag such as linux_x86_64 or manylinux_2_17_aarch64. "any" has none.
// Where neither architecture is known here, there is nothing to say against it.
func (o object) runsOn(platform string) bool {
	arch := architecture(platform)
	if k, ok := kin[arch]; ok {
		arch = k
	}
	if o.known || arch == "" {
		return arch == o.machine
	}
	for _, known := range machines {
		if arch == known {
			return false
		}
	}
	return true
}

// architecture is the one in a platform tag for Linux, which may have a "_" itself; "" for others.
func architecture(platform string) string {
	kind, rest, ok := strings.Cut(platform, "_")
	if !ok || !strings.Contains(kind, "linux") {
		return ""
	}
	if kind == "manylinux" || kind == "musllinux" { // the version of a libc comes first
		parts := strings.SplitN(rest, "_", 3)
		if len(parts) < 3 {
			return ""
		}
		rest = parts[2]
	}
	return rest
}

// glibc is the newest version of glibc in the tables of versions that an object needs (SHT_GNU_verneed).
func (f *file) glibc() (newest string, err error) {
	for i := range f.shnum {
		s, err := f.section(i)
		if err != nil {
			return "", err
		}
		if elf.SectionType(s.Type) != elf.SHT_GNU_VERNEED {
			continue
		}
		table, err := f.contents(i)
		if err != nil {
			return "", err
		}
		texts, err := f.contents(uint64(s.Link))
		if err != nil {
			return "", err
		}
		for _, name := range versionNames(f.order, table, texts) {
			if v, ok := strings.CutPrefix(name, "GLIBC_"); ok {
				if v == "ABI_DT_RELR" { // came with 2.36, and older ones refuse to load what needs it
					v = "2.36"
				}
				if newerLibc(v, newest) {
					newest = v
				}
			}
		}
		return newest, nil // there is only one
	}
	return "", nil
}

// versionNames are the names of all versions in a table (Linux Standard Base, "Symbol Versioning"): a chain of libraries, each with a chain of versions.
// Both chains must go on, else they end.
func versionNames(order binary.ByteOrder, table, texts []byte) (names []string) {
	u16, u32 := order.Uint16, order.Uint32
	const entry = 16 // bytes, of either kind
	budget := len(table)/entry + 1
	for i := 0; i+entry <= len(table) && budget > 0; budget-- {
		count, next := int(u16(table[i+2:])), int(u32(table[i+12:]))
		for j := i + int(u32(table[i+8:])); count > 0 && j+entry <= len(table) && budget > 0; count, budget = count-1, budget-1 {
			if at := int(u32(table[j+8:])); at < len(texts) {
				name, _, _ := bytes.Cut(texts[at:min(len(texts), at+100)], []byte{0})
				names = append(names, string(name))
			}
			step := int(u32(table[j+12:]))
			if step == 0 {
				break
			}
			j += step
		}
		if next == 0 {
			break
		}
		i += next
	}
	return names
}

// newerLibc compares "2.34" with "2.5"; "" is older than all, and "PRIVATE" is none.
func newerLibc(a, b string) bool {
	x, ok := numbers(a)
	if !ok {
		return false
	}
	y, _ := numbers(b)
	return slices.Compare(x, y) > 0
}

func numbers(s string) (all []int, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}
