package yard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// LockedError: another process writes. What isn't known of it is zero.
type LockedError struct {
	PID   int
	Since time.Time
}

func (e *LockedError) Error() string {
	who, since := "another process", ""
	if e.PID > 0 {
		who = "process " + strconv.Itoa(e.PID)
	}
	if !e.Since.IsZero() {
		since = " since " + e.Since.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("the yard is locked: %s has been writing to it%s", who, since)
}

// lockFile is a file held with flock(2): the kernel lets go of it when its holder dies, however that comes. The file itself stays,
// for two who each hold a lock on a file of their own would both write. Its text is for those who are turned away: "PID TIME".
type lockFile struct {
	file *os.File
	held LockedError // what others are told
}

func acquire(path string, now time.Time) (*lockFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the yard: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for errors.Is(err, unix.EINTR) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = readHolder(f)
	} else if err != nil {
		err = fmt.Errorf("locking the yard: %s: %w", path, err)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	l := &lockFile{file: f, held: LockedError{PID: os.Getpid(), Since: now.UTC()}}
	// Only for others' eyes: a full disk is no reason not to lock.
	if f.Truncate(0) == nil {
		f.WriteAt([]byte(strconv.Itoa(l.held.PID)+" "+l.held.Since.Format(time.RFC3339)+"\n"), 0)
	}
	return l, nil
}

func (l *lockFile) release() error {
	l.file.Truncate(0)
	return l.file.Close()
}

func readHolder(r io.Reader) *LockedError {
	text, _ := io.ReadAll(io.LimitReader(r, 100))
	pid, since, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	e := &LockedError{}
	e.PID, _ = strconv.Atoi(pid)
	e.Since, _ = time.Parse(time.RFC3339, since)
	return e
}
