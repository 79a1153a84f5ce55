package sandbox

import (
	"bytes"
	"encoding/binary"
	"runtime"

	"golang.org/x/sys/unix"
)

// denied are the system calls that no build needs, by what they would open: the kernel's keys, its tracing and its programs, mounts and
// namespaces, other processes, the machine itself. Those that take a capability are here, too: it is one more wall.
var denied = []uint32{
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_LOOKUP_DCOOKIE,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE,
	unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_GETFD,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_QUOTACTL, unix.SYS_ACCT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_SYSLOG,
	unix.SYS_KEXEC_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_REBOOT,
	unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_SETTIMEOFDAY, unix.SYS_ADJTIMEX,
	unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_VHANGUP, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
	unix.SYS_FANOTIFY_INIT, unix.SYS_NFSSERVCTL,
}

// absent are answered as by a kernel that doesn't have them, since programs then do without. What clone3 is asked for can't be seen from
// here; clone, which takes its place, can be checked.
var absent = []uint32{unix.SYS_CLONE3, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER}

// families of sockets that builds may make; among the others are some, such as AF_VSOCK, that no network namespace holds.
var families = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}

const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// Offsets in struct seccomp_data (seccomp(2)). Of the arguments it is the lower half on little-endian machines.
const (
	offNumber = 0
	offArch   = 4
	offArg0   = 16
	offArg1   = 24
)

var audit = map[string]uint32{
	"amd64":   unix.AUDIT_ARCH_X86_64,
	"arm64":   unix.AUDIT_ARCH_AARCH64,
	"riscv64": unix.AUDIT_ARCH_RISCV64,
	"ppc64le": unix.AUDIT_ARCH_PPC64LE,
	"loong64": unix.AUDIT_ARCH_LOONGARCH64,
}

// seccomp makes the filter of this architecture, as classic BPF in the machine's own byte order; nil where none is known.
func seccomp() []byte {
	arch, ok := audit[runtime.GOARCH]
	if !ok {
		return nil
	}
	var buf bytes.Buffer
	binary.Write(&buf, binary.NativeEndian, filter(arch, runtime.GOARCH == "amd64"))
	return buf.Bytes()
}

type instruction = unix.SockFilter

const (
	load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	above = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	anyOf = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	ret   = unix.BPF_RET | unix.BPF_K
)

const (
	allow = unix.SECCOMP_RET_ALLOW
	deny  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	lack  = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	nope  = unix.SECCOMP_RET_ERRNO | uint32(unix.EAFNOSUPPORT)
	die   = unix.SECCOMP_RET_KILL_PROCESS
)

// filter judges one system call after the other; each test answers or falls through to the next.
func filter(arch uint32, x32 bool) []instruction {
	p := []instruction{
		{Code: load, K: offArch},
		{Code: equal, K: arch, Jt: 1},
		{Code: ret, K: die},
		{Code: load, K: offNumber},
	}
	if x32 { // the same machine under other numbers
		p = append(p, instruction{Code: above, K: 0x40000000, Jf: 1}, instruction{Code: ret, K: lack})
	}
	for _, n := range denied {
		p = append(p, instruction{Code: equal, K: n, Jf: 1}, instruction{Code: ret, K: deny})
	}
	for _, n := range absent {
		p = append(p, instruction{Code: equal, K: n, Jf: 1}, instruction{Code: ret, K: lack})
	}
	p = append(p, // clone, without new namespaces
		instruction{Code: equal, K: unix.SYS_CLONE, Jf: 4},
		instruction{Code: load, K: offArg0},
		instruction{Code: anyOf, K: namespaces, Jf: 1},
		instruction{Code: ret, K: deny},
		instruction{Code: ret, K: allow})
	p = append(p, // ioctl, without putting characters into a terminal
		instruction{Code: equal, K: unix.SYS_IOCTL, Jf: 5},
		instruction{Code: load, K: offArg1},
		instruction{Code: equal, K: unix.TIOCSTI, Jt: 1},
		instruction{Code: equal, K: unix.TIOCLINUX, Jf: 1},
		instruction{Code: ret, K: deny},
		instruction{Code: ret, K: allow})
	p = append(p,
		instruction{Code: equal, K: unix.SYS_SOCKET, Jf: uint8(len(families) + 2)},
		instruction{Code: load, K: offArg0})
	for i, f := range families {
		p = append(p, instruction{Code: equal, K: f, Jt: uint8(len(families) - i)})
	}
	return append(p, instruction{Code: ret, K: nope}, instruction{Code: ret, K: allow})
}
