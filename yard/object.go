package yard

import (
	"bytes"
	"debug/elf"
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

// Tables of an honest file are much smaller. debug/elf would unpack compressed ones without a limit, and follow chains of any length.
const (
	maxSections = 10_000
	maxTable    = 16 << 20
)

// readObject reads an ELF file. Time and memory are bounded, whatever is in it. A file without sections has no versions to look at.
func readObject(r io.ReaderAt, size int64) (o object, err error) {
	defer func() { // debug/elf is robust, but says itself that it isn't meant for what strangers made
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	var head [64]byte
	if n, _ := r.ReadAt(head[:], 0); n < len(elf.ELFMAG) || string(head[:len(elf.ELFMAG)]) != elf.ELFMAG {
		return o, errNoELF
	}
	f, err := elf.NewFile(r)
	if err != nil {
		return o, err
	}
	defer f.Close()
	if len(f.Sections) > maxSections {
		return o, fmt.Errorf("it has %d sections", len(f.Sections))
	}
	o.machine, o.known = machine(f)
	o.glibc, err = glibc(f, size)
	return o, err
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

func machine(f *elf.File) (name string, known bool) {
	if name, ok := machines[[3]int{int(f.Machine), int(f.Class), int(f.Data)}]; ok {
		return name, true
	}
	return fmt.Sprintf("%v (%v, %v)", f.Machine, f.Class, f.Data), false
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

// glibc is the newest version of glibc in the table of versions that an object needs (SHT_GNU_verneed).
func glibc(f *elf.File, size int64) (newest string, err error) {
	for _, s := range f.Sections {
		if s.Type != elf.SHT_GNU_VERNEED {
			continue
		}
		if int(s.Link) >= len(f.Sections) {
			return "", errors.New("its table of versions has no names")
		}
		table, err := read(s, size)
		if err != nil {
			return "", err
		}
		names, err := read(f.Sections[s.Link], size)
		if err != nil {
			return "", err
		}
		for _, name := range versionNames(f, table, names) {
			if v, ok := strings.CutPrefix(name, "GLIBC_"); ok {
				if v == "ABI_DT_RELR" { // came with 2.36, and older ones refuse to load what needs it
					v = "2.36"
				}
				if newerLibc(v, newest) {
					newest = v
				}
			}
		}
	}
	return newest, nil
}

// read is the contents of a section.
func read(s *elf.Section, size int64) ([]byte, error) {
	if s.Type == elf.SHT_NOBITS || s.Flags&elf.SHF_COMPRESSED != 0 || s.FileSize > maxTable || s.Offset > uint64(size) || s.FileSize > uint64(size)-s.Offset {
		return nil, fmt.Errorf("its section %.100q is not in the file as it should be", s.Name)
	}
	text := make([]byte, s.FileSize)
	_, err := s.ReadAt(text, 0)
	if errors.Is(err, io.EOF) && len(text) == 0 {
		err = nil
	}
	return text, err
}

// versionNames are the names of all versions in a table (Linux Standard Base, "Symbol Versioning"): a chain of libraries, each with a chain of versions.
// Both chains must go on, else they end.
func versionNames(f *elf.File, table, texts []byte) (names []string) {
	u16, u32 := f.ByteOrder.Uint16, f.ByteOrder.Uint32
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
