package record

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	attestation "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// place is a store with its keys.
func place(t testing.TB) (s Store, w *Writer, keys string) {
	t.Helper()
	dir := t.TempDir()
	keys = filepath.Join(dir, "keys")
	s = New(filepath.Join(dir, "records"))
	if err := errors.Join(s.Create(), CreateKey(keys)); err != nil {
		t.Fatal(err)
	}
	w, err := s.Writer(keys)
	if err != nil {
		t.Fatal(err)
	}
	return s, w, keys
}

var act = Act{Kind: "attempt", Version: 1, Subjects: []Subject{{"a <b> & c.whl", strings.Repeat("ab", 32)}}, Body: map[string]any{"b": "<&>\u2028 é", "a": 1 << 60}}

func readKeys(t testing.TB, dir string) Keys {
	t.Helper()
	k, bad, err := ReadKeys(dir)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	return k
}

func TestRoundTrip(t *testing.T) {
	s, w, keys := place(t)
	wrote, err := w.Append(context.Background(), 12, noon, act)
	if err != nil {
		t.Fatal(err)
	}
	entries, strays, err := s.List()
	if want := []Entry{{12, "attempt", "2026/11/00000012-attempt.json"}}; err != nil || len(strays) > 0 || !reflect.DeepEqual(entries, want) {
		t.Fatalf("%+v %+v %v", entries, strays, err)
	}
	read, err := s.Read(entries[0], readKeys(t, keys))
	if err != nil || !reflect.DeepEqual(read, wrote) {
		t.Errorf("%+v\nwant\n%+v\n%v", read, wrote, err)
	}
	if want := `{"a":1152921504606846976,"b":"<&>\u2028 é"}`; string(read.Body) != want || !reflect.DeepEqual(read.Subjects, act.Subjects) || read.Version != 1 {
		t.Errorf("%s %+v", read.Body, read)
	}
	if info, err := os.Stat(filepath.Join(s.dir, entries[0].File)); err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// The same act gives the same bytes, and they are what in-toto and DSSE say they must be.
func TestForm(t *testing.T) {
	s, w, _ := place(t)
	var texts []string
	for range 2 {
		r, err := w.Append(context.Background(), 1, noon, act)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(s.dir, r.File))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Errorf("%s\n%s", texts[0], texts[1])
	}
	var e dsse.Envelope
	if err := json.Unmarshal([]byte(texts[0]), &e); err != nil {
		t.Fatal(err)
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a <b> & c.whl","digest":{"sha256":"abababababababababababababababababababababababababababababababab"}}],` +
		`"predicateType":"urn:wheelyard:attempt:1","predicate":{"sequence":1,"body":{"a":1152921504606846976,"b":"<&>\u2028 é"}}}`
	if string(payload) != want {
		t.Errorf("%s\nwant\n%s", payload, want)
	}
	var st attestation.Statement
	if err := protojson.Unmarshal(payload, &st); err != nil || st.Validate() != nil || e.PayloadType != "application/vnd.in-toto+json" {
		t.Error(err, st.Validate(), e.PayloadType)
	}
}

func TestUnfitActs(t *testing.T) {
	s, w, _ := place(t)
	good := []Subject{{"x", strings.Repeat("0", 64)}}
	for name, a := range map[string]Act{
		"no subject": {Kind: "attempt", Version: 1, Body: 1}, "no digest": {Kind: "attempt", Version: 1, Subjects: []Subject{{"x", "sha256:1"}}, Body: 1},
		"no kind": {Version: 1, Subjects: good, Body: 1}, "odd kind": {Kind: "../x", Version: 1, Subjects: good, Body: 1}, "no version": {Kind: "attempt", Subjects: good, Body: 1},
		"no JSON": {Kind: "attempt", Version: 1, Subjects: good, Body: func() {}}, "too large": {Kind: "attempt", Version: 1, Subjects: good, Body: strings.Repeat("x", maxRecord)},
	} {
		if _, err := w.Append(context.Background(), 1, noon, a); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if _, err := w.Append(context.Background(), 0, noon, act); err == nil {
		t.Error("number 0")
	}
	if entries, _, err := s.List(); err != nil || len(entries) > 0 {
		t.Errorf("%+v %v", entries, err)
	}
}

func TestParseName(t *testing.T) {
	for _, file := range []string{"2026/11/00000001-attempt.json", "0000/01/00000012-a.json", "9999/12/123456789-root-lock.json", "2026/13/00000001-attempt.json"} {
		if e, ok := parseName(file); !ok || e.File != file || !strings.HasSuffix(file, e.base()) {
			t.Errorf("%s: %+v", file, e)
		}
	}
	for _, file := range []string{"", "00000001-attempt.json", "2026/00000001-attempt.json", "2026/11/1-attempt.json", "2026/11/000000001-attempt.json", "2026/11/00000000-attempt.json",
		"2026/11/-0000001-attempt.json", "2026/11/+0000001-attempt.json", "2026/11/00000001-.json", "2026/11/00000001.json", "2026/11/00000001-Attempt.json", "2026/11/00000001-attempt.json~",
		"2026/11/00000001-at.tempt.json", "2026/11/00000001--a.json", "2026/11/99999999999999999999-a.json"} {
		if e, ok := parseName(file); ok {
			t.Errorf("%s: %+v", file, e)
		}
	}
}

func TestList(t *testing.T) {
	s, _, _ := place(t)
	for _, f := range []string{"2026/11/00000002-b.json", "2026/10/00000003-a.json", "2025/01/00000002-a.json", "2026/11/.tmp-1", "2026/11/x", "2026/x", "x/00000001-a.json", "2026/11/12/00000001-a.json"} {
		path := filepath.Join(s.dir, f)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	entries, strays, err := s.List()
	var got []string
	for _, e := range entries {
		got = append(got, e.File)
	}
	for _, p := range strays {
		got = append(got, p.File)
	}
	if want := "2025/01/00000002-a.json 2026/11/00000002-b.json 2026/10/00000003-a.json 2026/11/12 2026/11/x 2026/x x"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("%s\nwant\n%s\n%v", strings.Join(got, " "), want, err)
	}
	if err := s.Sweep(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "2026/11/.tmp-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if after, _, err := s.List(); err != nil || !reflect.DeepEqual(after, entries) {
		t.Errorf("%+v %v", after, err)
	}
}

// openssl knows nothing of this code, and finds the signature good.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl isn't here")
	}
	s, w, keys := place(t)
	r, err := w.Append(context.Background(), 1, noon, act)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, r.File))
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Payload, PayloadType string
		Signatures           []struct{ KeyID, Sig string }
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	sig, err2 := base64.StdEncoding.DecodeString(e.Signatures[0].Sig)
	dir := t.TempDir()
	pae := "DSSEv1 28 application/vnd.in-toto+json " + itoa(len(payload)) + " " + string(payload)
	if err := errors.Join(err, err2, os.WriteFile(dir+"/pae", []byte(pae), 0o644), os.WriteFile(dir+"/sig", sig, 0o644), os.WriteFile(dir+"/forged", []byte(pae+" "), 0o644)); err != nil {
		t.Fatal(err)
	}
	verify := func(what string) (string, error) {
		out, err := exec.Command(openssl, "pkeyutl", "-verify", "-pubin", "-inkey", filepath.Join(keys, publicFile), "-rawin", "-in", dir+"/"+what, "-sigfile", dir+"/sig").CombinedOutput()
		return string(out), err
	}
	if out, err := verify("pae"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := verify("forged"); err == nil {
		t.Errorf("a forged one passes: %s", out)
	}
	// The identifier of the key is one that openssl can make too.
	out, err := exec.Command("sh", "-c", openssl+` pkey -pubin -in "$0" -outform DER | sha256sum`, filepath.Join(keys, publicFile)).Output()
	if err != nil || !strings.HasPrefix(string(out), e.Signatures[0].KeyID+" ") {
		t.Errorf("%s %v, want %s", out, err, e.Signatures[0].KeyID)
	}
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestCreateKey(t *testing.T) {
	_, _, keys := place(t)
	before := readKeys(t, keys).Digest()
	if err := CreateKey(keys); err != nil || readKeys(t, keys).Digest() != before {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(keys, privateFile)); err != nil {
		t.Fatal(err)
	}
	if err := CreateKey(keys); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
	for name, text := range map[string]string{"empty": "", "text": "x", "another": "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "large": strings.Repeat("x", maxKey+1)} {
		if err := os.WriteFile(filepath.Join(keys, privateFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CreateKey(keys); err == nil || errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), privateFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if readKeys(t, keys).Digest() != before {
		t.Error("the public key has changed")
	}
}

func TestParseWrong(t *testing.T) {
	text, err := payload(1, act)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := parse(text); err != nil || r.Kind != "attempt" {
		t.Errorf("%+v %v", r, err)
	}
	for old, new := range map[string]string{"Statement/v1": "Statement/v2", "urn:wheelyard:": "urn:other:", "attempt:1": "attempt", "attempt:1\"": "attempt:0\"", ":attempt:": ":At:", `"sequence":1`: `"sequence":1.5`, "{": "["} {
		if r, err := parse([]byte(strings.Replace(string(text), old, new, 1))); err == nil {
			t.Errorf("%s for %s: %+v", new, old, r)
		}
	}
}

// FuzzOpen: an envelope is refused, or says what was signed.
func FuzzOpen(f *testing.F) {
	s, w, keys := place(f)
	r, err := w.Append(context.Background(), 1, noon, act)
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, r.File))
	if err != nil {
		f.Fatal(err)
	}
	k := readKeys(f, keys)
	for _, seed := range []string{string(text), strings.ToUpper(string(text)), "", "{}", `{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"","sig":""}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := open(text, k)
		if err == nil && (got.Number != 1 || got.Kind != "attempt" || string(got.Body) != string(r.Body)) {
			t.Errorf("%+v", got)
		}
	})
}

func FuzzParse(f *testing.F) {
	text, err := payload(1, act)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := parse(text); err == nil && (!isKind(r.Kind) || r.Version < 1) {
			t.Errorf("%+v", r)
		}
	})
}
