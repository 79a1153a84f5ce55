package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// Each is called with the number of a record and its body, which is only valid until it returns. Its error ends the query and is handed on.
type Each func(record int64, body []byte) error

// Wheels visits the wheels of a platform by file name, or those of all platforms when it is "". ErrUnfit.
func (c *Catalog) Wheels(ctx context.Context, platform string, each Each) error {
	return c.bodies(ctx, each, "SELECT record, body FROM wheels WHERE ?1 = '' OR platform = ?1 ORDER BY platform, filename", platform)
}

// Wheel visits the wheel of that name, if there is one. ErrUnfit.
func (c *Catalog) Wheel(ctx context.Context, platform, filename string, each Each) error {
	return c.bodies(ctx, each, "SELECT record, body FROM wheels WHERE platform = ? AND filename = ?", platform, filename)
}

// Attempts visits the last attempt of each order, by their records' numbers. ErrUnfit.
func (c *Catalog) Attempts(ctx context.Context, each Each) error {
	return c.bodies(ctx, each, "SELECT record, body FROM attempts WHERE record IN (SELECT max(record) FROM attempts GROUP BY order_key) ORDER BY record")
}

// AttemptsOf is Attempts for one project.
func (c *Catalog) AttemptsOf(ctx context.Context, project string, each Each) error {
	return c.bodies(ctx, each, `SELECT record, body FROM attempts WHERE record IN
		(SELECT max(record) FROM attempts WHERE project = ? GROUP BY order_key) ORDER BY record`, project)
}

// CountAttempts is how many attempts of an order there were with these inputs. ErrUnfit.
func (c *Catalog) CountAttempts(ctx context.Context, order, inputs string) (n int, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT count(*) FROM attempts WHERE order_key = ? AND inputs = ?", order, inputs).Scan(&n)
	return n, fit(err)
}

// Damage gives the files that are not good, by their numbers and names. ErrUnfit.
func (c *Catalog) Damage(ctx context.Context) (rows []Row, err error) {
	err = c.query(ctx, func(r *sql.Rows) error {
		var d Row
		err := r.Scan(&d.File, &d.Number, &d.Problem)
		rows = append(rows, d)
		return err
	}, "SELECT file, number, problem FROM damage ORDER BY number, file")
	return rows, err
}

func (c *Catalog) bodies(ctx context.Context, each Each, query string, args ...any) error {
	var stop error
	err := c.query(ctx, func(r *sql.Rows) error {
		var (
			record int64
			body   sql.RawBytes
		)
		if err := r.Scan(&record, &body); err != nil {
			return err
		}
		stop = each(record, body)
		return stop
	}, query, args...)
	if stop != nil {
		return stop
	}
	return err
}

// query calls each for every row; its errors are those of a row that can't be read.
func (c *Catalog) query(ctx context.Context, each func(*sql.Rows) error, query string, args ...any) error {
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fit(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return fmt.Errorf("%w: %w", ErrUnfit, err)
		}
	}
	return fit(rows.Err())
}
