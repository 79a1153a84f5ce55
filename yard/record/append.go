package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	attestation "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"wheelyard/internal/durable"
)

// payloadType is that of in-toto statements in an envelope.
const payloadType = "application/vnd.in-toto+json"

// Act is what a record states.
type Act struct {
	Kind     string // a word such as "attempt"
	Version  int    // of the body's form, from 1
	Subjects []Subject
	Body     any // becomes JSON
}

// Subject is a file that the statement is about. A statement has at least one.
type Subject struct{ Name, SHA256 string }

// predicateType is a URI: a name of wheelyard's own, which no registry or host vouches for.
func predicateType(kind string, version int) string {
	return fmt.Sprintf("urn:wheelyard:%s:%d", kind, version)
}

// statement is an in-toto Statement v1. The fields stand in the order of the specification, and so do they in the file:
// the same act gives the same bytes.
type statement struct {
	Type          string       `json:"_type"`
	Subject       []descriptor `json:"subject"`
	PredicateType string       `json:"predicateType"`
	Predicate     predicate    `json:"predicate"`
}

type descriptor struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

type predicate struct {
	Sequence int64           `json:"sequence"`
	Body     json.RawMessage `json:"body"`
}

// Writer appends records. It is not safe for use by several goroutines.
type Writer struct {
	store Store
	sign  *dsse.EnvelopeSigner
}

// Writer makes a writer with the signing key of the folder keys, and writes the key's public half there when it is missing. ErrNoKey.
func (s Store) Writer(keys string) (*Writer, error) {
	k, err := readPrivate(keys)
	if err != nil {
		return nil, err
	}
	if err := k.publish(keys); err != nil {
		return nil, err
	}
	sign, err := dsse.NewEnvelopeSigner(k)
	return &Writer{store: s, sign: sign}, err
}

// Append signs and writes one record, with a number that no other has, and gives what Read will give. After an error the record may be there
// all the same: List tells.
func (w *Writer) Append(ctx context.Context, number int64, now time.Time, act Act) (Record, error) {
	if number < 1 || !isKind(act.Kind) {
		return Record{}, fmt.Errorf("record %d of kind %q: no such thing", number, act.Kind)
	}
	payload, err := payload(number, act)
	if err != nil {
		return Record{}, fmt.Errorf("record of kind %s: %w", act.Kind, err)
	}
	r, err := parse(payload)
	if err != nil {
		return Record{}, fmt.Errorf("record of kind %s: %w", act.Kind, err)
	}
	text, err := w.seal(ctx, payload)
	if err != nil {
		return Record{}, fmt.Errorf("record of kind %s: %w", act.Kind, err)
	}
	r.File, r.SHA256 = folder(now)+"/"+r.base(), sum(text)
	f, err := durable.Create(filepath.Join(w.store.dir, filepath.FromSlash(r.File)), 0o444)
	if err != nil {
		return Record{}, err
	}
	defer f.Abort()
	if _, err := f.Write(text); err != nil {
		return Record{}, err
	}
	return r, f.Commit()
}

// seal puts a statement in an envelope.
func (w *Writer) seal(ctx context.Context, payload []byte) ([]byte, error) {
	envelope, err := w.sign.SignPayload(ctx, payloadType, payload)
	if err != nil {
		return nil, err
	}
	text, err := encode(envelope)
	if err == nil && len(text) > maxRecord {
		err = fmt.Errorf("%d bytes are too many", len(text))
	}
	return text, err
}

// payload is the statement's bytes, which the in-toto library has found to be a statement.
func payload(number int64, act Act) ([]byte, error) {
	body, err := encode(act.Body)
	if err != nil {
		return nil, err
	}
	st := statement{Type: attestation.StatementTypeUri, PredicateType: predicateType(act.Kind, act.Version),
		Predicate: predicate{Sequence: number, Body: bytes.TrimSuffix(body, []byte("\n"))}}
	for _, s := range act.Subjects {
		st.Subject = append(st.Subject, descriptor{Name: s.Name, Digest: map[string]string{"sha256": s.SHA256}})
	}
	text, err := encode(st)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	var check attestation.Statement
	if err := protojson.Unmarshal(text, &check); err != nil {
		return nil, err
	}
	return text, check.Validate()
}

// encode gives one line of JSON, with a newline.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
