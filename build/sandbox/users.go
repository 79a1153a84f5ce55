package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// As root, each running build is another of these users; they are in no user database. The first range is one that systemd's list of
// uids calls unused, the second is for containers that have only the lower 65536, and is unused there too.
const (
	slots        = 512
	firstUser    = 1_900_000_000
	firstLowUser = 60_600
)

const locks = "/run/wheelyard"

type users struct {
	first int // 0: builds run as the user that wheelyard runs as
	dir   string
}

func newUsers(root bool, dir string) users {
	if !root {
		return users{}
	}
	if dir == "" {
		dir = locks
	}
	maps, _ := os.ReadFile("/proc/self/uid_map")
	return users{first: firstFree(string(maps)), dir: filepath.Join(dir, "users")}
}

// firstFree reads /proc/self/uid_map.
func firstFree(maps string) int {
	for line := range strings.Lines(maps) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		from, err1 := strconv.ParseInt(f[0], 10, 64)
		count, err2 := strconv.ParseInt(f[2], 10, 64)
		if err1 == nil && err2 == nil && from <= firstUser && from+count >= firstUser+slots {
			return firstUser
		}
	}
	return firstLowUser
}

// Identity is a user that no other build is while it is claimed. As an ordinary user, it is that user.
type Identity struct {
	s    *Sandbox
	uid  int // of the user and its group; -1: nobody else
	lock *os.File
}

// Claim takes a user that is free; when all are taken, it waits. The user has no processes, even if somebody left some.
func (s *Sandbox) Claim(ctx context.Context) (*Identity, error) {
	if s.users.first == 0 {
		return &Identity{s: s, uid: -1}, nil
	}
	if err := os.MkdirAll(s.users.dir, 0o700); err != nil {
		return nil, fmt.Errorf("claiming a user for a build: %w", err)
	}
	for {
		for i := range slots {
			f, err := tryLock(filepath.Join(s.users.dir, strconv.Itoa(s.users.first+i)))
			if err != nil {
				return nil, fmt.Errorf("claiming a user for a build: %w", err)
			}
			if f == nil {
				continue
			}
			id := &Identity{s: s, uid: s.users.first + i, lock: f}
			s.groups.remove(id.uid)
			return id, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// tryLock returns nil when another holds it. The lock ends with the process at the latest.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, nil
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// UID is the user's number, which is its group's too; -1: that of wheelyard itself.
func (id *Identity) UID() int { return id.uid }

// Release gives the user back. It may be called again.
func (id *Identity) Release() error {
	if id.lock == nil {
		return nil
	}
	id.s.groups.remove(id.uid)
	err := id.lock.Close()
	id.lock = nil
	return err
}

func (id *Identity) credential() *syscall.Credential {
	if id.uid < 0 {
		return nil
	}
	return &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.uid), Groups: []uint32{}}
}
