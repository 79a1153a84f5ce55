package yard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"wheelyard/packaging/pep440"
	"wheelyard/packaging/project"
	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
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
	File string // from the yard's folder
	Text string
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

// read calls f with a catalog: the writer's own, the one on disk, or one made from the records in memory when that one is of no use.
// f may be called again when it finds the catalog unfit.
func (y *Yard) read(ctx context.Context, f func(*catalog.Catalog) error) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.writer != nil {
		return y.retry(ctx, f)
	}
	c, err := y.reader.onDisk(ctx, y)
	if err == nil {
		err = f(c)
	}
	if !useless(err) && !errors.Is(err, catalog.ErrAccess) {
		return err
	}
	y.reader.distrust()
	if c, err = y.reader.inMemory(ctx, y); err != nil {
		return fmt.Errorf("there is no catalog that can be used, and the records don't make one: %w", err)
	}
	return f(c)
}

// retry calls f with the writer's catalog.
func (y *Yard) retry(ctx context.Context, f func(*catalog.Catalog) error) error {
	if err := y.catchUp(ctx); err != nil {
		return err
	}
	err := f(y.writer.catalog)
	if !errors.Is(err, catalog.ErrUnfit) {
		return err
	}
	y.writer.drop()
	if err := y.catchUp(ctx); err != nil {
		return err
	}
	return f(y.writer.catalog)
}

// useless: with such an error a catalog is missing, damaged, or of other records.
func useless(err error) bool {
	return errors.Is(err, catalog.ErrUnfit) || errors.Is(err, errStale) || errors.Is(err, fs.ErrNotExist)
}

// reader is what one who doesn't hold the lock has.
type reader struct {
	disk  *catalog.Catalog // nil: not open
	files catalogFiles     // of disk; those that were found unfit when disk is nil
	made  *catalog.Catalog // in memory; nil: none was needed
	last  int64            // highest number of a record in made, ever
}

// onDisk is the catalog's file, opened again when another has taken its place, or that of its log.
func (r *reader) onDisk(ctx context.Context, y *Yard) (*catalog.Catalog, error) {
	files, err := statCatalog(y.catalog())
	if err != nil {
		return nil, err
	}
	if files.same(r.files) {
		if r.disk != nil {
			return r.disk, nil
		}
		if files[0].ModTime().Equal(r.files[0].ModTime()) {
			return nil, catalog.ErrUnfit
		}
	}
	r.distrust()
	r.files = catalogFiles{}
	c, err := catalog.OpenReader(ctx, y.catalog())
	if err != nil {
		return nil, err
	}
	if err := y.believed(ctx, c); err != nil {
		c.Close()
		return nil, err
	}
	if r.made != nil {
		r.made.Close()
		r.made = nil
	}
	r.disk, r.files = c, files
	return c, nil
}

// catalogFiles are the catalog, its log and the log's index. Who has another of them open than the writer has would read what no longer holds.
type catalogFiles [3]os.FileInfo

// statCatalog looks at the files. fs.ErrNotExist when there is no catalog; the others may be missing.
func statCatalog(path string) (files catalogFiles, err error) {
	for i, suffix := range []string{"", "-wal", "-shm"} {
		if files[i], err = os.Stat(path + suffix); err != nil && (i == 0 || !errors.Is(err, fs.ErrNotExist)) {
			return files, err
		}
	}
	return files, nil
}

func (f catalogFiles) same(as catalogFiles) bool {
	for i, a := range f {
		if (a == nil) != (as[i] == nil) || a != nil && !os.SameFile(a, as[i]) {
			return false
		}
	}
	return true
}

// believed: a catalog is only as good as the keys that it believed; and it may be a step behind the records, while what was read from these before
// still holds.
func (y *Yard) believed(ctx context.Context, c *catalog.Catalog) error {
	s, err := c.State(ctx)
	if err != nil {
		return err
	}
	keys, _, err := record.ReadKeys(y.keys())
	if err == nil && (keys.Digest() != s.Keys || s.Last < y.reader.last) {
		err = errStale
	}
	return err
}

// distrust lets go of the file, until there is another.
func (r *reader) distrust() {
	if r.disk != nil {
		r.disk.Close()
		r.disk = nil
	}
}

// inMemory is a catalog made from the records as they are now.
func (r *reader) inMemory(ctx context.Context, y *Yard) (*catalog.Catalog, error) {
	e, err := y.evidence()
	if err != nil {
		return nil, err
	}
	if r.made != nil {
		if s, err := e.follow(ctx, r.made); err == nil {
			r.last = s.Last
			return r.made, nil
		}
		r.made.Close()
		r.made = nil
	}
	c, err := catalog.InMemory(ctx)
	if err != nil {
		return nil, err
	}
	s, err := e.derive(ctx, c)
	if err != nil {
		c.Close()
		return nil, err
	}
	r.made, r.last = c, s.Last
	return c, nil
}

// close lets go of all. It may be used again.
func (r *reader) close() error {
	var err error
	for _, c := range []*catalog.Catalog{r.disk, r.made} {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	*r = reader{}
	return err
}
