package yard

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// testObject is a small ELF library.
type testObject struct {
	machine elf.Machine // 0: x86-64
	class   elf.Class   // 0: 64 bits
	data    elf.Data    // 0: little-endian
	glibc   []string
	verneed []byte // instead of a good table
	flags   elf.SectionFlag
}

func (o testObject) bytes() []byte {
	var order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	} = binary.LittleEndian
	if o.data == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	if o.machine == 0 {
		o.machine = elf.EM_X86_64
	}
	names := []byte("\x00libc.so.6\x00")
	table := o.verneed
	for i, v := range o.glibc {
		at := len(names)
		names = append(append(names, "GLIBC_"+v...), 0)
		if i == 0 {
			table = order.AppendUint16(nil, 1)
			table = order.AppendUint16(table, uint16(len(o.glibc)))
			for _, n := range []uint32{1, 16, 0} {
				table = order.AppendUint32(table, n)
			}
		}
		next := uint32(16)
		if i == len(o.glibc)-1 {
			next = 0
		}
		table = order.AppendUint32(table, 0)
		table = order.AppendUint16(table, 0)
		table = order.AppendUint16(table, uint16(i+2))
		table = order.AppendUint32(table, uint32(at))
		table = order.AppendUint32(table, next)
	}
	const shstr = "\x00.shstrtab\x00"
	const head = 64
	body := append(append([]byte(shstr), names...), table...)
	var b bytes.Buffer
	put := func(v any) { binary.Write(&b, order, v) }
	class := o.class
	if class == 0 {
		class = elf.ELFCLASS64
	}
	data := o.data
	if data == 0 {
		data = elf.ELFDATA2LSB
	}
	if class == elf.ELFCLASS32 {
		put(elf.Header32{Ident: ident(class, data), Type: uint16(elf.ET_DYN), Machine: uint16(o.machine), Version: 1, Ehsize: 52})
		return b.Bytes()
	}
	put(elf.Header64{Ident: ident(class, data), Type: uint16(elf.ET_DYN), Machine: uint16(o.machine), Version: 1, Shoff: uint64(head + len(body)), Ehsize: 64, Shentsize: 64, Shnum: 4, Shstrndx: 1})
	b.Write(body)
	put(elf.Section64{})
	put(elf.Section64{Name: 1, Type: uint32(elf.SHT_STRTAB), Off: head, Size: uint64(len(shstr))})
	put(elf.Section64{Type: uint32(elf.SHT_STRTAB), Off: head + uint64(len(shstr)), Size: uint64(len(names))})
	put(elf.Section64{Type: uint32(elf.SHT_GNU_VERNEED), Flags: uint64(o.flags), Off: head + uint64(len(shstr)+len(names)), Size: uint64(len(table)), Link: 2})
	return b.Bytes()
}

func ident(class elf.Class, data elf.Data) (id [16]byte) {
	copy(id[:], elf.ELFMAG)
	id[elf.EI_CLASS], id[elf.EI_DATA], id[elf.EI_VERSION] = byte(class), byte(data), 1
	return id
}

func TestReadObject(t *testing.T) {
	for _, c := range []struct {
		o     testObject
		want  object
		wrong string
	}{
		{testObject{}, object{"x86_64", true, ""}, ""},
		{testObject{glibc: []string{"2.14", "2.2.5", "PRIVATE"}}, object{"x86_64", true, "2.14"}, ""},
		{testObject{glibc: []string{"2.2.5", "2.34", "2.4"}}, object{"x86_64", true, "2.34"}, ""},
		{testObject{machine: elf.EM_S390, data: elf.ELFDATA2MSB, glibc: []string{"2.28"}}, object{"s390x", true, "2.28"}, ""},
		{testObject{machine: elf.EM_PPC64}, object{"ppc64le", true, ""}, ""},
		{testObject{machine: elf.EM_PPC64, data: elf.ELFDATA2MSB}, object{"ppc64", true, ""}, ""},
		{testObject{class: elf.ELFCLASS32, machine: elf.EM_386}, object{"i686", true, ""}, ""},
		{testObject{class: elf.ELFCLASS32}, object{"EM_X86_64 (ELFCLASS32, ELFDATA2LSB)", false, ""}, ""},
		{testObject{machine: elf.EM_ALPHA}, object{"EM_ALPHA (ELFCLASS64, ELFDATA2LSB)", false, ""}, ""},
		{testObject{glibc: []string{"2.2"}, flags: elf.SHF_COMPRESSED}, object{}, "section 3"},
		// Each entry claims to be a library with all that follow as its versions: that would be some 10^10 steps.
		{testObject{verneed: bytes.Repeat([]byte{1, 0, 255, 255, 0, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0}, 1<<19)}, object{"x86_64", true, ""}, ""},
	} {
		text := c.o.bytes()
		got, err := readObject(bytes.NewReader(text), int64(len(text)))
		if c.wrong == "" && (err != nil || got != c.want) || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%+v: %+v, %v", c.want, got, err)
		}
	}
}

func TestReadRealObject(t *testing.T) {
	for _, path := range []string{"/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		o, err := readObject(f, info.Size())
		if err != nil || !o.known || o.glibc == "" {
			t.Errorf("%s: %+v, %v", path, o, err)
		}
		return
	}
	t.Skip("no library is where it is looked for")
}

func TestRunsOn(t *testing.T) {
	for _, c := range []struct {
		machine, platform string
		want              bool
	}{
		{"x86_64", "linux_x86_64", true}, {"x86_64", "manylinux1_x86_64", true}, {"x86_64", "manylinux2014_x86_64", true},
		{"x86_64", "manylinux_2_17_x86_64", true}, {"x86_64", "musllinux_1_2_x86_64", true}, {"x86_64", "any", false}, {"x86_64", "linux_aarch64", false},
		{"x86_64", "linux_i686", false}, {"armv7l", "linux_armv6l", true}, {"armv7l", "linux_armv8l", true}, {"i686", "linux_i386", true},
		{"x86_64", "macosx_11_0_x86_64", false}, {"x86_64", "manylinux_2_x86", false}, {"x86_64", "linux_", false}, {"x86_64", "linux_mips64", false},
	} {
		if got := (object{machine: c.machine, known: true}).runsOn(c.platform); got != c.want {
			t.Errorf("%s on %s: %t", c.machine, c.platform, got)
		}
	}
	odd := object{machine: "EM_MIPS (…)"}
	if !odd.runsOn("linux_mips64") || odd.runsOn("linux_x86_64") || odd.runsOn("any") {
		t.Error("a machine that isn't known")
	}
}

func TestNewerLibc(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2.34", "2.5", true}, {"2.5", "2.34", false}, {"2.34", "2.34", false}, {"2.2.5", "2.2", true}, {"PRIVATE", "", false}, {"2.0", "", true}, {"", "2.0", false}} {
		if got := newerLibc(c.a, c.b); got != c.want {
			t.Errorf("%s after %s: %t", c.a, c.b, got)
		}
	}
}

func FuzzReadObject(f *testing.F) {
	f.Add(testObject{glibc: []string{"2.14", "2.2.5"}}.bytes())
	f.Add(testObject{machine: elf.EM_S390, data: elf.ELFDATA2MSB, glibc: []string{"2.28"}}.bytes())
	f.Add(testObject{class: elf.ELFCLASS32, machine: elf.EM_ARM}.bytes())
	f.Add([]byte(elf.ELFMAG))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := readObject(bytes.NewReader(text), int64(len(text)))
		if err == nil && o.machine == "" {
			t.Errorf("%+v", o)
		}
	})
}
