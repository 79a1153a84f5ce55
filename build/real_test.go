package build

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/upstream"
	"wheelyard/yard"
)

// TestReal builds what $WHEELYARD_TEST_REAL names, "retrying==1.3.3 netifaces==0.11.0", from the index that pip uses here. It is for
// whoever works on builds; $WHEELYARD_TEST_YARD keeps the caches from one run to the next.
func TestReal(t *testing.T) {
	pins := strings.Fields(os.Getenv("WHEELYARD_TEST_REAL"))
	if len(pins) == 0 {
		t.Skip("WHEELYARD_TEST_REAL is not set")
	}
	dir := os.Getenv("WHEELYARD_TEST_YARD")
	if dir == "" {
		dir = t.TempDir()
	}
	index, err := upstream.DefaultIndex(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	up, err := upstream.New(upstream.Options{Index: index, Dir: dir + "/upstream"})
	if err != nil {
		t.Fatal(err)
	}
	defer up.Close()
	target, err := hostOnce()
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{Upstream: up, Index: index, Dir: dir, Now: time.Now}
	for _, pin := range pins {
		name, version, _ := strings.Cut(pin, "==")
		t.Run(pin, func(t *testing.T) { realBuild(t, b, name, version, target) })
	}
}

func realBuild(t *testing.T, b *Builder, name, version string, target platform.Target) {
	page, err := b.Upstream.Page(t.Context(), project.Normalize(name))
	if err != nil {
		t.Fatal(err)
	}
	o := plan.Order{Key: "sha256:real", Project: project.Normalize(name), Version: version, Target: target.Name()}
	for _, f := range page.Project.Files {
		if strings.Contains(f.Filename, "-"+version+".tar") || strings.Contains(f.Filename, "-"+version+".zip") {
			o.Sdist = f
		}
	}
	var live bytes.Buffer
	r, err := b.Build(context.Background(), o, target, &live)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a := r.Attempt
	t.Logf("%s: %s; %s\nwheel %s\nenvironment %v as of %s\ntook %+v\ntries %+v", a.Class, a.Reason, a.Advice, a.Wheel.Filename, a.Environment, a.AsOf, a.Took, r.Tries)
	if r.Report != nil {
		t.Logf("objects %+v\nmodules %v, top %v, compared with %q\nnotes %q", r.Report.Objects, r.Report.Modules, r.Report.Top, r.Report.Compared, r.Report.Notes)
	}
	if testing.Verbose() && a.Class != yard.Built {
		text, _ := os.ReadFile(r.Log)
		t.Logf("%s", text)
	}
}
