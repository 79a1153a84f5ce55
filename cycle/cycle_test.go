package cycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wheelyard/build"
	"wheelyard/internal/pypitest"
	"wheelyard/packaging/project"
	"wheelyard/packaging/tag"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/publish"
	"wheelyard/yard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// crew is a round on a real yard and tree, with a builder that does what the test says.
type crew struct {
	*Round
	t       testing.TB
	orders  func(held []yard.Wheel, past []yard.Attempt) []plan.Order
	build   map[project.Name]func(context.Context) (yard.Class, error)
	wheels  map[string]string // paths by file name
	mu      sync.Mutex
	planned int
	ended   []string
}

func newCrew(t *testing.T, targets ...string) *crew {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "yard")
	if err := yard.Create(dir); err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	y, err := yard.Open(dir, yard.Options{Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.Close() })
	unlock, err := y.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	c := &crew{t: t, build: map[project.Name]func(context.Context) (yard.Class, error){}, wheels: map[string]string{}}
	c.Round = &Round{Yard: y, Builder: c, Tree: &publish.Tree{Dir: filepath.Join(dir, "public"), Blob: y.Blob, Statement: y.Statement}, Jobs: 2, Observer: c}
	c.Plan = func(held []yard.Wheel, past []yard.Attempt) plan.Plan {
		return plan.Plan{Made: clock, Orders: c.orders(held, past)}
	}
	for _, name := range targets {
		c.Targets = append(c.Targets, target(t, name))
	}
	return c
}

func target(t testing.TB, platformName string) platform.Target {
	t.Helper()
	tags, err := tag.ParseSet("py3-none-any")
	if err != nil {
		t.Fatal(err)
	}
	more, err := tag.ParseSet("cp311-cp311-linux_x86_64")
	if err != nil {
		t.Fatal(err)
	}
	return platform.Target{Platform: platformName, Python: "cp311", Tags: tag.NewSet(append(more, tags...)), Libc: platform.Libc{Name: "glibc", Version: "2.36"}, Arch: "x86_64", Here: true}
}

// order is one for NAME 1.0, whose build ends with class.
func (c *crew) order(name, platformName string, do func(context.Context) (yard.Class, error)) plan.Order {
	c.build[project.Name(name)] = do
	return plan.Order{Key: plan.OrderKey(strings.Repeat("a", 64), name+platformName, 0), Project: project.Name(name), Version: "1.0", Target: platformName + "/cp311",
		Inputs: "inputs"}
}

func (c *crew) Build(ctx context.Context, o plan.Order, t platform.Target, live io.Writer) (build.Result, error) {
	class, err := c.build[o.Project](ctx)
	if err != nil {
		return build.Result{}, err
	}
	log := filepath.Join(c.t.(*testing.T).TempDir(), "log")
	if err := os.WriteFile(log, []byte("log of "+o.Project), 0o644); err != nil {
		return build.Result{}, err
	}
	r := build.Result{Log: log, Close: func() error { return nil }, Attempt: yard.Attempt{
		Order: o.Key, Project: o.Project, Version: o.Version, Target: o.Target, Inputs: o.Inputs, Class: class,
		Sdist: yard.File{Filename: string(o.Project) + "-1.0.tar.gz", SHA256: strings.Repeat("a", 64)}}}
	if class == yard.Built {
		name := string(o.Project) + "-1.0-py3-none-any.whl"
		if o.Project == "native" {
			name = "native-1.0-cp311-cp311-linux_x86_64.whl"
		}
		r.Wheel = makeWheel(c.t, string(o.Project), name)
	}
	return r, nil
}

