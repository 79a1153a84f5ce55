package catalog

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Version is the form of the tables that this program knows: the number of the last migration.
const Version = 1

//go:embed migrations/*.sql
var migrations embed.FS

// migrated brings the tables to this program's form. goose is only asked here, for it takes longer than all the rest of opening.
func (c *Catalog) migrated(ctx context.Context) (*Catalog, error) {
	if err := c.migrate(ctx); err != nil {
		c.Close()
		return nil, fit(err)
	}
	return c, nil
}

func (c *Catalog) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, c.db, dir, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// checked says whether the tables are of the right form and complete; else the catalog is closed.
func (c *Catalog) checked(ctx context.Context) (*Catalog, error) {
	err := c.check(ctx)
	if err != nil {
		c.Close()
		return nil, fit(err)
	}
	return c, nil
}

func (c *Catalog) check(ctx context.Context) error {
	var version int
	if err := c.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != Version {
		return fmt.Errorf("%w: its tables are of version %d, this program's of version %d", ErrUnfit, version, Version)
	}
	_, err := c.State(ctx)
	return err
}
