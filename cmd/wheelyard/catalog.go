package main

import (
	"context"
	"fmt"
)

type catalogCmd struct {
	Rebuild rebuildCmd `cmd:"" help:"Make the catalog again, from blobs and records."`
}

func (catalogCmd) Help() string { return "Example:\n  wheelyard catalog rebuild" }

type rebuildCmd struct{}

func (rebuildCmd) Help() string {
	return `Example:
  wheelyard catalog rebuild

The catalog is derived: it may be deleted at any time, and is the same afterwards.`
}

func (rebuildCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	y, err := h.existingYard()
	if err != nil {
		return err
	}
	unlock, err := y.Lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := y.Rebuild(ctx); err != nil {
		return err
	}
	held, err := y.Wheels(ctx, "")
	if err != nil {
		return err
	}
	past, err := y.Attempts(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "the catalog is rebuilt: %s, %s\n", count(len(held), "wheel"), count(len(past), "order"))
	return nil
}
