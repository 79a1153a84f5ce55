// Command worker changes files in ways that the tests of killtest count.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

func main() {
	dir := os.Args[2]
	switch os.Args[1] {
	case "files": // three, one after the other, each in four changes
		for i := range 3 {
			replace(dir, fmt.Sprint("file", i))
		}
	case "kinds": // one of each
		os.Chdir(dir)
		must(os.Mkdir("sub", 0o755))
		must(os.WriteFile("sub/a", []byte("a"), 0o600))
		must(os.Link("sub/a", "b"))
		must(os.Symlink("b", "c"))
		must(os.Chmod("b", 0o644))
		must(os.Truncate("b", 0))
		must(os.Remove("c"))
		must(os.RemoveAll("sub"))
	case "nothing": // what is no change of a disk
		fmt.Println("to a pipe")
		for _, name := range []string{"/dev/null", "/proc/self/comm"} {
			f, err := os.OpenFile(name, os.O_WRONLY, 0)
			must(err)
			io.WriteString(f, "x")
			f.Close()
		}
		_, err := os.ReadDir(dir)
		must(err)
	case "threads":
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				runtime.LockOSThread()
				replace(dir, fmt.Sprint("file", i))
			})
		}
		all.Wait()
	case "child": // writes files and would do so for good
		c := exec.Command("sh", "-c", `echo > child; cat; echo > late`)
		c.Dir = dir
		in, err := c.StdinPipe()
		must(err)
		must(c.Start())
		for {
			if _, err := os.Stat(filepath.Join(dir, "child")); err == nil {
				break
			}
			runtime.Gosched()
		}
		must(os.WriteFile(filepath.Join(dir, "pid"), fmt.Append(nil, c.Process.Pid), 0o644))
		replace(dir, "file")
		in.Close()
		must(c.Wait())
	case "fail":
		os.Exit(3)
	}
}

func replace(dir, name string) {
	temp := filepath.Join(dir, ".tmp-"+name)
	f, err := os.Create(temp)
	must(err)
	io.WriteString(f, name)
	must(f.Sync())
	must(f.Close())
	must(os.Rename(temp, filepath.Join(dir, name)))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
