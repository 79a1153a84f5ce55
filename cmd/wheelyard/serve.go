package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"wheelyard/index"
	"wheelyard/internal/durable"
)

type serveCmd struct {
	Listen string `help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8787" placeholder:"HOST:PORT"`
	Quiet  bool   `help:"No line for each request."`
}

func (serveCmd) Help() string {
	return `Example:
  wheelyard serve --listen 127.0.0.1:8787
  pip install --extra-index-url http://127.0.0.1:8787/debian-12-x86_64/simple/ netifaces

It ends on Ctrl-C, after the requests that are under way. A run may publish meanwhile.`
}

func (c *serveCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	public := h.below("public")
	if err := durable.MkdirAll(public); err != nil { // nothing is published yet: then that is served
		return err
	}
	handler, err := index.Handler(public)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return usageError{fmt.Sprintf("can't listen on %s: %v\n  hint: --listen 127.0.0.1:0 takes a free port", c.Listen, err)}
	}
	fmt.Fprintf(p.stdout, "serving http://%s/\n", ln.Addr())
	names, err := index.Platforms(os.DirFS(public))
	if err != nil {
		ln.Close()
		return err
	}
	for _, name := range names {
		fmt.Fprintf(p.stdout, "  %s: http://%s/%s/\n", name, ln.Addr(), index.RootDir(name))
	}
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	if c.Quiet {
		log = slog.New(slog.DiscardHandler)
	}
	return index.Serve(ctx, ln, handler, log)
}
