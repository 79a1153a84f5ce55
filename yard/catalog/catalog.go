// Package catalog is a view of the records in SQLite, made to be asked.
//
// It holds nothing that the records don't: it may be deleted at any time, and is the same when it is made anew. One process writes it; any number
// read it meanwhile (write-ahead log). A reader needs no right to write, and finds either all that some state of the records meant, or ErrUnfit.
//
// Tables: state, records, damage, attempts, wheels; see migrations/. Whatever doesn't need to be searched for stays in the body, as it was signed.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

var (
	// ErrUnfit: what is there is no catalog that can be used: damaged, incomplete, of another version. It is to be made anew.
	ErrUnfit = errors.New("the catalog is not fit for use; `wheelyard catalog rebuild` makes it anew")
	// ErrAccess: it may not be opened in this way, and that says nothing about what is in it. A reader who may not write needs the log's index,
	// which the last writer left, for example.
	ErrAccess = errors.New("no access to the catalog")
)

// Catalog is an open one. It may be used from several goroutines.
type Catalog struct{ db *sql.DB }

// busyTimeout is how long one waits for another's checkpoint, which is short.
const busyTimeout = "5000"

// OpenReader opens a catalog to be read. ErrUnfit; ErrAccess; fs.ErrNotExist.
func OpenReader(ctx context.Context, path string) (*Catalog, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	c, err := connect(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(" + busyTimeout + ")", "query_only(1)"}})
	if err != nil {
		return nil, err
	}
	return c.checked(ctx)
}

// OpenWriter opens a catalog to be written, by the one writer. ErrUnfit; ErrAccess; fs.ErrNotExist.
func OpenWriter(ctx context.Context, path string) (*Catalog, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	c, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	return c.checked(ctx)
}

// Create puts an empty catalog in place of whatever is there. Those who read the old one go on with it. It is unfit until Apply or SetState
// has written something.
func Create(ctx context.Context, path string) (*Catalog, error) {
	// The log of the old one must not be taken for the new one's, so it goes before the new one comes, and after the old one.
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	c, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	return c.migrated(ctx)
}

// InMemory is an empty catalog that nobody else sees. It is written and read like others.
func InMemory(ctx context.Context) (*Catalog, error) {
	c, err := connect(":memory:", nil)
	if err != nil {
		return nil, err
	}
	c.single()
	return c.migrated(ctx)
}

// Close must be called. A writer's changes go from the log to the file.
func (c *Catalog) Close() error { return c.db.Close() }

func connect(path string, query url.Values) (*Catalog, error) {
	dsn := path
	if path != ":memory:" {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		dsn = (&url.URL{Scheme: "file", Path: abs, RawQuery: query.Encode()}).String()
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	return &Catalog{db: db}, nil
}

// single makes all of it go through one connection, which is kept.
func (c *Catalog) single() {
	c.db.SetMaxOpenConns(1)
	c.db.SetMaxIdleConns(1)
}

func openWriter(ctx context.Context, path string) (*Catalog, error) {
	// A lost transaction is made again from the records: nothing has to be synced before a checkpoint.
	c, err := connect(path, url.Values{"mode": {"rwc"}, "_txlock": {"immediate"}, "_pragma": {"busy_timeout(" + busyTimeout + ")", "journal_mode(wal)", "synchronous(normal)", "journal_size_limit(0)"}})
	if err != nil {
		return nil, err
	}
	c.single()
	// The log and its index stay when the last connection is closed: with them one can read who may not write.
	if err := c.persist(ctx); err != nil {
		c.Close()
		return nil, fit(err)
	}
	return c, nil
}

func (c *Catalog) persist(ctx context.Context) error {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		control, ok := driver.(sqlite.FileControl)
		if !ok {
			return errors.New("catalog: the driver has no FileControl")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
}

// fit turns what SQLite says of a file that is damaged or no catalog into ErrUnfit, and what it says of one that it may not open into ErrAccess.
func fit(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || errors.Is(err, ErrUnfit) {
		return err
	}
	if e.Code() == lib.SQLITE_IOERR_SHORT_READ { // less is there than the head says
		return fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_SCHEMA, lib.SQLITE_ERROR, lib.SQLITE_MISMATCH, lib.SQLITE_FORMAT, lib.SQLITE_CONSTRAINT:
		return fmt.Errorf("%w: %w", ErrUnfit, err)
	case lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrAccess, err)
	}
	return err
}
