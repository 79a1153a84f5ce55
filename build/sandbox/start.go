package sandbox

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// process is a bubblewrap that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it and everything in it is gone
	err   error         // of cmd.Wait; read after ended
}

// start starts bubblewrap from a thread of its own, which stays until the end: it is the thread whose end ends the sandbox, too, when
// wheelyard is killed (PR_SET_PDEATHSIG is about threads), which is in the control groups, and which has the mounts.
func (id *Identity) start(c Command, out, status, block *os.File) (*process, error) {
	p := &process{ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		err := id.launch(p, c, out, status, block)
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (id *Identity) launch(p *process, c Command, out, status, block *os.File) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	unix.Umask(0o022) // of this thread alone, now
	mounts := append(append([]Mount(nil), id.s.etc...), c.Mounts...)
	files := []*os.File{status, block}
	if filter := id.s.filter; filter != nil {
		f, err := inMemory("seccomp", filter)
		if err != nil {
			return err
		}
		defer f.Close()
		files = append(files, f)
	}
	if id.uid >= 0 {
		if err := id.s.groups.join(id.uid, c.Limits); err != nil {
			return err
		}
		defer id.s.groups.leave()
		staged, err := stage(mounts)
		if err != nil {
			return err
		}
		mounts = staged
	}
	p.cmd = &exec.Cmd{
		Path: id.s.bwrap, Args: append([]string{"bwrap"}, id.s.arguments(c, mounts)...),
		Env: []string{}, Dir: "/", Stdout: out, Stderr: out, ExtraFiles: files,
		SysProcAttr: &syscall.SysProcAttr{Credential: id.credential(), Pdeathsig: syscall.SIGKILL, Setsid: true},
	}
	defer id.s.groups.place(p.cmd.SysProcAttr, id.uid)()
	// Files that wheelyard itself was started with are none of the build's.
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err != nil && err != unix.ENOSYS && err != unix.EINVAL {
		return fmt.Errorf("close_range: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("starting bubblewrap: %w", err)
	}
	return nil
}

// inMemory is a file that only its descriptor leads to.
func inMemory(name string, content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err := f.WriteAt(content, 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// stages are folders that every system has, and that nothing of a build is in.
var stages = []string{"/mnt", "/media", "/srv"}

// stage makes the mounts' sources reachable for a user who may not enter the folders in which they are (a yard may be in /root): they
// are bound below a folder that only this thread, and what it starts, sees. Where the kernel refuses, they are taken as they are.
func stage(mounts []Mount) ([]Mount, error) {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return mounts, nil
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("staging: %w", err)
	}
	sources, closeAll, err := openAll(mounts)
	defer closeAll()
	if err != nil {
		return nil, err
	}
	var at string
	for _, dir := range stages {
		if err = unix.Mount("wheelyard", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=1m"); err == nil {
			at = dir
			break
		}
	}
	if at == "" {
		return nil, fmt.Errorf("staging: mounting: %w", err)
	}
	staged := append([]Mount(nil), mounts...)
	for i, m := range mounts {
		if m.Host == "" {
			continue
		}
		staged[i].Host = filepath.Join(at, strconv.Itoa(i))
		if err := bind(sources[i], staged[i].Host); err != nil {
			return nil, fmt.Errorf("staging %s: %w", m.Host, err)
		}
	}
	return staged, nil
}

func openAll(mounts []Mount) (fds []int, closeAll func(), err error) {
	closeAll = func() {
		for _, fd := range fds {
			if fd >= 0 {
				unix.Close(fd)
			}
		}
	}
	for _, m := range mounts {
		fd := -1
		if m.Host != "" {
			if fd, err = unix.Open(m.Host, unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
				return fds, closeAll, &os.PathError{Op: "open", Path: m.Host, Err: err}
			}
		}
		fds = append(fds, fd)
	}
	return fds, closeAll, nil
}

func bind(source int, at string) error {
	var st unix.Stat_t
	if err := unix.Fstat(source, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		if err := unix.Mkdir(at, 0o755); err != nil {
			return err
		}
	} else {
		fd, err := unix.Open(at, unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o644)
		if err != nil {
			return err
		}
		unix.Close(fd)
	}
	return unix.Mount("/proc/thread-self/fd/"+strconv.Itoa(source), at, "", unix.MS_BIND|unix.MS_REC, "")
}
