package record

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"wheelyard/internal/durable"
)

// The files of the key folder. Public halves of earlier keys may have any other name that ends in .pub.
const (
	privateFile = "signing.key"
	publicFile  = "signing.pub"
	publicExt   = ".pub"
)

// ErrNoKey: there is no signing key, and records can only be read.
var ErrNoKey = errors.New("no signing key")

// key is an Ed25519 key as DSSE wants it. It has a private half only in the writer's hands.
type key struct {
	id      string
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

var _ dsse.SignerVerifier = (*key)(nil)

func newKey(public ed25519.PublicKey, private ed25519.PrivateKey) (*key, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return &key{id: hex.EncodeToString(sum[:]), public: public, private: private}, nil
}

// KeyID is the SHA-256 of the public half in DER (SubjectPublicKeyInfo), in hexadecimal.
func (k *key) KeyID() (string, error)   { return k.id, nil }
func (k *key) Public() crypto.PublicKey { return k.public }

func (k *key) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(k.private, data), nil
}

var errSignature = errors.New("wrong signature")

func (k *key) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(k.public, data, sig) {
		return errSignature
	}
	return nil
}

// pem is the public half as openssl writes it.
func (k *key) pem() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// CreateKey makes the signing key in a folder, when no key is there. Repeatable. ErrNoKey when only public halves are there: the private one is lost then,
// and a new one in its place would be somebody's decision.
func CreateKey(dir string) error {
	k, err := readPrivate(dir)
	if err == nil {
		return k.publish(dir)
	}
	if !errors.Is(err, ErrNoKey) {
		return err
	}
	if old, _ := filepath.Glob(filepath.Join(dir, "*"+publicExt)); len(old) > 0 {
		return err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if _, err := durable.WriteFile(filepath.Join(dir, privateFile), text, 0o600); err != nil {
		return err
	}
	if k, err = newKey(public, private); err != nil {
		return err
	}
	return k.publish(dir)
}

// publish writes the public half beside the private one. The public half of an earlier key is kept under its own name.
func (k *key) publish(dir string) error {
	path := filepath.Join(dir, publicFile)
	text, err := k.pem()
	if err != nil {
		return err
	}
	if old, err := readPublic(path); err == nil && old.id != k.id {
		oldText, err := old.pem()
		if err != nil {
			return err
		}
		if _, err := durable.WriteFile(filepath.Join(dir, old.id[:16]+publicExt), oldText, 0o444); err != nil {
			return err
		}
	}
	_, err = durable.WriteFile(path, text, 0o444)
	return err
}

func readPrivate(dir string) (*key, error) {
	path := filepath.Join(dir, privateFile)
	block, err := readPEM(path, "PRIVATE KEY")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is missing: put it back from a backup, or put a new Ed25519 key there (PKCS #8, PEM) and leave the %s files where they are",
			ErrNoKey, path, publicExt)
	}
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s is no Ed25519 key in PKCS #8: %w", path, errors.Join(err))
	}
	return newKey(private.Public().(ed25519.PublicKey), private)
}

func readPublic(path string) (*key, error) {
	block, err := readPEM(path, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(block)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s is no Ed25519 key", path)
	}
	return newKey(public, nil)
}

// maxKey is far more than a file with a key can need.
const maxKey = 16 << 10

func readPEM(path, kind string) ([]byte, error) {
	text, err := readLimited(path, maxKey)
	if _, system := errors.AsType[*fs.PathError](err); err != nil && !system {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(bytes.TrimSpace(text))
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s holds no %s in PEM", path, strings.ToLower(kind))
	}
	return block.Bytes, nil
}

// Keys are the public keys whose records are believed.
type Keys struct {
	keys     []*key // by id, none twice
	verifier *dsse.EnvelopeVerifier
}

// ReadKeys reads the public keys of a folder. Files that hold none are told of in bad and passed over. fs.ErrNotExist when the folder is missing.
func ReadKeys(dir string) (k Keys, bad []Problem, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return k, nil, err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != publicExt || strings.HasPrefix(e.Name(), durable.TempPrefix) {
			continue
		}
		one, err := readPublic(filepath.Join(dir, e.Name()))
		if err != nil {
			bad = append(bad, Problem{File: e.Name(), Text: err.Error()})
			continue
		}
		k.keys = append(k.keys, one)
	}
	slices.SortFunc(k.keys, func(a, b *key) int { return strings.Compare(a.id, b.id) })
	k.keys = slices.CompactFunc(k.keys, func(a, b *key) bool { return a.id == b.id })
	if len(k.keys) == 0 {
		return k, bad, nil
	}
	var verifiers []dsse.Verifier
	for _, one := range k.keys {
		verifiers = append(verifiers, one)
	}
	k.verifier, err = dsse.NewEnvelopeVerifier(verifiers...)
	return k, bad, err
}

// Digest identifies the set of keys.
func (k Keys) Digest() string {
	h := sha256.New()
	for _, one := range k.keys {
		h.Write([]byte(one.id + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PublicKeys are all keys whose records are believed, in PEM, one after the other: that of the signing key first, which is the one that openssl
// reads. fs.ErrNotExist when there is no signing key's.
func PublicKeys(dir string) ([]byte, error) {
	signing, err := readPublic(filepath.Join(dir, publicFile))
	if err != nil {
		return nil, err
	}
	all, _, err := ReadKeys(dir)
	if err != nil {
		return nil, err
	}
	text, err := signing.pem()
	for _, k := range all.keys {
		if err != nil || k.id == signing.id {
			continue
		}
		var one []byte
		one, err = k.pem()
		text = append(text, one...)
	}
	return text, err
}

// CheckPrivate tells what is wrong with the signing key's file: it is missing, holds something else, or others may read it.
func CheckPrivate(dir string) error {
	if _, err := readPrivate(dir); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, privateFile))
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("its mode is %04o, so that others may read or write it; it must be 0600", info.Mode().Perm())
	}
	return err
}

// IsEmpty: there is no key, and nothing is believed.
func (k Keys) IsEmpty() bool { return len(k.keys) == 0 }
