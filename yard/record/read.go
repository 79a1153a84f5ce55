package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	attestation "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const (
	maxRecord     = 16 << 20 // an attempt that used a thousand files has 150 kB
	maxSignatures = 8
)

// What Read finds wrong with a record.
var (
	// ErrBad is wrapped by all errors that are the record's fault.
	ErrBad = errors.New("bad record")
	// ErrSigner: none of the keys has signed it, or it was changed after that.
	ErrSigner = errors.New("signed by none of the keys here, or changed since")
)

// Record is what a file states, once its signature is found good.
type Record struct {
	Entry
	Version  int
	Subjects []Subject
	Body     json.RawMessage
	SHA256   string // of the file
}

// Read reads a record. ErrBad when it is damaged or can't be read, is signed by none of the keys (ErrSigner too), or states another number or kind
// than its file's name. Other errors say nothing about the record: the machine had no file handle left, and the like.
func (s Store) Read(e Entry, keys Keys) (Record, error) {
	text, err := readLimited(filepath.Join(s.dir, filepath.FromSlash(e.File)), maxRecord)
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EIO) {
			return Record{}, err
		}
		err = p.Err
	}
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrBad, err)
	}
	r, err := open(text, keys)
	if err == nil && (r.Number != e.Number || r.Kind != e.Kind) {
		err = fmt.Errorf("it is record %d of kind %s by what was signed", r.Number, r.Kind)
	}
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrBad, err)
	}
	r.File, r.SHA256 = e.File, sum(text)
	return r, nil
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// open verifies an envelope and takes the statement out of it.
func open(text []byte, keys Keys) (Record, error) {
	var envelope dsse.Envelope
	if err := json.Unmarshal(text, &envelope); err != nil {
		return Record{}, fmt.Errorf("no envelope: %w", err)
	}
	if envelope.PayloadType != payloadType {
		return Record{}, fmt.Errorf("payload of type %.100q", envelope.PayloadType)
	}
	if len(envelope.Signatures) > maxSignatures {
		return Record{}, fmt.Errorf("%d signatures", len(envelope.Signatures))
	}
	if keys.verifier == nil {
		return Record{}, ErrSigner
	}
	_, payload, err := keys.verifier.VerifyAndDecode(context.Background(), &envelope)
	if err != nil { // the library has no sentinels for these; a text that is no base64 is among them
		return Record{}, ErrSigner
	}
	return parse(payload)
}

// parse reads a statement that was signed.
func parse(payload []byte) (r Record, err error) {
	var st statement
	if err := json.Unmarshal(payload, &st); err != nil {
		return r, fmt.Errorf("no statement: %w", err)
	}
	if st.Type != attestation.StatementTypeUri {
		return r, fmt.Errorf("statement of type %.100q", st.Type)
	}
	kind, ok := strings.CutPrefix(st.PredicateType, "urn:wheelyard:")
	kind, version, colon := strings.Cut(kind, ":")
	r.Version, err = strconv.Atoi(version)
	if !ok || !colon || err != nil || r.Version < 1 || !isKind(kind) {
		return r, fmt.Errorf("predicate of type %.100q", st.PredicateType)
	}
	r.Number, r.Kind, r.Body = st.Predicate.Sequence, kind, st.Predicate.Body
	for _, d := range st.Subject {
		r.Subjects = append(r.Subjects, Subject{Name: d.Name, SHA256: d.Digest["sha256"]})
	}
	return r, nil
}
