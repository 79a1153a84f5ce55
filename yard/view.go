package yard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

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
