package plan

import (
	"fmt"
	"testing"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
)

var fiveTargets = []string{"debian-11-x86_64/cp39", "debian-12-x86_64/cp311", "debian-13-x86_64/cp313", "debian-12-aarch64/cp311", "debian-13-riscv64/cp313"}

// generated is a page with as many releases, each an sdist and wheels for nine interpreters on four platforms.
func generated(name project.Name, releases int) upstream.Page {
	p := simple.Project{Name: name}
	add := func(file string) {
		p.Files = append(p.Files, simple.File{Filename: file, URL: file, Hashes: map[string]string{"sha256": sum(file)}, RequiresPython: ">=3.6"})
	}
	for v := range releases {
		stem := fmt.Sprintf("%s-%d.%d", name, v/10, v%10)
		for minor := 6; minor < 15; minor++ {
			for _, platform := range []string{"manylinux_2_17_x86_64.manylinux2014_x86_64", "musllinux_1_2_x86_64", "macosx_11_0_arm64", "win_amd64"} {
				add(fmt.Sprintf("%s-cp3%d-cp3%d-%s.whl", stem, minor, minor, platform))
			}
		}
		add(stem + ".tar.gz")
	}
	return upstream.Page{Project: p}
}

func benchmark(b *testing.B, projects, releases int) {
	pages := map[project.Name]upstream.Page{}
	in := Input{Now: now, Targets: testTargets(fiveTargets...), Inputs: func(platform.Target) string { return "" },
		Page: func(name project.Name) (upstream.Page, error) { return pages[name], nil }}
	for i := range projects {
		name := project.Name(fmt.Sprintf("project%d", i))
		pages[name] = generated(name, releases)
		v := i % releases
		specifiers, err := pep440.ParseSpecifiers(fmt.Sprintf("===%d.%d", v/10, v%10))
		if err != nil {
			b.Fatal(err)
		}
		in.Wants = append(in.Wants, source.Want{Project: name, Versions: specifiers, Origin: source.Origin{Source: "s", File: "f", Line: i + 1}})
	}
	b.ReportAllocs()
	for b.Loop() {
		if p := Make(in); len(p.Decisions) != projects*len(fiveTargets) {
			b.Fatal(len(p.Decisions))
		}
	}
}

// BenchmarkSeries plans a whole series of constraints: 650 pins on five targets, 185 files a page.
func BenchmarkSeries(b *testing.B) { benchmark(b, 650, 5) }

// BenchmarkLargePages plans twelve pins of projects with 2,000 files each.
func BenchmarkLargePages(b *testing.B) { benchmark(b, 12, 54) }

// BenchmarkQuickstart plans the recorded pins.
func BenchmarkQuickstart(b *testing.B) {
	pages := recordedPages(b)
	in := Input{Now: now, Targets: testTargets(bookworm311), Page: func(name project.Name) (upstream.Page, error) { return pages[name], nil }}
	for name, version := range map[string]string{"libvirt-python": "10.0.0", "cryptography": "38.0.2", "lxml": "4.8.0", "pyyaml": "5.4.1", "scipy": "1.8.0", "psycopg2": "2.9.10",
		"netifaces": "0.11.0", "suds-jurko": "0.6", "simplejson": "3.19.3", "retrying": "1.3.3", "playwright": "1.62.0", "futures": "3.3.0"} {
		specifiers, err := pep440.ParseSpecifiers("===" + version)
		if err != nil {
			b.Fatal(err)
		}
		in.Wants = append(in.Wants, source.Want{Project: project.Name(name), Versions: specifiers, Origin: source.Origin{Source: "s", File: name}})
	}
	b.ReportAllocs()
	for b.Loop() {
		Make(in)
	}
}
