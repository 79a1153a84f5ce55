package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"wheelyard/build/diagnose"
	"wheelyard/build/inspect"
	"wheelyard/build/sandbox"
	"wheelyard/packaging/wheel"
	"wheelyard/yard"
)

// wheelLimits bound what is read of a wheel.
var wheelLimits = wheel.Limits{Members: 200_000, Bytes: 8 << 30, MetaFile: 16 << 20}

// wheel bounds what is read of one that a build made: it is unpacked, and written again.
func (l Limits) wheel() wheel.Limits {
	w := wheelLimits
	w.Bytes = min(w.Bytes, l.Disk)
	return w
}

// judge decides whether the wheel that was made is good, and puts it into its normal form.
func (j *job) judge(ctx context.Context, made string) error {
	root, err := os.OpenRoot(j.w.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.Open(wheelsDir + "/" + made)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	archive, err := wheel.Open(f, info.Size(), j.limits.wheel())
	if errors.Is(err, wheel.ErrLimit) {
		return fail(yard.Limits, "its wheel is larger than it may be: "+err.Error(), "if it has to be: raise disk in [limits]")
	}
	if err != nil {
		return fail(yard.SourceFault, "it made a wheel that is damaged: "+err.Error(), "")
	}
	name, err := inspect.Identity(made, archive, inspect.Ordered{Project: j.o.Project, Version: j.o.Version, Target: j.t})
	if err != nil {
		return faulty(err)
	}
	if err := j.normalise(ctx, archive, name); err != nil {
		return err
	}
	site := j.w.path("site")
	if err := extract(ctx, archive, site); err != nil {
		return err
	}
	if j.report, err = j.b.inspector.Folder(site, name, j.t); err != nil {
		return faulty(err)
	}
	if err := j.compare(ctx); err != nil {
		return j.advise(err)
	}
	return j.tryOut(ctx, site)
}

// faulty gives an inspector's fault its class.
func faulty(err error) error {
	f, ok := errors.AsType[*inspect.Fault](err)
	if !ok {
		return err
	}
	class := yard.SourceFault
	if f.Kind == inspect.Lacking {
		class = yard.Incomplete
	}
	return fail(class, f.Reason, f.Advice)
}

// advise tells of a wheel that lacks something what the build said is missing, where it said so.
func (j *job) advise(err error) error {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.finding.Class != yard.Incomplete {
		return err
	}
	if missing := diagnose.Missing(j.said); missing != "" {
		return fail(f.finding.Class, f.finding.Reason, "what it said is missing: "+missing)
	}
	return err
}

// normalise writes the wheel again in its normal form, under the name that its build number gives it.
func (j *job) normalise(ctx context.Context, archive *wheel.Archive, name wheel.Filename) error {
	build := wheel.Build{Number: j.o.BuildNumber, Given: j.o.BuildNumber > 0}
	name.Build = build
	path := j.w.path(name.String())
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = wheel.Normalise(until{ctx, f}, archive, j.sourceTime(), build)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		if onHost(err) || ctx.Err() != nil {
			return err
		}
		return fail(yard.SourceFault, "it made a wheel that can't be read: "+err.Error(), "")
	}
	j.wheel = path
	j.file, err = describe(path, name.String())
	return err
}

// extract unpacks a wheel into a new folder, as it would be in site-packages.
func extract(ctx context.Context, archive *wheel.Archive, dir string) error {
	if err := makeFolder(dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	u := unpacker{ctx: ctx, root: root, uid: -1, dirs: map[string]bool{".": true}, time: time.Unix(0, 0)}
	for _, m := range archive.Members() {
		file := inspect.Installed(m.Name)
		if file == "" {
			continue
		}
		if err := u.member(archive, m, file); err != nil {
			if onHost(err) || ctx.Err() != nil {
				return err
			}
			return fail(yard.SourceFault, fmt.Sprintf("its wheel's member %q can't be unpacked: %v", m.Name, err), "")
		}
	}
	return nil
}

// maxPeer is the largest wheel of upstream that is fetched only to be compared with.
const maxPeer = 8 << 20

// compare holds the wheel against one of upstream's, where there is one. Not to know is no failure.
func (j *job) compare(ctx context.Context) error {
	page, err := j.b.Upstream.Page(ctx, j.o.Project)
	if err != nil {
		return ctx.Err()
	}
	peer, ok := inspect.Peer(page.Project.Files, j.o.Version, j.t, maxPeer)
	if !ok {
		return nil
	}
	members, err := j.peerMembers(ctx, peer.Filename, func() (string, error) { return j.b.Upstream.File(ctx, peer) })
	if err != nil {
		j.report.Notes = append(j.report.Notes, "could not be compared with upstream's "+peer.Filename+": "+err.Error())
		return ctx.Err()
	}
	if err := j.report.Compare(peer.Filename, members); err != nil {
		return faulty(err)
	}
	j.log.say("it has all extension modules of upstream's %s", peer.Filename)
	return nil
}

func (j *job) peerMembers(ctx context.Context, filename string, fetch func() (string, error)) ([]string, error) {
	path, err := fetch()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	archive, err := wheel.Open(f, info.Size(), wheelLimits)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filename, err)
	}
	var names []string
	for _, m := range archive.Members() {
		names = append(names, m.Name)
	}
	return names, ctx.Err()
}

// trialLimits are for importing modules, which should take no time.
func (l Limits) trial() sandbox.Limits {
	s := l.sandbox()
	s.Wall, s.CPU, s.Disk, s.Output = min(s.Wall, 2*time.Minute), min(s.CPU, 2*time.Minute), min(s.Disk, 64<<20), 16<<20
	return s
}
