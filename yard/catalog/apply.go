package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
)

// State is what the tables were derived from.
type State struct {
	Keys  string // identifies the keys whose records were believed
	Last  int64  // the highest number of a record that was looked at, good or not
	Chain string // identifies all files that were looked at, in their order
}

// Row is one file of a record, looked at.
type Row struct {
	Number  int64
	File    string
	Kind    string
	SHA256  string
	Problem string // not "": the record is not good, and says nothing

	Attempt *Attempt // of a record that says it
	Wheel   *Wheel
}

// Attempt is a row of that table.
type Attempt struct {
	Order, Inputs, Project string
	Body                   []byte
}

// Wheel is a row of that table.
type Wheel struct {
	Platform, Filename string
	Body               []byte
}

// Apply adds rows, in the order of their numbers, which are higher than those before; and the state that then is, asked for at the end.
// All or nothing. ErrUnfit; an error among the rows.
func (c *Catalog) Apply(ctx context.Context, rows iter.Seq2[Row, error], state func() State) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fit(err)
	}
	defer tx.Rollback()
	in := inserter{ctx: ctx, tx: tx, prepared: map[string]*sql.Stmt{}}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if in.row(r); in.err != nil {
			break
		}
	}
	s := state()
	for name, value := range map[string]string{"keys": s.Keys, "last": strconv.FormatInt(s.Last, 10), "chain": s.Chain} {
		in.exec("INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value)
	}
	if in.err != nil {
		return fit(in.err)
	}
	return fit(tx.Commit())
}

// inserter keeps the first error, after which it does nothing more.
type inserter struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
	err      error
}

func (in *inserter) exec(query string, args ...any) {
	if in.err != nil {
		return
	}
	stmt := in.prepared[query]
	if stmt == nil {
		if stmt, in.err = in.tx.PrepareContext(in.ctx, query); in.err != nil {
			return
		}
		in.prepared[query] = stmt
	}
	_, in.err = stmt.ExecContext(in.ctx, args...)
}

func (in *inserter) row(r Row) {
	if r.Problem != "" {
		in.exec("INSERT INTO damage (file, number, problem) VALUES (?, ?, ?)", r.File, r.Number, r.Problem)
		return
	}
	in.exec("INSERT INTO records (number, file, kind, sha256) VALUES (?, ?, ?, ?)", r.Number, r.File, r.Kind, r.SHA256)
	if a := r.Attempt; a != nil {
		in.exec("INSERT INTO attempts (record, order_key, inputs, project, body) VALUES (?, ?, ?, ?, ?)", r.Number, a.Order, a.Inputs, a.Project, string(a.Body))
	}
	if w := r.Wheel; w != nil {
		in.exec("INSERT INTO wheels (platform, filename, record, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", w.Platform, w.Filename, r.Number, string(w.Body))
	}
}

// State reads it. ErrUnfit when there is none: the tables are not complete.
func (c *Catalog) State(ctx context.Context) (s State, err error) {
	found := map[string]string{}
	err = c.query(ctx, func(r *sql.Rows) error {
		var name, value string
		err := r.Scan(&name, &value)
		found[name] = value
		return err
	}, "SELECT name, value FROM state")
	if err != nil {
		return s, err
	}
	s = State{Keys: found["keys"], Chain: found["chain"]}
	s.Last, err = strconv.ParseInt(found["last"], 10, 64)
	if err != nil || len(found) != 3 {
		return s, fmt.Errorf("%w: it is not complete", ErrUnfit)
	}
	return s, nil
}
