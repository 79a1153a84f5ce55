package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"wheelyard/build"
	"wheelyard/cmd/wheelyard/config"
	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/publish"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// house is an opened configuration, with everything that commands work with. Parts are made when they are asked for.
type house struct {
	config  config.Config
	now     func() time.Time
	offline bool

	client *upstream.Client
	index  string // address of the upstream index; may hold a name and password
	yard   *yard.Yard
	known  []platform.Target // nil: not asked for yet
}

func (c *cli) open(p *process) (*house, error) {
	file := c.Config
	if file == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		if file, err = config.Find(dir, os.Getenv("WHEELYARD_CONFIG")); err != nil {
			return nil, usageError{err.Error()}
		}
	}
	conf, err := config.Load(file)
	if unread, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, usageError{fmt.Sprintf("reading the configuration: %v\n  hint: --config FILE names another one, `wheelyard init` writes one", unread)}
	}
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(conf.Yard); err == nil && !info.IsDir() {
		return nil, conf.Wrong("yard", fmt.Sprintf("the yard is to be a folder, and %s is a file", conf.Yard), "name another folder; it is made when it isn't there")
	}
	return &house{config: conf, now: p.now}, nil
}

func (h *house) close() error {
	var errs []error
	if h.client != nil {
		errs = append(errs, h.client.Close())
	}
	if h.yard != nil {
		errs = append(errs, h.yard.Close())
	}
	return errors.Join(errs...)
}

// below names a file or folder of the yard.
func (h *house) below(parts ...string) string {
	return filepath.Join(append([]string{h.config.Yard}, parts...)...)
}

// upstream is the client of the upstream index.
func (h *house) upstream(ctx context.Context) (*upstream.Client, error) {
	if h.client != nil {
		return h.client, nil
	}
	address := h.config.Upstream.Index
	if address == "" {
		var err error
		address, err = upstream.DefaultIndex(ctx, h.below("upstream", "index.json"))
		if _, ok := errors.AsType[*fs.PathError](err); ok { // those who may only read can't have it remembered
			address, err = upstream.DefaultIndex(ctx, "")
		}
		if err != nil {
			return nil, err
		}
	}
	client, err := upstream.New(upstream.Options{Index: address, Dir: h.below("upstream"), Offline: h.offline, Now: h.now})
	if err != nil {
		return nil, fmt.Errorf("upstream index: %w", err)
	}
	h.client, h.index = client, address
	return client, nil
}

// openYard opens the yard, and makes it when there is none yet.
func (h *house) openYard() (*yard.Yard, error) {
	if h.yard != nil {
		return h.yard, nil
	}
	y, err := yard.Open(h.config.Yard, yard.Options{Now: h.now})
	if errors.Is(err, fs.ErrNotExist) {
		if err := yard.Create(h.config.Yard); err != nil {
			return nil, err
		}
		y, err = yard.Open(h.config.Yard, yard.Options{Now: h.now})
	}
	h.yard = y
	return y, err
}

// sweep removes what earlier processes left when they were killed.
func (h *house) sweep(ctx context.Context) error {
	client, err := h.upstream(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(build.Sweep(h.config.Yard, h.now()), client.Sweep()); err != nil {
		return fmt.Errorf("removing what was left over: %w", err)
	}
	return nil
}

// facts are those of all platforms, in the order of the configuration.
func (h *house) facts(ctx context.Context) ([]platform.Facts, error) {
	var all []platform.Facts
	for i := range h.config.Platforms {
		f, err := h.factsOf(ctx, i)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// factsOf are those of the platform of that number.
func (h *house) factsOf(ctx context.Context, i int) (platform.Facts, error) {
	p := h.config.Platforms[i]
	if p.Facts == "" {
		return platform.Load(ctx, platform.Spec{Name: p.Name, Pythons: p.Pythons, Packages: p.Packages}, h.below("facts", p.Name+".json"))
	}
	wrong := func(err error) error {
		return h.config.Wrong(fmt.Sprintf("platform[%d].facts", i), fmt.Sprintf("facts of platform %s: %v", p.Name, err),
			"`wheelyard platform show --format json` prints them, on a machine that has the platform")
	}
	file, err := os.Open(p.Facts)
	if err != nil {
		return platform.Facts{}, wrong(err)
	}
	defer file.Close()
	f, err := platform.ReadFacts(file)
	if err != nil {
		return f, wrong(fmt.Errorf("%s: %w", p.Facts, err))
	}
	f.Platform = p.Name
	return f, nil
}

func (h *house) targets(ctx context.Context) ([]platform.Target, error) {
	if h.known != nil {
		return h.known, nil
	}
	facts, err := h.facts(ctx)
	if err != nil {
		return nil, err
	}
	var targets []platform.Target
	for _, f := range facts {
		ts, err := f.Targets()
		if err != nil {
			return nil, fmt.Errorf("platform %s: %w", f.Platform, err)
		}
		targets = append(targets, ts...)
	}
	h.known = targets
	return targets, nil
}

// input is all that a plan depends on but what is held and was tried; it is read now.
func (h *house) input(ctx context.Context) (plan.Input, error) {
	reading, err := h.read(ctx)
	if err != nil {
		return plan.Input{}, err
	}
	targets, err := h.targets(ctx)
	if err != nil {
		return plan.Input{}, err
	}
	if err := h.checkSources(targets); err != nil {
		return plan.Input{}, err
	}
	client, err := h.upstream(ctx)
	if err != nil {
		return plan.Input{}, err
	}
	return plan.Input{
		Now: h.now(), Wants: reading.Wants, Excludes: reading.Excludes, Problems: reading.Problems, Targets: targets,
		Page:   func(n project.Name) (upstream.Page, error) { return client.Page(ctx, n) },
		Inputs: h.inputs(),
		Policy: plan.Policy{Pure: h.config.Policy.Pure},
	}, nil
}

// planner returns the function that plans with what is held and was tried at that moment.
func (h *house) planner(in plan.Input) func([]yard.Wheel, []yard.Attempt) plan.Plan {
	return func(held []yard.Wheel, past []yard.Attempt) plan.Plan {
		in.Now, in.Held, in.Attempts = h.now(), held, past
		return plan.Make(in)
	}
}

// inputs is what an attempt's outcome depends on besides the order, for each target.
func (h *house) inputs() func(platform.Target) string {
	limits := h.limits()
	return func(t platform.Target) string { return build.Inputs(t, limits) }
}

func (h *house) limits() build.Limits {
	l := h.config.Limits
	return build.Limits{Wall: time.Duration(l.Time), CPU: time.Duration(l.CPU), Memory: int64(l.Memory), Disk: int64(l.Disk), Log: int64(l.Log), Procs: l.Processes}
}

func (h *house) builder(ctx context.Context) (*build.Builder, error) {
	client, err := h.upstream(ctx)
	if err != nil {
		return nil, err
	}
	return &build.Builder{Upstream: client, Index: h.index, Dir: h.config.Yard, Limits: h.limits(), Now: h.now}, nil
}

func (h *house) tree(y *yard.Yard) (*publish.Tree, error) {
	key, err := y.PublicKeys()
	if err != nil {
		return nil, err
	}
	return &publish.Tree{Dir: h.below("public"), Blob: y.Blob, Statement: y.Statement, Key: key}, nil
}
