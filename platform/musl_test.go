package platform

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"
)

// program is an ELF file that names a loader and has nothing else.
func program(loader string) string {
	const header, entry = 64, 56
	var b bytes.Buffer
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: header, Ehsize: header, Phentsize: entry, Phnum: 1}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(elf.PT_INTERP), Off: header + entry, Filesz: uint64(len(loader) + 1)})
	b.WriteString(loader + "\x00")
	return b.String()
}

func TestMusl(t *testing.T) {
	for _, test := range []struct{ name, loader, says, want string }{
		{"Alpine", "/lib/ld-musl-x86_64.so.1", "musl libc (x86_64)\\nVersion 1.2.5\\nDynamic Program Loader\\n", "musl 1.2.5"},
		{"development", "/lib/ld-musl-x86_64.so.1", "musl libc (x86_64)\\nVersion 1.2.5-git-12-gabc\\n", "musl 1.2.5-git-12-gabc"},
		{"says nothing", "/lib/ld-musl-x86_64.so.1", "", "asking /lib/ld-musl-x86_64.so.1 for the version of musl"},
		{"another", "/lib64/ld-linux-x86-64.so.2", "", "its loader /lib64/ld-linux-x86-64.so.2 is not musl's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.script(test.loader, "printf '"+test.says+"' >&2; exit 1\n")
			executable := f.put("/opt/python", program(test.loader), 0o755)
			f.python("/usr/bin/python3.11", cpython311(func(a *answer) { a.Libc, a.Executable = "", executable }))
			p, err := f.probe(t.Context(), spec("3.11"))
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("%v lacks %q", err, test.want)
				}
				return
			}
			if got := p.facts.Libc.Name + " " + p.facts.Libc.Version; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	if _, err := loaderOf("host.go"); err == nil {
		t.Error("a text has a loader")
	}
}
