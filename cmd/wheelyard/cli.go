package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"wheelyard/cmd/wheelyard/config"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/source"
)

// The exit statuses; scripts rely on them.
const (
	statusDone     = 0
	statusFailed   = 1 // wheelyard itself could not do its work
	statusUsage    = 2 // bad usage or configuration
	statusUnserved = 3 // done, but some want has no wheel: with --strict, and for a build that fails
)

// process is what a command has of the world.
type process struct {
	stdout, stderr io.Writer
	now            func() time.Time // nil: time.Now
}

type cli struct {
	Config string `help:"Configuration (default: wheelyard.toml here or above, else $$WHEELYARD_CONFIG)." type:"path" placeholder:"FILE"`

	Version kong.VersionFlag `help:"Print the version."`

	Init     initCmd     `cmd:"" help:"Write a commented wheelyard.toml that works on this machine."`
	Run      runCmd      `cmd:"" help:"One cycle: read sources, plan, build, admit, publish."`
	Plan     planCmd     `cmd:"" help:"Show what a run would do, and why; changes nothing."`
	Why      whyCmd      `cmd:"" help:"Explain the verdict of one project, down to each file that was looked at."`
	Build    buildCmd    `cmd:"" help:"Build one project now, whatever the plan says."`
	Log      logCmd      `cmd:"" help:"Show the log of a project's last attempt."`
	Serve    serveCmd    `cmd:"" help:"Serve the index to pip and uv."`
	Status   statusCmd   `cmd:"" help:"What is wanted, held and failed, on one screen."`
	Verify   verifyCmd   `cmd:"" help:"Check hashes, records and signatures."`
	Platform platformCmd `cmd:"" help:"What is known of the platforms."`
	Catalog  catalogCmd  `cmd:"" help:"Care of the catalog."`
}

// unserved ends a command with status 3.
var errUnserved = errors.New("some want has no wheel")

// usageError is a request that makes no sense.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// run is the whole program: it parses args, does the command, reports what went wrong, and returns the exit status.
func run(ctx context.Context, args []string, p process) (status int) {
	if p.now == nil {
		p.now = time.Now
	}
	var c cli
	out := &remembering{to: p.stdout}
	p.stdout = out
	defer func() {
		if out.err != nil && status != statusUsage {
			fmt.Fprintf(p.stderr, "wheelyard: printing the result: %v\n", out.err)
			status = statusFailed
		}
	}()
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("wheelyard"),
		kong.Description("Builds the Python wheels that are wanted and that upstream lacks, and publishes them.\n\nStart with: wheelyard init && wheelyard run"),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Vars{"verdicts": verdictNames(), "version": version},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&p),
		kong.Bind(&c),
	)
	if err != nil {
		panic(err) // the command structs themselves are wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		if out.err != nil { // of --help
			return statusFailed
		}
		fmt.Fprintf(p.stderr, "wheelyard: %v\n  hint: %s --help\n", err, commandOf(err))
		return statusUsage
	}
	err = k.Run()
	if out.err != nil && errors.Is(err, out.err) {
		err = nil // told above
	}
	return statusOf(err, ctx, p.stderr)
}

// commandOf is the command whose arguments were wrong, as far as it is known.
func commandOf(err error) string {
	name := "wheelyard"
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context != nil {
		for _, step := range parse.Context.Path {
			if step.Command != nil {
				name += " " + step.Command.Name
			}
		}
	}
	return name
}

// remembering keeps the first error of writing, so that a result that did not get through isn't taken for one that did.
type remembering struct {
	to  io.Writer
	err error
}

func (r *remembering) Write(b []byte) (int, error) {
	n, err := r.to.Write(b)
	if err != nil && r.err == nil {
		r.err = err
	}
	return n, err
}

func verdictNames() string {
	var names []string
	for _, v := range plan.Verdicts {
		names = append(names, string(v))
	}
	return strings.Join(names, ",")
}

// statusOf reports the error of a command, if any, and tells which status it ends with.
func statusOf(err error, ctx context.Context, stderr io.Writer) int {
	var (
		badConfig *config.Error
		badList   *source.SyntaxError
		missing   *platform.MissingError
		usage     usageError
	)
	switch {
	case err == nil:
		return statusDone
	case errors.Is(err, errUnserved):
		return statusUnserved
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "wheelyard: interrupted; what was finished is kept, and the next run carries on")
		return statusFailed
	}
	fmt.Fprintf(stderr, "wheelyard: %v\n", err)
	if errors.As(err, &badConfig) || errors.As(err, &badList) || errors.As(err, &missing) || errors.As(err, &usage) {
		return statusUsage
	}
	return statusFailed
}
