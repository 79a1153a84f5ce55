-- +goose Up

-- What the tables were derived from; see State. Written in the same transaction as the rows: without it they aren't complete.
CREATE TABLE state (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- All good records, of known kinds and of others.
CREATE TABLE records (
    number INTEGER PRIMARY KEY,
    file   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

-- Files of records that are not good.
CREATE TABLE damage (
    file    TEXT PRIMARY KEY,
    number  INTEGER NOT NULL,
    problem TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
    record    INTEGER PRIMARY KEY,
    order_key TEXT NOT NULL,
    inputs    TEXT NOT NULL,
    project   TEXT NOT NULL,
    body      TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_of_order ON attempts (order_key, inputs);
CREATE INDEX attempts_of_project ON attempts (project);

-- The first admission of a name on a platform: a published file never changes.
CREATE TABLE wheels (
    platform TEXT NOT NULL,
    filename TEXT NOT NULL,
    record   INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (platform, filename)
) STRICT, WITHOUT ROWID;

-- The form of these tables, for those who open them: cheaper to ask than goose. Version in schema.go says the same.
PRAGMA user_version = 1;

-- +goose Down

DROP TABLE wheels;
DROP TABLE attempts;
DROP TABLE damage;
DROP TABLE records;
DROP TABLE state;
PRAGMA user_version = 0;
