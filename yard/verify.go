package yard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// Verify reads all that is in the yard and tells what isn't as it must be: keys, the signatures and numbers of records, blobs whose contents are not
// what their name says, blobs that records name and that are missing, and a catalog that says something else than the records. It changes
// nothing, needs no lock, and takes its time; what a writer adds meanwhile may be passed over. No problem, no error: all is well.
func (y *Yard) Verify(ctx context.Context) ([]Problem, error) {
	v := verifier{y: y}
	for _, part := range []func(context.Context) error{v.catalogDump, v.keys, v.records, v.catalog, v.blobs} {
		if err := part(ctx); err != nil {
			return v.problems, err
		}
	}
	return v.problems, nil
}

type verifier struct {
	y        *Yard
	problems []Problem
	dump     string        // of the catalog, before anything else; "": there is none
	state    catalog.State // at that time
	evidence evidence
}

func (v *verifier) found(file, format string, args ...any) {
	v.problems = append(v.problems, Problem{File: file, Text: fmt.Sprintf(format, args...)})
}

// catalogDump comes first: what is recorded later is no difference then. A catalog that is missing is no problem, nor is one that the next writer
// makes anew.
func (v *verifier) catalogDump(ctx context.Context) error {
	v.y.mu.Lock()
	defer v.y.mu.Unlock()
	var (
		c   *catalog.Catalog
		err error
	)
	if v.y.writer != nil {
		if err := v.y.catchUp(ctx); err != nil {
			return err
		}
		c = v.y.writer.catalog
	} else if c, err = v.y.reader.onDisk(ctx, v.y); err != nil {
		if errors.Is(err, catalog.ErrUnfit) {
			v.found("catalog.db", "%v", err)
		}
		if useless(err) || errors.Is(err, catalog.ErrAccess) {
			return nil
		}
		return err
	}
	var b strings.Builder
	if v.state, err = c.State(ctx); err == nil {
		err = c.Dump(ctx, &b)
	}
	if errors.Is(err, catalog.ErrUnfit) {
		v.found("catalog.db", "%v", err)
		return nil
	}
	v.dump = b.String()
	return err
}

func (v *verifier) keys(context.Context) error {
	if err := record.CheckPrivate(v.y.keys()); err != nil && !errors.Is(err, fs.ErrPermission) { // others can't read it, as it should be
		v.found("keys", "%v", err)
	}
	_, bad, err := record.ReadKeys(v.y.keys())
	for _, p := range bad {
		v.found("keys/"+p.File, "%s", p.Text)
	}
	return err
}

func (v *verifier) records(ctx context.Context) (err error) {
	if v.evidence, err = v.y.evidence(); err != nil {
		return err
	}
	_, strays, err := v.y.records.List()
	if err != nil {
		return err
	}
	for _, s := range strays {
		v.found("records/"+s.File, "%s", s.Text)
	}
	for r, err := range v.evidence.rows(ctx, v.evidence.entries) {
		if err != nil {
			return err
		}
		if r.Problem != "" {
			v.found("records/"+r.File, "%s", r.Problem)
		}
		v.mentions(r)
	}
	last := int64(0)
	for _, e := range v.evidence.entries {
		if e.Number > last+1 {
			v.found("records", "%s missing", span(last+1, e.Number-1))
		}
		last = e.Number
	}
	return nil
}

func span(from, to int64) string {
	if from == to {
		return fmt.Sprintf("record %d is", from)
	}
	return fmt.Sprintf("records %d to %d are", from, to)
}

// mentions looks for the blobs that a record names.
func (v *verifier) mentions(r catalog.Row) {
	var need []File
	if r.Attempt != nil {
		var a Attempt
		if json.Unmarshal(r.Attempt.Body, &a) == nil && a.Log.SHA256 != "" {
			need = append(need, a.Log)
		}
	}
	if r.Wheel != nil {
		var w Wheel
		if json.Unmarshal(r.Wheel.Body, &w) == nil {
			need = append(need, File{w.Filename, w.SHA256, w.Size}, File{Filename: "METADATA", SHA256: w.Metadata, Size: -1})
		}
	}
	for _, f := range need {
		path, err := v.y.Blob(f.SHA256)
		if err != nil {
			v.found("records/"+r.File, "its %s is lost: there is no blob %s", f.Filename, f.SHA256)
			continue
		}
		if info, err := os.Stat(path); err == nil && f.Size >= 0 && info.Size() != f.Size {
			v.found("records/"+r.File, "its %s has %d bytes instead of %d", f.Filename, info.Size(), f.Size)
		}
	}
}

// catalog compares the one on disk with one made of the records that it has seen.
func (v *verifier) catalog(ctx context.Context) error {
	if v.dump == "" {
		return nil
	}
	e := v.evidence
	for n := len(e.entries); n > 0 && e.entries[n-1].Number > v.state.Last; n-- {
		e.entries = e.entries[:n-1]
	}
	c, err := catalog.InMemory(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := e.derive(ctx, c); err != nil {
		if errors.Is(err, record.ErrSigner) {
			v.found("records", "%v", err)
			return nil
		}
		return err
	}
	var b strings.Builder
	if err := c.Dump(ctx, &b); err != nil {
		return err
	}
	if b.String() != v.dump {
		v.found("catalog.db", "it says something else than the records; `wheelyard catalog rebuild` makes it anew")
	}
	return nil
}

func (v *verifier) blobs(ctx context.Context) error {
	for e, err := range v.y.blobs.All() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if e.Sum == "" {
			v.found("blobs/"+e.Path, "no blob by its name")
		} else if err := v.y.blobs.Check(e.Sum); err != nil && !errors.Is(err, fs.ErrNotExist) {
			v.found("blobs/"+e.Path, "%v", err)
		}
	}
	return nil
}
