// Package sandbox runs one program at a time apart from the machine and from every other build, with bubblewrap.
//
// What always holds:
//
//   - bubblewrap never starts as uid 0: as root, each build has an unprivileged user of its own (see [Identity]);
//   - a program sees the system's programs and libraries and the folders that it is given, no network, no environment,
//     no process and no file of anybody else, and has no way to new privileges or namespaces;
//   - what exceeds a limit is ended; when Run returns, whatever the reason, no process of the sandbox is left;
//   - a program that fails is an Outcome; an error means that the sandbox could not work, or that the context ended.
//
// As root, locks and control groups of the users are below /run/wheelyard and /sys/fs/cgroup. They are made again when they are missing.
package sandbox

import (
	"errors"
	"io"
	"time"
)

// ErrUnavailable: this machine can't run sandboxes as it is. The error that wraps it says what people can do.
var ErrUnavailable = errors.New("builds can't be isolated on this machine")

// Inside is what a sandbox looks like from within.
const (
	Home     = "/build" // HOME, and by custom where the writable folder of a build is
	User     = "build"  // with uid and gid 1000
	Hostname = "build"
	insideID = 1000
)

// Limits bound a program and all its descendants together; zero fields mean no limit.
type Limits struct {
	Wall   time.Duration
	CPU    time.Duration // processor time
	Memory int64         // bytes
	Disk   int64         // bytes, allocated in the folders of Command.Count; also of one file
	Inodes int64         // files and folders there
	Procs  int
	Output int64 // bytes that may be printed
}

// Limit names the limit that ended a program.
type Limit string

// The limits. HostDisk is no limit of the program's own: the machine's disk is nearly full.
const (
	Wall     Limit = "time"
	CPU      Limit = "processor time"
	Memory   Limit = "memory"
	Disk     Limit = "disk"
	Inodes   Limit = "files"
	Procs    Limit = "processes"
	Output   Limit = "output"
	HostDisk Limit = "disk of the host"
)

// Mount makes a file or folder of the machine visible. Devices and setuid programs in it have no effect.
type Mount struct {
	Host     string // absolute; "": an empty folder in memory, that hides what is there
	At       string // absolute, inside
	Writable bool
}

// Command is a program to run.
type Command struct {
	Args   []string // looked up in Path
	Env    []string // "NAME=value", besides HOME, PATH, LANG and TMPDIR
	Path   string   // PATH; "": /usr/bin:/bin
	Dir    string   // inside; "": Home
	Mounts []Mount  // later ones over earlier ones
	Count  []string // folders of the machine that count as its disk
	Limits Limits
	Output io.Writer // what it prints, both streams, as it comes; nil: nobody hears it
	// Bare hides the compilers and headers, as on a machine that only runs wheels.
	Bare bool
}

// Outcome is what became of a program.
type Outcome struct {
	Status   int   // as a shell says it: 128 + n when signal n ended it
	Exceeded Limit // what ended it before its time; "": nothing
	Starved  Limit // Memory or Procs, when that limit struck some process inside and it went on to fail by itself
	Wall     time.Duration
	CPU      time.Duration
	Memory   int64 // bytes at the peak; 0: not known
}

// OK: the program ended by itself, with status 0.
func (o Outcome) OK() bool { return o.Status == 0 && o.Exceeded == "" }
