package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"wheelyard/internal/durable"
)

// oldest is the first bubblewrap that has --disable-userns.
var oldest = [2]int{0, 8}

// Options say where a sandbox keeps what it needs.
type Options struct {
	Dir string // a folder of its own, for a few small files; made when it is missing

	Programs []string // folders in which bwrap and prlimit are looked for; nil: /usr/bin, /usr/local/bin, /bin
	Groups   string   // where control groups are mounted; "": /sys/fs/cgroup; "none": they are not used
	Locks    string   // folder of the locks of users; "": /run/wheelyard
}

// Sandbox runs commands. Its methods may be called from any number of goroutines.
type Sandbox struct {
	bwrap   string
	limiter string // prlimit
	root    bool   // wheelyard is uid 0
	etc     []Mount
	filter  []byte // cBPF; nil: none for this architecture
	groups  *groups
	users   users

	once  sync.Once
	wrong error
}

// New finds the programs that are needed, without running one. Errors wrap ErrUnavailable, or are those of writing to o.Dir.
func New(o Options) (*Sandbox, error) {
	if o.Programs == nil {
		o.Programs = []string{"/usr/bin", "/usr/local/bin", "/bin"}
	}
	s := &Sandbox{root: os.Geteuid() == 0, filter: seccomp()}
	var err error
	if s.bwrap, err = program(o.Programs, "bwrap", "bubblewrap"); err != nil {
		return nil, err
	}
	if s.limiter, err = program(o.Programs, "prlimit", "util-linux"); err != nil {
		return nil, err
	}
	if s.etc, err = writeEtc(filepath.Join(o.Dir, "etc")); err != nil {
		return nil, err
	}
	s.groups = findGroups(o.Groups, s.root)
	s.users = newUsers(s.root, o.Locks)
	return s, nil
}

func program(dirs []string, name, debian string) (string, error) {
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: there is no program %s\n  hint: apt-get install %s", ErrUnavailable, name, debian)
}

var etcFiles = map[string]string{
	"passwd":        "root:x:0:0:root:/:/bin/sh\nbuild:x:1000:1000:build:/build:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
	"group":         "root:x:0:\nbuild:x:1000:\nnogroup:x:65534:\n",
	"hosts":         "127.0.0.1 localhost build\n::1 localhost\n",
	"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}

// writeEtc writes them under names that change with their texts: a file that another sandbox may have mounted is never replaced.
func writeEtc(dir string) ([]Mount, error) {
	var mounts []Mount
	for name, text := range etcFiles {
		sum := sha256.Sum256([]byte(text))
		path := filepath.Join(dir, name+"-"+hex.EncodeToString(sum[:4]))
		if err := durable.AddFile(path, []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("preparing the sandbox: %w", err)
		}
		mounts = append(mounts, Mount{Host: path, At: "/etc/" + name})
	}
	return mounts, nil
}

// Ready tries once whether a sandbox really starts. Its error wraps ErrUnavailable and has a hint; it is the same at each call.
func (s *Sandbox) Ready(ctx context.Context) error {
	s.once.Do(func() { s.wrong = s.try(context.WithoutCancel(ctx)) })
	return s.wrong
}

func (s *Sandbox) try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, s.bwrap, "--version").Output()
	if err != nil {
		return fmt.Errorf("%w: %s --version: %w", ErrUnavailable, s.bwrap, err)
	}
	if v := string(bytes.TrimSpace(out)); tooOld(v) {
		return fmt.Errorf("%w: %s is %s, and 0.8 is the oldest that can keep builds from making namespaces\n  hint: install a newer bubblewrap",
			ErrUnavailable, s.bwrap, v)
	}
	id, err := s.Claim(ctx)
	if err != nil {
		return err
	}
	defer id.Release()
	o, err := id.Run(ctx, Command{Args: []string{"/bin/true"}})
	if err != nil {
		return fmt.Errorf("%w: %w%s", ErrUnavailable, err, hint(err.Error()))
	}
	if !o.OK() {
		return fmt.Errorf("%w: in a sandbox, /bin/true ends with status %d", ErrUnavailable, o.Status)
	}
	return nil
}

// tooOld reads "bubblewrap 0.8.0". What can't be read is taken for new.
func tooOld(version string) bool {
	fields := strings.FieldsFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if len(fields) < 2 {
		return false
	}
	major, err1 := strconv.Atoi(fields[0])
	minor, err2 := strconv.Atoi(fields[1])
	if err1 != nil || err2 != nil {
		return false
	}
	return major < oldest[0] || major == oldest[0] && minor < oldest[1]
}

// hint tells what helps where unprivileged user namespaces are refused.
func hint(message string) string {
	const restrict = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
	switch {
	case !refused(message):
		return ""
	case reads(restrict, "1"):
		return "\n  hint: AppArmor refuses user namespaces here: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
	case reads("/proc/sys/kernel/unprivileged_userns_clone", "0"):
		return "\n  hint: the kernel refuses user namespaces here: sysctl -w kernel.unprivileged_userns_clone=1"
	case reads("/proc/sys/user/max_user_namespaces", "0"):
		return "\n  hint: the kernel refuses user namespaces here: sysctl -w user.max_user_namespaces=15000"
	}
	return "\n  hint: user namespaces are refused here; in a container, it has to be started with them allowed"
}

func refused(message string) bool {
	for _, sign := range []string{"uid map", "No permissions to create", "Creating new namespace failed", "user namespace", "Operation not permitted"} {
		if strings.Contains(message, sign) {
			return true
		}
	}
	return false
}

func reads(file, want string) bool {
	b, err := os.ReadFile(file)
	return err == nil && strings.TrimSpace(string(b)) == want
}
