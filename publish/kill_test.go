//go:build linux && (amd64 || arm64)

package publish

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wheelyard/internal/killtest"
)

// workerDir names the folder in which a child process of the tests publishes, workerOffer what.
const (
	workerDir   = "WHEELYARD_TEST_PUBLISH_DIR"
	workerOffer = "WHEELYARD_TEST_PUBLISH_OFFER"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(workerDir); dir != "" {
		os.Exit(work(dir, strings.Fields(os.Getenv(workerOffer))))
	}
	os.Exit(m.Run())
}

// work publishes an offer of wheels whose blobs are there.
func work(dir string, names []string) int {
	s := shopIn(&testing.B{}, dir)
	if _, err := s.Platform(context.Background(), platform, s.wheels(names...)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (s *shop) worker(names []string) *exec.Cmd {
	s.wheels(names...) // their blobs
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerDir+"="+s.dir, workerOffer+"="+strings.Join(names, " "))
	cmd.Stderr = os.Stderr
	return cmd
}

// TestKill kills the process before each change of the disk. The tree is then sound, at rest; and the next call, with this offer or with
// another, leaves what it leaves elsewhere.
func TestKill(t *testing.T) {
	killtest.Need(t, func(t testing.TB, err error) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	})
	for _, c := range []struct {
		name               string
		first, then, after []string
	}{
		{"the first", nil, []string{"a-1.0", "a-2.0", "b-1.0"}, []string{"b-1.0"}},
		{"some come, some go", []string{"a-1.0", "a-2.0", "b-1.0"}, []string{"a-2.0", "a-3.0", "c-1.0"}, []string{"a-1.0", "b-1.0"}},
		{"all go", []string{"a-1.0", "b-1.0"}, nil, []string{"a-1.0", "b-1.0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			whole, later := newShop(t), newShop(t)
			for _, s := range []*shop{whole, later} {
				s.offer(c.first...)
				s.offer(c.then...)
			}
			later.offer(c.after...)
			for n := 1; ; n++ {
				s := newShop(t)
				s.offer(c.first...)
				killed, what, err := killtest.At(s.worker(c.then), n)
				if err != nil {
					t.Fatal(err)
				}
				if !killed {
					t.Logf("killed before each of %d changes", n-1)
					break
				}
				when := fmt.Sprintf("killed before change %d, %s", n, strings.ReplaceAll(what, s.dir, ""))
				s.sound(when)
				other := s.clone()
				s.offer(c.then...)
				if diff := cmp.Diff(whole.tree(), s.tree()); diff != "" {
					t.Errorf("%s, and called again (-whole +mended):\n%s", when, diff)
				}
				other.offer(c.after...)
				other.sound(when + ", and called with another offer")
				if diff := cmp.Diff(later.tree(), other.tree()); diff != "" {
					t.Errorf("%s, and called with another offer (-whole +mended):\n%s", when, diff)
				}
			}
		})
	}
}

// clone is a copy, its links to blobs links again.
func (s *shop) clone() *shop {
	s.t.Helper()
	dir := filepath.Join(fastDir(s.t), "clone")
	if out, err := exec.Command("cp", "-a", s.dir, dir).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	return shopIn(s.t, dir)
}
