package yard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// The kinds of records that mean something here, with the version of their bodies. Others are kept, and say nothing to the catalog.
const (
	attemptKind   = "attempt"
	admissionKind = "admission"
	bodyVersion   = 1
)

// evidence is what a catalog is derived from: which records there are, and whose are believed.
type evidence struct {
	store   record.Store
	entries []record.Entry // by number
	keys    record.Keys
}

func (y *Yard) evidence() (e evidence, err error) {
	e.store = y.records
	if e.keys, _, err = record.ReadKeys(y.keys()); err != nil {
		return e, err
	}
	e.entries, _, err = y.records.List()
	return e, err
}

// next is the number of the record to come.
func (e evidence) next() int64 {
	if n := len(e.entries); n > 0 {
		return e.entries[n-1].Number + 1
	}
	return 1
}

// chain identifies a sequence of files: that of all but the last, and the last.
func chain(before, file string) string {
	sum := sha256.Sum256([]byte(before + "\n" + file))
	return hex.EncodeToString(sum[:])
}

// follow applies to a catalog what it hasn't seen. errStale when what it has seen is no longer so: other keys, other files.
func (e evidence) follow(ctx context.Context, c *catalog.Catalog) (catalog.State, error) {
	s, err := c.State(ctx)
	if err != nil {
		return s, err
	}
	seen := 0
	known := catalog.State{Keys: e.keys.Digest(), Last: s.Last}
	for seen < len(e.entries) && e.entries[seen].Number <= s.Last {
		known.Chain = chain(known.Chain, e.entries[seen].File)
		seen++
	}
	if known != s {
		return s, errStale
	}
	if err := e.sameDamage(ctx, c); err != nil || seen == len(e.entries) {
		return s, err
	}
	return e.apply(ctx, c, e.entries[seen:], s)
}

// errStale: a catalog was derived from something else than there is now.
var errStale = errors.New("the catalog is of other records")

// sameDamage: somebody may have mended what was damaged.
func (e evidence) sameDamage(ctx context.Context, c *catalog.Catalog) error {
	damage, err := c.Damage(ctx)
	if err != nil || len(damage) == 0 {
		return err
	}
	numbers, problems := map[int64]bool{}, map[string]string{}
	for _, d := range damage {
		numbers[d.Number], problems[d.File] = true, d.Problem
	}
	var entries []record.Entry
	for _, entry := range e.entries {
		if numbers[entry.Number] {
			entries = append(entries, entry)
		}
	}
	for r, err := range e.rows(ctx, entries) {
		if err != nil {
			return err
		}
		if problems[r.File] != r.Problem {
			return errStale
		}
	}
	return nil
}

// derive fills an empty catalog.
func (e evidence) derive(ctx context.Context, c *catalog.Catalog) (catalog.State, error) {
	return e.apply(ctx, c, e.entries, catalog.State{Keys: e.keys.Digest()})
}

// apply adds records to a catalog that is at state s.
func (e evidence) apply(ctx context.Context, c *catalog.Catalog, entries []record.Entry, s catalog.State) (catalog.State, error) {
	rows := e.rows(ctx, entries)
	if len(entries) == len(e.entries) {
		rows = believable(rows)
	}
	err := c.Apply(ctx, rows, func() catalog.State {
		for _, entry := range entries {
			s.Last, s.Chain = entry.Number, chain(s.Chain, entry.File)
		}
		return s
	})
	return s, err
}

// believable is an error at the end when not one record was signed by a key that is here: not all are forged then, but a key is missing.
// A catalog without any wheel would have everything withdrawn that is published.
func believable(rows iter.Seq2[catalog.Row, error]) iter.Seq2[catalog.Row, error] {
	return func(yield func(catalog.Row, error) bool) {
		n, strange := 0, 0
		for r, err := range rows {
			n++
			if r.Problem == record.ErrSigner.Error() {
				strange++
			}
			if !yield(r, err) {
				return
			}
		}
		if n > 0 && strange == n {
			yield(catalog.Row{}, fmt.Errorf("none of the %d records can be believed: %w; their public key is missing in keys/", n, record.ErrSigner))
		}
	}
}

// batch is how many records are read at the same time.
const batch = 256

// rows reads records, in their order. Of several with one number, the first good one stands.
func (e evidence) rows(ctx context.Context, entries []record.Entry) iter.Seq2[catalog.Row, error] {
	return func(yield func(catalog.Row, error) bool) {
		var last catalog.Row // the last good one
		for part := range slices.Chunk(entries, batch) {
			rows, err := e.read(ctx, part)
			if err != nil {
				yield(catalog.Row{}, err)
				return
			}
			for _, r := range rows {
				switch {
				case r.Problem != "":
				case r.Number == last.Number:
					r = catalog.Row{Number: r.Number, File: r.File, Problem: "its number is that of " + last.File}
				default:
					last = r
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// read reads records, several at the same time.
func (e evidence) read(ctx context.Context, entries []record.Entry) ([]catalog.Row, error) {
	rows := make([]catalog.Row, len(entries))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, entry := range entries {
		group.Go(func() (err error) {
			if rows[i], err = e.readOne(entry); err != nil {
				return fmt.Errorf("record %s: %w", entry.File, err)
			}
			return ctx.Err()
		})
	}
	return rows, group.Wait()
}

func (e evidence) readOne(entry record.Entry) (catalog.Row, error) {
	r, err := e.store.Read(entry, e.keys)
	if errors.Is(err, record.ErrBad) {
		return catalog.Row{Number: entry.Number, File: entry.File, Problem: strings.TrimPrefix(err.Error(), record.ErrBad.Error()+": ")}, nil
	}
	if err != nil {
		return catalog.Row{}, err
	}
	return row(r), nil
}

// row is what a good record means.
func row(r record.Record) catalog.Row {
	row := catalog.Row{Number: r.Number, File: r.File, Kind: r.Kind, SHA256: r.SHA256}
	if r.Version != bodyVersion {
		return row
	}
	var err error
	switch r.Kind {
	case attemptKind:
		var a Attempt
		err = json.Unmarshal(r.Body, &a)
		row.Attempt = &catalog.Attempt{Order: string(a.Order), Inputs: a.Inputs, Project: string(a.Project), Body: r.Body}
	case admissionKind:
		var w Wheel
		err = json.Unmarshal(r.Body, &w)
		row.Wheel = &catalog.Wheel{Platform: w.Platform, Filename: w.Filename, Body: r.Body}
	}
	if err != nil {
		return catalog.Row{Number: r.Number, File: r.File, Problem: "its body is no " + r.Kind + ": " + err.Error()}
	}
	return row
}
