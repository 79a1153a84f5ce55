package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var ctx = context.Background()

func created(t testing.TB) (c *Catalog, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a b?c#d%20.db")
	c, err := Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, path
}

func seq(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			var err error
			if r.File == "" {
				err = errRow
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

var errRow = errors.New("a row that can't be read")

func attempt(n int64, order, inputs string) Row {
	return Row{Number: n, File: fmt.Sprint(n), Kind: "attempt", SHA256: "s", Attempt: &Attempt{Order: order, Inputs: inputs, Project: "p" + order, Body: fmt.Append(nil, n)}}
}

func wheel(n int64, platform, filename string) Row {
	return Row{Number: n, File: fmt.Sprint(n), Kind: "admission", SHA256: "s", Wheel: &Wheel{Platform: platform, Filename: filename, Body: fmt.Append(nil, n)}}
}

func apply(t testing.TB, c *Catalog, rows ...Row) {
	t.Helper()
	if err := c.Apply(ctx, seq(rows...), func() State { return State{"k", rows[len(rows)-1].Number, "c"} }); err != nil {
		t.Fatal(err)
	}
}

// found are the bodies that a query gives.
func found(t testing.TB, query func(Each) error) string {
	t.Helper()
	var all []string
	if err := query(func(record int64, body []byte) error {
		if fmt.Sprint(record) != string(body) {
			t.Errorf("record %d has the body %s", record, body)
		}
		all = append(all, string(body))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// The version that is asked for first is that of goose's last migration.
func TestVersion(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) != Version || !strings.HasPrefix(filepath.Base(files[len(files)-1]), fmt.Sprintf("%05d_", Version)) {
		t.Errorf("%q %v", files, err)
	}
	c, path := created(t)
	var goose, user int
	if err := errors.Join(c.db.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&goose), c.db.QueryRow("PRAGMA user_version").Scan(&user)); err != nil || goose != Version || user != Version {
		t.Errorf("goose %d, user_version %d, %v", goose, user, err)
	}
	apply(t, c, wheel(1, "a", "b"))
	if _, err := c.db.Exec("DROP TABLE goose_db_version"); err != nil {
		t.Fatal(err)
	}
	w, err := OpenWriter(ctx, path) // doesn't ask goose
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := c.db.Exec("PRAGMA user_version = 2"); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWriter(ctx, path); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
	if _, err := OpenReader(ctx, path); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
}

// An empty catalog is not one that says that there is nothing.
func TestUnfinished(t *testing.T) {
	c, path := created(t)
	if _, err := OpenReader(ctx, path); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
	if err := c.Apply(ctx, seq(wheel(1, "a", "b"), Row{}), func() State { return State{} }); !errors.Is(err, errRow) {
		t.Error(err)
	}
	if err := c.Apply(ctx, seq(wheel(1, "a", "b"), wheel(1, "a", "c")), func() State { return State{} }); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
	if _, err := OpenReader(ctx, path); !errors.Is(err, ErrUnfit) {
		t.Error(err)
	}
	if err := c.Apply(ctx, seq(), func() State { return State{} }); err != nil {
		t.Error(err)
	}
	r, err := OpenReader(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := found(t, func(e Each) error { return r.Wheels(ctx, "", e) }); got != "" {
		t.Errorf("half of it is there: %s", got)
	}
}

func TestQueries(t *testing.T) {
	disk, path := created(t)
	memory, err := InMemory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	rows := []Row{attempt(1, "x", "i"), attempt(2, "y", "i"), wheel(3, "b", "w"), attempt(4, "x", "i"), attempt(5, "x", "j"), wheel(6, "a", "w"), wheel(7, "a", "v"), wheel(8, "b", "w"),
		{Number: 9, File: "z", Problem: "bad"}, {Number: 9, File: "y", Problem: "bad too"}, {Number: 10, File: "10", Kind: "other", SHA256: "s"}}
	apply(t, disk, rows[:4]...)
	apply(t, disk, rows[4:]...)
	apply(t, memory, rows...)
	reader, err := OpenReader(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var dumps []string
	for _, c := range []*Catalog{disk, memory, reader} {
		for want, query := range map[string]func(Each) error{
			"2 5":   func(e Each) error { return c.Attempts(ctx, e) },
			"5":     func(e Each) error { return c.AttemptsOf(ctx, "px", e) },
			"":      func(e Each) error { return c.AttemptsOf(ctx, "pz", e) },
			"7 6 3": func(e Each) error { return c.Wheels(ctx, "", e) },
			"7 6":   func(e Each) error { return c.Wheels(ctx, "a", e) },
			"3":     func(e Each) error { return c.Wheel(ctx, "b", "w", e) },
		} {
			if got := found(t, query); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		n, err := c.CountAttempts(ctx, "x", "i")
		if err != nil || n != 2 {
			t.Errorf("%d attempts, %v", n, err)
		}
		damage, err := c.Damage(ctx)
		if want := []Row{{Number: 9, File: "y", Problem: "bad too"}, {Number: 9, File: "z", Problem: "bad"}}; err != nil || !reflect.DeepEqual(damage, want) {
			t.Errorf("%+v %v", damage, err)
		}
		if s, err := c.State(ctx); err != nil || s != (State{"k", 10, "c"}) {
			t.Errorf("%+v %v", s, err)
		}
		var b strings.Builder
		if err := c.Dump(ctx, &b); err != nil {
			t.Error(err)
		}
		dumps = append(dumps, b.String())
		stop := errors.New("stop")
		calls := 0
		if err := c.Attempts(ctx, func(int64, []byte) error { calls++; return stop }); err != stop || calls != 1 {
			t.Errorf("%v after %d calls", err, calls)
		}
	}
	if dumps[0] != dumps[1] || dumps[0] != dumps[2] || strings.Count(dumps[0], "\n") != 5+3+9+2+4+3 {
		t.Errorf("%s", dumps[0])
	}
	if err := reader.Apply(ctx, seq(wheel(11, "a", "b")), func() State { return State{} }); err == nil {
		t.Error("a reader has written")
	}
}

func TestMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := OpenReader(ctx, path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := OpenWriter(ctx, path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
