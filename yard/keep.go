package yard

import (
	"context"
	"fmt"
	"io"
	"strings"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// Record stores a finished attempt: its log, if there is one; then the signed record, then the catalog. What it returns is what was recorded: with the log's
// digest, and with its Number. ErrNotLocked.
func (y *Yard) Record(ctx context.Context, a Attempt, log io.Reader) (Attempt, error) {
	if err := y.locked(); err != nil {
		return a, err
	}
	if err := ctx.Err(); err != nil {
		return a, err
	}
	if log != nil {
		sum, size, err := y.blobs.Keep(log)
		if err != nil {
			return a, fmt.Errorf("keeping the log: %w", err)
		}
		a.Log.SHA256, a.Log.Size = sum, size
		if a.Log.Filename == "" {
			a.Log.Filename = "log"
		}
	}
	a.AsOf, a.Started = a.AsOf.UTC(), a.Started.UTC()
	err := y.write(ctx, func(c *catalog.Catalog) error {
		n, err := c.CountAttempts(ctx, string(a.Order), a.Inputs)
		if err != nil {
			return err
		}
		a.Number = n + 1
		_, err = y.append(ctx, record.Act{Kind: attemptKind, Version: bodyVersion, Subjects: a.subjects(), Body: a})
		return err
	})
	return a, err
}

// subjects are what an attempt made; of one that made nothing, the order by its key.
func (a Attempt) subjects() []record.Subject {
	var all []record.Subject
	for _, f := range []File{a.Wheel, a.Log} {
		if f.SHA256 != "" {
			all = append(all, record.Subject{Name: f.Filename, SHA256: f.SHA256})
		}
	}
	if len(all) == 0 {
		all = append(all, record.Subject{Name: "order", SHA256: strings.TrimPrefix(string(a.Order), "sha256:")})
	}
	return all
}
