package yard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wheelyard/packaging/wheel"
	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// Admit verifies the wheel at path against what the order allows, stores it, and records that: blob, record, catalog. What is judged is what is stored:
// the file is copied first, and may change meanwhile. The same wheel again is no error, and no second record. *RefusedError when the wheel isn't acceptable,
// also when the platform has another one of that name: a published file never changes. ErrNotLocked.
func (y *Yard) Admit(ctx context.Context, path string, o Offer) (Wheel, error) {
	if err := y.locked(); err != nil {
		return Wheel{}, err
	}
	platform, _, ok := strings.Cut(o.Attempt.Target, "/")
	if !ok || platform == "" || platform == "." || platform == ".." || o.Accepts == nil {
		return Wheel{}, fmt.Errorf("admitting a wheel: the offer names no target: %q", o.Attempt.Target)
	}
	w := Wheel{Platform: platform, Filename: filepath.Base(path), Project: o.Attempt.Project, Version: o.Attempt.Version, Target: o.Attempt.Target, Order: o.Attempt.Order}
	f, err := os.Open(path)
	if err != nil {
		return w, fmt.Errorf("admitting a wheel: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return w, err
	} else if info.Size() > maxWheel {
		return w, refused("it has %d bytes, more than the %d that are allowed", info.Size(), int64(maxWheel))
	}
	draft, err := y.blobs.Draft(f)
	if err != nil {
		return w, fmt.Errorf("keeping the wheel: %w", err)
	}
	defer draft.Discard()
	w.SHA256, w.Size = draft.Sum, draft.Size
	if ours := o.Attempt.Wheel.SHA256; ours != "" && ours != w.SHA256 {
		return w, refused("it is not the file that the attempt made: its SHA-256 is %s instead of %s", w.SHA256, ours)
	}
	j := judge{wheel: draft, size: w.Size, offer: o, spool: y.blobs.Draft}
	md, raw, err := j.judge(ctx, w.Filename)
	if err != nil {
		return w, err
	}
	w.RequiresPython = md.RequiresPython
	err = y.write(ctx, func(c *catalog.Catalog) error { return y.admit(ctx, c, &w, draft.Keep, raw) })
	return w, err
}

// admit stores a wheel that was found good. What it does before the record may be done again.
func (y *Yard) admit(ctx context.Context, c *catalog.Catalog, w *Wheel, keep func() error, metadata []byte) error {
	var r rows
	if err := c.Wheel(ctx, w.Platform, w.Filename, r.add); err != nil {
		return err
	}
	there, err := decodeWheels(r)
	if err != nil {
		return err
	}
	if len(there) > 0 && there[0].SHA256 != w.SHA256 {
		return refused("%s has a file %s with other contents already, of %s; one that is published never changes", w.Platform, w.Filename, there[0].Admitted.Format("2006-01-02"))
	}
	if err := keep(); err != nil {
		return fmt.Errorf("keeping the wheel: %w", err)
	}
	if w.Metadata, _, err = y.blobs.Keep(bytes.NewReader(metadata)); err != nil {
		return fmt.Errorf("keeping the wheel's metadata: %w", err)
	}
	if len(there) > 0 {
		*w = there[0]
		return nil
	}
	w.Admitted = y.now().UTC()
	done, err := y.append(ctx, record.Act{Kind: admissionKind, Version: bodyVersion, Subjects: []record.Subject{{Name: w.Filename, SHA256: w.SHA256}}, Body: *w})
	w.Record = done.Number
	return err
}

func refused(format string, args ...any) *RefusedError {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}

// unsound makes an error of reading the wheel a refusal, unless it is the machine's fault.
func unsound(err error, what string) error {
	for _, of := range []error{wheel.ErrFormat, wheel.ErrUnsafe, wheel.ErrLimit, wheel.ErrRecord, wheel.ErrName} {
		if errors.Is(err, of) {
			return refused("%s: %v", what, err)
		}
	}
	if m, ok := errors.AsType[*wheel.MemberError](err); ok && m.Err == fs.ErrNotExist {
		return refused("%s: %s is missing", what, m.Member)
	}
	return fmt.Errorf("%s: %w", what, err)
}
