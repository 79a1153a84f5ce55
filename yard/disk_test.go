//go:build linux

package yard

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mount is a small file system of its own, in memory.
func mount(t *testing.T, size string) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a file system")
	}
	dir = t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the space that there is, but for some pages. It returns what gives it back.
func fill(t *testing.T, dir string, pages int) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	size := int64(0)
	for {
		n, err := f.Write(page)
		size += int64(n)
		if errors.Is(err, unix.ENOSPC) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(max(size-int64(pages)*4096, 0)); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// With any number of pages left on the disk, what is done is done and what isn't is an error. With space again it goes on.
func TestFullDisk(t *testing.T) {
	dir := mount(t, "4m")
	wheel := pure(t, t.TempDir(), 1)
	big := make([]byte, 5000)
	rand.Read(big)
	failed := 0
	for pages := range 40 {
		place := filepath.Join(dir, fmt.Sprint(pages), "yard")
		if err := Create(place); err != nil {
			t.Fatal(err)
		}
		y := openYard(t, place)
		unlock := locked(t, y)
		before := y.record(t, 1)
		free := fill(t, dir, pages)
		ctx := context.Background()
		_, recorded := y.Record(ctx, order(2), bytes.NewReader(big))
		w, admitted := y.Admit(ctx, wheel, offer(1))
		for _, err := range []error{recorded, admitted} {
			if err != nil {
				failed++
				if isRefused(err) {
					t.Error(err)
				}
			}
		}
		unlock()
		if second, err := y.Lock(ctx); err == nil { // on the disk that is still full
			second()
		}
		reader := openYard(t, place)
		if a, err := reader.Attempts(ctx); err != nil || len(a) == 0 {
			t.Errorf("%d pages: %d attempts for a reader, %v", pages, len(a), err)
		}
		reader.Close()
		free()
		attempts, wheels := sound(t, place)
		if len(attempts) == 0 || !reflect.DeepEqual(attempts[0], before) || recorded == nil && len(attempts) != 2 || admitted == nil && (len(wheels) != 1 || wheels[0] != w) {
			t.Errorf("%d pages: recorded: %v, admitted: %v; %d attempts, %+v", pages, recorded, admitted, len(attempts), wheels)
		}
		unlock = locked(t, y)
		y.record(t, 2)
		if _, err := y.Admit(ctx, wheel, offer(1)); err != nil {
			t.Error(err)
		}
		unlock()
		if attempts, wheels := sound(t, place); len(attempts) != 2 || len(wheels) != 1 {
			t.Errorf("%d pages: %d attempts, %d wheels", pages, len(attempts), len(wheels))
		}
		y.Close()
		if err := os.RemoveAll(filepath.Dir(place)); err != nil {
			t.Fatal(err)
		}
	}
	if failed < 20 {
		t.Errorf("only %d failed: the disk was not full", failed)
	}
}

// A yard on a file system that can't be written is read as it is.
func TestReadOnlyDisk(t *testing.T) {
	dir := mount(t, "4m")
	for name, gone := range map[string][]string{"whole": nil, "no-log": {"catalog.db-wal", "catalog.db-shm"}, "no-catalog": {"catalog.db"}} {
		place := filepath.Join(dir, name)
		if err := Create(place); err != nil {
			t.Fatal(err)
		}
		y := openYard(t, place)
		unlock := locked(t, y)
		y.record(t, 1)
		y.admitted(t, 1)
		unlock()
		y.Close()
		for _, f := range gone {
			if err := os.Remove(filepath.Join(place, f)); err != nil {
				t.Fatal(err)
			}
		}
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		checkReadable(t, place)
		if err := unix.Mount("", dir, "", unix.MS_REMOUNT, ""); err != nil {
			t.Fatal(err)
		}
	}
}

// checkReadable: a yard with one attempt and one wheel is read, and not written.
func checkReadable(t *testing.T, dir string) {
	t.Helper()
	if err := Create(dir); err != nil { // it is there
		t.Error(err)
	}
	y := openYard(t, dir)
	defer y.Close()
	if a, w := y.state(t); len(a) != 1 || len(w) != 1 {
		t.Errorf("%s: %d attempts, %d wheels", dir, len(a), len(w))
	}
	if _, err := y.Lock(context.Background()); !errors.Is(err, unix.EROFS) && !errors.Is(err, unix.EACCES) {
		t.Errorf("%s: %v", dir, err)
	}
	if p, err := y.Verify(context.Background()); err != nil || len(p) > 0 {
		t.Errorf("%s: %q %v", dir, p, err)
	}
}

// Who may not write in the yard reads it all the same: between writers and beside one; also when what it needs for that is missing.
func TestReadOnlyUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	above := memory(t)
	if err := os.Chmod(above, 0o755); err != nil {
		t.Fatal(err)
	}
	y, dir := yardIn(t, above)
	unlock := locked(t, y)
	y.record(t, 1)
	y.admitted(t, 1)
	asNobody(t, func() { checkReadable(t, dir) })
	reader := openYard(t, dir)
	y.record(t, 2)
	asNobody(t, func() {
		if a, _ := reader.state(t); len(a) != 2 {
			t.Errorf("%d attempts beside a writer", len(a))
		}
	})
	y.record(t, 3)
	asNobody(t, func() {
		if a, _ := reader.state(t); len(a) != 3 {
			t.Errorf("%d attempts beside a writer", len(a))
		}
	})
	unlock()
	y.Close()
	asNobody(t, func() {
		if a, _ := reader.state(t); len(a) != 3 {
			t.Errorf("%d attempts after a writer", len(a))
		}
		if p, err := reader.Verify(context.Background()); err != nil || len(p) > 0 {
			t.Errorf("%q %v", p, err)
		}
	})
	for _, f := range []string{"catalog.db-wal", "catalog.db-shm", "catalog.db"} {
		if err := os.Remove(filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
		asNobody(t, func() {
			if a, _ := openYard(t, dir).state(t); len(a) != 3 {
				t.Errorf("without %s: %d attempts", f, len(a))
			}
		})
	}
	if left := strings.Join(files(t, dir), " "); strings.Contains(left, "catalog") {
		t.Errorf("a reader wrote: %s", left)
	}
}

// asNobody calls f on a thread that has the rights of an ordinary user on files.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const nobody = 65534
	if err := errors.Join(unix.Setfsgid(nobody), unix.Setfsuid(nobody)); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(unix.Setfsuid(0), unix.Setfsgid(0)); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}
