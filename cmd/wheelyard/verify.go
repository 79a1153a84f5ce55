package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"wheelyard/yard"
	"wheelyard/yard/blob"
)

type verifyCmd struct {
	Files  []string `arg:"" optional:"" name:"file" help:"Wheels to look for in the records; without it, all that is kept and published." type:"path"`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
}

func (verifyCmd) Help() string {
	return `Example:
  wheelyard verify
  wheelyard verify netifaces-0.11.0-cp311-cp311-linux_x86_64.whl

Ends with status 1 when something isn't what the signed records say.`
}

// verification is what verify found.
type verification struct {
	Format   int            `json:"format"`
	Wheels   int            `json:"wheels"`   // that were looked at
	Admitted []yard.Wheel   `json:"admitted"` // of the files that were named
	Problems []yard.Problem `json:"problems"`
}

var errVerify = errors.New("not all is as the records say")

func (c *verifyCmd) Run(ctx context.Context, all *cli, p *process) error {
	h, err := all.open(p)
	if err != nil {
		return err
	}
	defer h.close()
	y, err := h.existingYard()
	if err != nil {
		return err
	}
	held, err := y.Wheels(ctx, "")
	if err != nil {
		return err
	}
	v := verification{Format: 1, Admitted: []yard.Wheel{}}
	if v.Problems, err = y.Verify(ctx); err != nil {
		return err
	}
	if len(c.Files) > 0 {
		v.files(c.Files, held)
	} else if err = errors.Join(v.published(ctx, h, y, held), v.foreign(ctx, h, y)); err != nil {
		return err
	}
	v.Problems = append([]yard.Problem{}, v.Problems...)
	if c.Format == "json" {
		err = writeJSON(p.stdout, v)
	} else {
		v.write(p.stdout)
	}
	if err == nil && len(v.Problems) > 0 {
		return errVerify
	}
	return err
}

func (v *verification) found(file, format string, args ...any) {
	v.Problems = append(v.Problems, yard.Problem{File: file, Text: fmt.Sprintf(format, args...)})
}

// files looks for the records of files.
func (v *verification) files(files []string, held []yard.Wheel) {
	v.Wheels = len(files)
	for _, file := range files {
		sum, _, err := blob.Sum(file)
		if err != nil {
			v.found(file, "it can't be read: %v", err)
			continue
		}
		known := len(v.Admitted)
		for _, w := range held {
			if w.SHA256 == sum {
				v.Admitted = append(v.Admitted, w)
			}
		}
		if len(v.Admitted) == known {
			v.found(file, "no record says that it was admitted: sha256 %s", sum)
		}
	}
}

// foreign looks for published wheels that nobody admitted. What is held is read after the tree, since a run may publish meanwhile.
func (v *verification) foreign(ctx context.Context, h *house, y *yard.Yard) error {
	published, err := fs.Glob(os.DirFS(h.config.Yard), "public/*/simple/*/*.whl")
	if err != nil {
		return err
	}
	held, err := y.Wheels(ctx, "")
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, w := range held {
		known[w.Filename] = true
	}
	for _, file := range published {
		if !known[path.Base(file)] {
			v.found(file, "no record says that a wheel of this name was admitted; whoever put it there may remove it")
		}
	}
	return nil
}

func (v *verification) write(w io.Writer) {
	for _, a := range v.Admitted {
		fmt.Fprintf(w, "%s: built for %s, admitted %s by record %d; order %s\n", a.Filename, a.Target, a.Admitted.UTC().Format("2006-01-02 15:04:05Z"), a.Record, a.Order)
	}
	for _, p := range v.Problems {
		fmt.Fprintf(w, "%s: %s\n", p.File, p.Text)
	}
	if len(v.Problems) == 0 {
		fmt.Fprintf(w, "all is well: %s, their records and signatures\n", count(v.Wheels, "wheel"))
	}
}
