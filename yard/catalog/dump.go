package catalog

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
)

// tables of a dump. The one in which goose notes its migrations is no view of the records, and has a clock in it.
var tables = []string{
	"SELECT name, value FROM state ORDER BY name",
	"SELECT number, file, kind, sha256 FROM records ORDER BY number",
	"SELECT file, number, problem FROM damage ORDER BY file",
	"SELECT record, order_key, inputs, project, body FROM attempts ORDER BY record",
	"SELECT platform, filename, record, body FROM wheels ORDER BY platform, filename",
}

// Dump writes all rows of all tables as text, at one moment. Catalogs with the same dump are the same. ErrUnfit.
func (c *Catalog) Dump(ctx context.Context, to io.Writer) error {
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fit(err)
	}
	defer tx.Rollback()
	w := bufio.NewWriter(to)
	for _, query := range tables {
		if err := dump(ctx, tx, w, query); err != nil {
			return fit(err)
		}
	}
	return w.Flush()
}

func dump(ctx context.Context, tx *sql.Tx, w io.Writer, query string) error {
	fmt.Fprintf(w, "# %s\n", query)
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
		for _, v := range values {
			fmt.Fprintf(w, "%#v\t", *v.(*any))
		}
		fmt.Fprintln(w)
	}
	return rows.Err()
}
