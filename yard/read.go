package yard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/yard/catalog"
)

// Wheels are the admitted wheels of a platform, of all of them for "": by project, version and file name.
func (y *Yard) Wheels(ctx context.Context, platform string) ([]Wheel, error) {
	var wheels []Wheel
	err := y.read(ctx, func(c *catalog.Catalog) (err error) {
		var r rows
		if err := c.Wheels(ctx, platform, r.add); err != nil {
			return err
		}
		wheels, err = decodeWheels(r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the wheels of the yard: %w", err)
	}
	sortWheels(wheels)
	return wheels, nil
}

func sortWheels(wheels []Wheel) {
	versions := map[string]pep440.Version{}
	for _, w := range wheels {
		if _, ok := versions[w.Version]; !ok {
			versions[w.Version], _ = pep440.Parse(w.Version) // the zero value, before all others, for what is none
		}
	}
	slices.SortFunc(wheels, func(a, b Wheel) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), versions[a.Version].Compare(versions[b.Version]), cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Platform, b.Platform))
	})
}

// Attempts are the last ones of each order, in the order in which they were recorded.
func (y *Yard) Attempts(ctx context.Context) ([]Attempt, error) {
	return y.attempts(ctx, func(c *catalog.Catalog, each catalog.Each) error { return c.Attempts(ctx, each) })
}

// LastAttempt is Attempts for a version of a project, however it is spelt; for "" those of all versions. None is no error.
func (y *Yard) LastAttempt(ctx context.Context, p project.Name, version string) ([]Attempt, error) {
	all, err := y.attempts(ctx, func(c *catalog.Catalog, each catalog.Each) error { return c.AttemptsOf(ctx, string(p), each) })
	if version == "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(a Attempt) bool { return !sameVersion(a.Version, version) }), err
}

func sameVersion(a, b string) bool {
	v, err := pep440.Parse(a)
	w, err2 := pep440.Parse(b)
	if err != nil || err2 != nil {
		return a == b
	}
	return v.Equal(w)
}

func (y *Yard) attempts(ctx context.Context, query func(*catalog.Catalog, catalog.Each) error) ([]Attempt, error) {
	var attempts []Attempt
	err := y.read(ctx, func(c *catalog.Catalog) (err error) {
		var r rows
		if err := query(c, r.add); err != nil {
			return err
		}
		attempts, err = decode[Attempt](r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the attempts of the yard: %w", err)
	}
	return attempts, nil
}

// rows are what a query of the catalog gives.
type rows struct {
	numbers []int64 // of records
	bodies  [][]byte
}

func (r *rows) add(number int64, body []byte) error {
	r.numbers, r.bodies = append(r.numbers, number), append(r.bodies, bytes.Clone(body))
	return nil
}

// decode reads the bodies, several at the same time: that takes longer than all else. A body that can't be read was one when it was put there:
// the catalog is unfit.
func decode[T any](r rows) ([]T, error) {
	all := make([]T, len(r.bodies))
	var group errgroup.Group
	share := len(all)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(all); from += share {
		group.Go(func() error {
			for i := from; i < min(from+share, len(all)); i++ {
				if err := json.Unmarshal(r.bodies[i], &all[i]); err != nil {
					return fmt.Errorf("%w: %w", catalog.ErrUnfit, err)
				}
			}
			return nil
		})
	}
	return all, group.Wait()
}

func decodeWheels(r rows) ([]Wheel, error) {
	wheels, err := decode[Wheel](r)
	for i := range wheels {
		wheels[i].Record = r.numbers[i]
	}
	return wheels, err
}

// Problem is something in the yard that isn't as it must be.
type Problem struct {
	File string `json:"file"` // from the yard's folder
	Text string `json:"problem"`
}

// Damage are the records that are passed over, since they are damaged, forged or numbered twice. See Verify for what takes longer to find.
func (y *Yard) Damage(ctx context.Context) ([]Problem, error) {
	var problems []Problem
	err := y.read(ctx, func(c *catalog.Catalog) error {
		rows, err := c.Damage(ctx)
		problems = nil
		for _, r := range rows {
			problems = append(problems, Problem{File: "records/" + r.File, Text: r.Problem})
		}
		return err
	})
	return problems, err
}

// Statement is the path of the signed record of a wheel's admission, to be read: a DSSE envelope, which never changes. fs.ErrNotExist.
func (y *Yard) Statement(w Wheel) (path string, err error) {
	return y.records.Path(w.Record, admissionKind)
}
