package source_test

import (
	"errors"
	"fmt"
	"strings"

	"wheelyard/source"
)

func ExampleReadConstraints() {
	const text = `# what the release was tested with
PyYAML===5.4.1
futures===3.3.0;python_version=='2.7'
-c more-constraints.txt
`
	r, err := source.ReadConstraints(strings.NewReader(text), source.Origin{Source: "openstack", Series: "stable/xena", File: "upper-constraints.txt"})
	if err != nil {
		fmt.Println(err)
	}
	for _, w := range r.Wants {
		fmt.Println(w.Origin.Line, w.Project, w.Versions)
	}
	for _, p := range r.Problems {
		fmt.Printf("%s:%d: %s\n", p.File, p.Line, p.Problem)
	}
	// Output:
	// 2 pyyaml ===5.4.1
	// 3 futures ===3.3.0
	// upper-constraints.txt:4: "-c more-constraints.txt": other files are not followed: name them as sources of their own
}

func ExampleReadList() {
	const text = `
[[package]]
project = "lxml"
versions = ["==4.8.0", "latest 2"]
targets = ["debian-13-riscv64"]

[[package]]
project = "scrypt"
version = "==0.8.20"

[[exclude]]
project = "M2Crypto"
reason = "needs OpenSSL 1.1"
until = 2027-01-01
`
	r, err := source.ReadList(strings.NewReader(text), source.Origin{Source: "native", File: "packages.toml"})
	if err != nil {
		fmt.Println(err)
	}
	for _, w := range r.Wants {
		fmt.Printf("%d %s %q latest %d on %v\n", w.Origin.Line, w.Project, w.Versions, w.Latest, w.Targets)
	}
	for _, e := range r.Excludes {
		fmt.Println(e.Origin.Line, "not", e.Project, "until", e.Until.Year(), "since it", e.Reason)
	}
	for _, p := range r.Problems {
		fmt.Printf("%s:%d:%d: %s\n", p.File, p.Line, p.Column, p.Problem)
	}
	// Output:
	// 2 lxml "==4.8.0" latest 0 on [debian-13-riscv64]
	// 2 lxml "" latest 2 on [debian-13-riscv64]
	// 11 not m2crypto until 2027 since it needs OpenSSL 1.1
	// packages.toml:9:1: unknown key "version" (did you mean "versions"?)
}

func ExampleSyntaxError() {
	_, err := source.ReadList(strings.NewReader("[package]\nproject = \"lxml\"\n"), source.Origin{File: "packages.toml"})
	var syntax *source.SyntaxError
	fmt.Println(errors.As(err, &syntax))
	fmt.Println(err)
	// Output:
	// true
	// packages.toml:1:2: "package" is not a list of tables
	//   hint: write [[package]] with two brackets: there may be several
}