// makeWheel lets the test index make one.
func makeWheel(t testing.TB, name, filename string) string {
	t.Helper()
	up, err := pypitest.Start(pypitest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer up.Close()
	if err := up.AddText(fmt.Appendf(nil, "project: %s\n-- %s/%s.py --\nanswer = 42\n", name, filename, name)); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(strings.TrimSuffix(up.URL, "simple/") + "files/" + name + "/" + filename)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	path := filepath.Join(t.(*testing.T).TempDir(), filename)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (c *crew) Planned(plan.Plan, int) { c.planned++ }
func (c *crew) Started(plan.Order)     {}
func (c *crew) Finished(o plan.Order, a yard.Attempt, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = append(c.ended, fmt.Sprintf("%s %s", o.Project, a.Class))
}

func (c *crew) published(platformName, name string) bool {
	files, _ := filepath.Glob(filepath.Join(c.Tree.Dir, platformName, "simple", name, "*.whl"))
	return len(files) == 1
}

func ends(class yard.Class) func(context.Context) (yard.Class, error) {
	return func(context.Context) (yard.Class, error) { return class, nil }
}

// left leaves out the orders of what was tried.
func left(all []plan.Order, past []yard.Attempt) []plan.Order {
	var rest []plan.Order
	for _, o := range all {
		tried := false
		for _, a := range past {
			tried = tried || a.Order == o.Key
		}
		if !tried {
			rest = append(rest, o)
		}
	}
	return rest
}

// TestHanging: an order that hangs delays no other, nor what depends on another.
func TestHanging(t *testing.T) {
	c := newCrew(t, "p")
	ctx, cancel := context.WithCancel(t.Context())
	scout := c.order("scout", "p", ends(yard.Built))
	follower := c.order("follower", "p", func(context.Context) (yard.Class, error) {
		if !c.published("p", "scout") {
			t.Error("the scout is not published before the end of the round")
		}
		return yard.Built, nil
	})
	hanging := c.order("hanging", "p", func(ctx context.Context) (yard.Class, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	last := c.order("last", "p", func(context.Context) (yard.Class, error) {
		cancel() // all others that could be done are done
		return yard.SourceFault, nil
	})
	c.orders = func(held []yard.Wheel, past []yard.Attempt) []plan.Order {
		switch len(held) {
		case 0:
			return []plan.Order{hanging, scout}
		case 1:
			return []plan.Order{hanging, follower}
		}
		return []plan.Order{hanging, last}
	}
	out, err := c.Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if len(out.Attempts) != 3 || !c.published("p", "scout") || !c.published("p", "follower") {
		t.Errorf("%v", c.ended)
	}
}

// TestTrouble: what can't be done at all is told at the end, and the rest is done.
func TestTrouble(t *testing.T) {
	c := newCrew(t, "p")
	trouble := errors.New("the roof is on fire")
	orders := []plan.Order{
		c.order("bad", "p", func(context.Context) (yard.Class, error) { return "", trouble }),
		c.order("failing", "p", ends(yard.MissingLibrary)),
		c.order("good", "p", ends(yard.Built)),
	}
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left(orders, past) }
	out, err := c.Run(t.Context())
	if !errors.Is(err, trouble) || !strings.Contains(err.Error(), "bad 1.0 for p/cp311: ") {
		t.Errorf("%v", err)
	}
	if len(out.Attempts) != 2 || !c.published("p", "good") || c.published("p", "failing") {
		t.Errorf("%v", c.ended)
	}
	past, err := c.Yard.Attempts(t.Context())
	if err != nil || len(past) != 2 {
		t.Errorf("%v, %v", past, err)
	}
	// What failed at all is tried once in a round, and in the next one again.
	if strings.Count(strings.Join(c.ended, "\n"), "bad") != 1 {
		t.Errorf("%v", c.ended)
	}
}

// TestRefused: a wheel that the yard refuses makes the attempt a failed one, and is not published.
func TestRefused(t *testing.T) {
	c := newCrew(t, "p")
	o := c.order("demo", "p", ends(yard.Built))
	o.Version = "2.0" // the builder makes 1.0
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left([]plan.Order{o}, past) }
	out, err := c.Run(t.Context())
	if err != nil || len(out.Attempts) != 1 {
		t.Fatalf("%v, %v", out.Attempts, err)
	}
	if a := out.Attempts[0]; a.Class != yard.SourceFault || a.Reason == "" || a.Advice == "" || c.published("p", "demo") {
		t.Errorf("%+v", a)
	}
}

// TestMends: what was admitted and not published, as after a crash, is published by the next round, and the one after that has nothing to do.
func TestMends(t *testing.T) {
	c := newCrew(t, "p")
	o := c.order("demo", "p", ends(yard.Built))
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left([]plan.Order{o}, past) }
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(c.Tree.Dir); err != nil {
		t.Fatal(err)
	}
	for i, changed := range []bool{true, false} {
		out, err := c.Run(t.Context())
		if err != nil || len(out.Attempts) != 0 || (out.Changed > 0) != changed || !c.published("p", "demo") {
			t.Errorf("%d: %+v, %v", i, out, err)
		}
	}
}

// TestSpoiltTree: a published file that somebody changed is told, and holds up nothing else.
func TestSpoiltTree(t *testing.T) {
	c := newCrew(t, "p")
	orders := []plan.Order{c.order("demo", "p", ends(yard.Built))}
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left(orders, past) }
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(c.Tree.Dir, "p/simple/demo/*.whl"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := errors.Join(os.Remove(files[0]), os.WriteFile(files[0], []byte("changed"), 0o644)); err != nil {
		t.Fatal(err)
	}
	orders = append(orders, c.order("good", "p", ends(yard.Built)))
	out, err := c.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "publishing p: project demo: ") {
		t.Errorf("%v", err)
	}
	if len(out.Attempts) != 1 || !c.published("p", "good") {
		t.Errorf("%v", c.ended)
	}
}

