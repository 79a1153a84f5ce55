//go:build linux

package killtest

import "golang.org/x/sys/unix"

// older are the calls without a folder's descriptor.
var older = map[uint64]call{
	unix.SYS_OPEN:    {name: "open", paths: at(-1, 0), when: func(args a) bool { return args[1]&making != 0 }},
	unix.SYS_CREAT:   {name: "creat", paths: at(-1, 0)},
	unix.SYS_MKDIR:   {name: "mkdir", paths: at(-1, 0)},
	unix.SYS_RMDIR:   {name: "rmdir", paths: at(-1, 0)},
	unix.SYS_MKNOD:   {name: "mknod", paths: at(-1, 0)},
	unix.SYS_UNLINK:  {name: "unlink", paths: at(-1, 0)},
	unix.SYS_RENAME:  {name: "rename", paths: []path{{-1, 0}, {-1, 1}}},
	unix.SYS_LINK:    {name: "link", paths: []path{{-1, 0}, {-1, 1}}},
	unix.SYS_SYMLINK: {name: "symlink", paths: at(-1, 1)},
	unix.SYS_CHMOD:   {name: "chmod", paths: at(-1, 0)},
	unix.SYS_CHOWN:   {name: "chown", paths: at(-1, 0)},
	unix.SYS_LCHOWN:  {name: "lchown", paths: at(-1, 0)},
	unix.SYS_UTIME:   {name: "utime", paths: at(-1, 0)},
	unix.SYS_UTIMES:  {name: "utimes", paths: at(-1, 0)},
}
