package build

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Running is a build that is under way.
type Running struct {
	What  string    `json:"what"` // project, version and target, as the first line of its log says it
	Since time.Time `json:"since"`
}

// UnderWay lists the builds of a yard's folder whose process lives, in no order that means anything. It disturbs none of them.
func UnderWay(dir string) ([]Running, error) {
	dirs, err := filepath.Glob(filepath.Join(dir, workDir, "build-*"))
	if err != nil {
		return nil, err
	}
	var all []Running
	for _, dir := range dirs {
		if lock, err := os.Open(filepath.Join(dir, "lock")); err != nil || !held(lock) {
			continue // it has ended, or is about to
		}
		if r, ok := readRunning(filepath.Join(dir, "log")); ok {
			all = append(all, r)
		}
	}
	return all, nil
}

// held says whether another process has the lock, and closes the file.
func held(lock *os.File) bool {
	defer lock.Close()
	return unix.Flock(int(lock.Fd()), unix.LOCK_SH|unix.LOCK_NB) != nil
}

func readRunning(log string) (Running, bool) {
	f, err := os.Open(log)
	if err != nil {
		return Running{}, false
	}
	defer f.Close()
	info, err := os.Stat(filepath.Dir(log) + "/lock")
	if err != nil {
		return Running{}, false
	}
	line, err := bufio.NewReader(f).ReadString('\n')
	return Running{What: strings.TrimSpace(strings.TrimPrefix(line, "== ")), Since: info.ModTime().UTC()}, err == nil
}