// TestFrozen: a wheel is built and admitted, and the tree stays as it is until a round that may change it.
func TestFrozen(t *testing.T) {
	c := newCrew(t, "p")
	c.Frozen = true
	o := c.order("demo", "p", ends(yard.Built))
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left([]plan.Order{o}, past) }
	if out, err := c.Run(t.Context()); err != nil || len(out.Attempts) != 1 || c.published("p", "demo") {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := os.Stat(c.Tree.Dir); !os.IsNotExist(err) {
		t.Error("something was written to the tree")
	}
	c.Frozen = false
	if out, err := c.Run(t.Context()); err != nil || len(out.Attempts) != 0 || !c.published("p", "demo") {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestPureServesAll: a pure wheel is offered on every platform, one with extension modules on its own.
func TestPureServesAll(t *testing.T) {
	c := newCrew(t, "p", "q")
	orders := []plan.Order{c.order("demo", "p", ends(yard.Built)), c.order("native", "p", ends(yard.Built))}
	c.orders = func(_ []yard.Wheel, past []yard.Attempt) []plan.Order { return left(orders, past) }
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !c.published("p", "demo") || !c.published("q", "demo") || !c.published("p", "native") || c.published("q", "native") {
		t.Error("wrong offers")
	}
	if out, err := c.Run(t.Context()); err != nil || out.Changed != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestOffer: of two files of one name, the one that was there first stays.
func TestOffer(t *testing.T) {
	held := []yard.Wheel{
		{Platform: "p", Filename: "a-1-py3-none-any.whl", SHA256: "p", Record: 2},
		{Platform: "q", Filename: "a-1-py3-none-any.whl", SHA256: "q", Record: 1},
		{Platform: "q", Filename: "b-1-cp311-cp311-linux_x86_64.whl", SHA256: "b", Record: 3},
		{Platform: "q", Filename: "what is this", SHA256: "c", Record: 4},
	}
	for name, want := range map[string]string{"p": "q", "q": "q b c", "r": "q"} {
		var got []string
		for _, w := range Offer(held, name) {
			got = append(got, w.SHA256)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}

func TestUnknownTarget(t *testing.T) {
	c := newCrew(t, "p")
	if _, err := c.Do(t.Context(), plan.Order{Target: "q/cp311"}); err == nil || !strings.Contains(err.Error(), "q/cp311") {
		t.Error(err)
	}
}
