package elf

import "debug/elf"

// kind is how an ELF file names an architecture.
type kind struct {
	machine elf.Machine
	class   elf.Class
	data    elf.Data
}

var archs = map[kind]string{
	{elf.EM_X86_64, elf.ELFCLASS64, elf.ELFDATA2LSB}:    "x86_64",
	{elf.EM_X86_64, elf.ELFCLASS32, elf.ELFDATA2LSB}:    "x32",
	{elf.EM_386, elf.ELFCLASS32, elf.ELFDATA2LSB}:       "i686",
	{elf.EM_AARCH64, elf.ELFCLASS64, elf.ELFDATA2LSB}:   "aarch64",
	{elf.EM_ARM, elf.ELFCLASS32, elf.ELFDATA2LSB}:       "armv7l",
	{elf.EM_RISCV, elf.ELFCLASS64, elf.ELFDATA2LSB}:     "riscv64",
	{elf.EM_RISCV, elf.ELFCLASS32, elf.ELFDATA2LSB}:     "riscv32",
	{elf.EM_PPC64, elf.ELFCLASS64, elf.ELFDATA2LSB}:     "ppc64le",
	{elf.EM_PPC64, elf.ELFCLASS64, elf.ELFDATA2MSB}:     "ppc64",
	{elf.EM_S390, elf.ELFCLASS64, elf.ELFDATA2MSB}:      "s390x",
	{elf.EM_LOONGARCH, elf.ELFCLASS64, elf.ELFDATA2LSB}: "loongarch64",
}

func (f *file) arch() string { return archs[kind{f.machine, f.class, f.data}] }

// kin are names of one architecture that differ only in what the kernel or the interpreter makes of it.
var kin = map[string]string{"armv6l": "armv7l", "armv8l": "armv7l", "arm": "armv7l", "i386": "i686", "i486": "i686", "i586": "i686"}

// RunsOn says whether the file is for an architecture, as `uname -m` or a platform tag names it. Where neither is known here, there is nothing to
// say against it; "" is no architecture, and nothing is for it.
func (f File) RunsOn(arch string) bool {
	if k, ok := kin[arch]; ok {
		arch = k
	}
	if f.Arch != "" || arch == "" {
		return f.Arch == arch && arch != ""
	}
	for _, known := range archs {
		if arch == known {
			return false
		}
	}
	return true
}
