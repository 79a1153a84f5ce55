package yard

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"wheelyard/yard/catalog"
	"wheelyard/yard/record"
)

// full is a yard with 3 attempts and 3 wheels: attempts are records 1, 3, 5.
func full(t testing.TB) (y *Yard, dir string) {
	t.Helper()
	y, dir = newYard(t)
	unlock := locked(t, y)
	for n := range 3 {
		y.record(t, n)
		y.admitted(t, n)
	}
	unlock()
	return y, dir
}

func overwrite(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, change(text), 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A reader sees what is in the records whatever has become of the catalog, and the next writer makes it anew.
func TestCatalogDamaged(t *testing.T) {
	all := func(b byte) func([]byte) []byte {
		return func(text []byte) []byte {
			for i := range text {
				text[i] = b
			}
			return text
		}
	}
	from := func(offset int, change func([]byte) []byte) func([]byte) []byte {
		return func(text []byte) []byte { return append(text[:offset:offset], change(text[offset:])...) }
	}
	cut := func(n int) func([]byte) []byte { return func(text []byte) []byte { return text[:n] } }
	for name, change := range map[string]func([]byte) []byte{
		"empty": cut(0), "cut in the head": cut(50), "one page": cut(4096), "cut in a page": cut(10_000), "half": func(text []byte) []byte { return text[:len(text)/2] },
		"zeros": all(0), "text": all('x'), "zeros after the first page": from(4096, all(0)), "ones after the first page": from(4096, all(255)), "zeros in the middle": from(8192, func(text []byte) []byte {
			return append(make([]byte, 4096), text[4096:]...)
		}),
		"last page": func(text []byte) []byte { return append(text[:len(text)-4096], make([]byte, 4096)...) },
	} {
		t.Run(name, func(t *testing.T) {
			y, dir := full(t)
			want := y.dump(t)
			attempts, wheels := y.state(t)
			y.Close()
			overwrite(t, filepath.Join(dir, "catalog.db"), change)
			reader := openYard(t, dir)
			a, w := reader.state(t)
			if !reflect.DeepEqual(a, attempts) || !reflect.DeepEqual(w, wheels) || reader.dump(t) != want {
				t.Errorf("a reader finds %+v %+v", a, w)
			}
			writer := openYard(t, dir)
			unlock := locked(t, writer)
			a, w = writer.state(t)
			if !reflect.DeepEqual(a, attempts) || !reflect.DeepEqual(w, wheels) || writer.dump(t) != want {
				t.Errorf("a writer finds %+v %+v", a, w)
			}
			writer.record(t, 1)
			unlock()
			if a, _ := reader.state(t); a[len(a)-1].Number != 2 {
				t.Errorf("the reader does not find the new one: %+v", a)
			}
			sound(t, dir)
		})
	}
}

// The catalog, its log or both may be deleted, also while readers have it open.
func TestCatalogDeleted(t *testing.T) {
	for _, gone := range [][]string{{"catalog.db"}, {"catalog.db-wal"}, {"catalog.db-shm"}, {"catalog.db-wal", "catalog.db-shm"}, {"catalog.db", "catalog.db-wal", "catalog.db-shm"}} {
		y, dir := full(t)
		want := y.dump(t)
		for _, name := range gone {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, reader := range []*Yard{y, openYard(t, dir)} {
			if got := reader.dump(t); got != want {
				t.Errorf("without %v a reader finds %s", gone, got)
			}
		}
		writer := openYard(t, dir)
		unlock := locked(t, writer)
		if got := writer.dump(t); got != want {
			t.Errorf("without %v a writer finds %s", gone, got)
		}
		writer.record(t, 1)
		if got := y.dump(t); got != writer.dump(t) {
			t.Errorf("without %v an old reader finds beside the writer %s", gone, got)
		}
		unlock()
		writer.Close()
		if got := y.dump(t); got != openYard(t, dir).dump(t) || got == want {
			t.Errorf("without %v an old reader stays behind: %s", gone, got)
		}
		sound(t, dir)
	}
}

// Tables of another form, of other keys or of other records are made anew.
func TestCatalogOfOthers(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(t *testing.T, dir string){
		"a newer form": func(t *testing.T, dir string) { tamper(t, dir, "PRAGMA user_version = 99") },
		"no form":      func(t *testing.T, dir string) { tamper(t, dir, "PRAGMA user_version = 0") },
		"other tables": func(t *testing.T, dir string) { tamper(t, dir, "DROP TABLE wheels") },
		"unfinished":   func(t *testing.T, dir string) { tamper(t, dir, "DELETE FROM state") },
		"rows that can't be read": func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE wheels SET body = '{'")
			tamper(t, dir, "UPDATE attempts SET body = ''")
		},
		"another yard": func(t *testing.T, dir string) {
			other, otherDir := newYard(t)
			unlock := locked(t, other)
			for n := range 6 {
				other.record(t, n)
			}
			unlock()
			other.Close()
			for _, f := range []string{"catalog.db", "catalog.db-wal", "catalog.db-shm"} {
				text, err := os.ReadFile(filepath.Join(otherDir, f))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, f), text, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		},
		"a copy of this one, older": func(t *testing.T, dir string) {
			old, err := os.ReadFile(filepath.Join(dir, "catalog.db"))
			if err != nil {
				t.Fatal(err)
			}
			y := openYard(t, dir)
			unlock := locked(t, y)
			y.record(t, 9)
			unlock()
			y.Close()
			overwrite(t, filepath.Join(dir, "catalog.db"), func([]byte) []byte { return old })
		},
	} {
		t.Run(name, func(t *testing.T) {
			y, dir := full(t)
			y.Close()
			change(t, dir)
			records, err := openYard(t, dir).evidence()
			if err != nil {
				t.Fatal(err)
			}
			c, err := catalog.InMemory(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := records.derive(ctx, c); err != nil {
				t.Fatal(err)
			}
			var want strings.Builder
			if err := c.Dump(ctx, &want); err != nil {
				t.Fatal(err)
			}
			reader := openYard(t, dir)
			if a, w := reader.state(t); len(a) < 3 || len(w) != 3 {
				t.Errorf("a reader finds %+v %+v", a, w)
			}
			writer := openYard(t, dir)
			unlock := locked(t, writer)
			if a, w := writer.state(t); len(a) < 3 || len(w) != 3 {
				t.Errorf("a writer finds %+v %+v", a, w)
			}
			if got := writer.dump(t); got != want.String() {
				t.Errorf("got\n%s\nwant\n%s", got, want.String())
			}
			writer.record(t, 1)
			unlock()
			sound(t, dir)
		})
	}
}

// tamper changes the catalog behind the yard's back.
func tamper(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Bad records are passed over and told of by their file's name; the others count, and the sequence goes on. Mended, they count again.
func TestBadRecords(t *testing.T) {
	const third = "records/2026/11/00000003-attempt.json"
	for name, c := range map[string]struct {
		change  func(t *testing.T, dir string)
		file    string // that is told of
		problem string
		left    int // attempts that still count
	}{
		"cut off": {func(t *testing.T, dir string) {
			overwrite(t, dir+"/"+third, func(text []byte) []byte { return text[:len(text)/2] })
		}, third, "no envelope", 2},
		"empty": {func(t *testing.T, dir string) {
			overwrite(t, dir+"/"+third, func(text []byte) []byte { return nil })
		}, third, "no envelope", 2},
		"changed": {func(t *testing.T, dir string) {
			overwrite(t, dir+"/"+third, func(text []byte) []byte {
				return []byte(strings.Replace(string(text), `"payload":"ey`, `"payload":"eX`, 1))
			})
		}, third, "signed by none", 2},
		"without a signature": {func(t *testing.T, dir string) {
			overwrite(t, dir+"/"+third, func(text []byte) []byte {
				before, _, _ := strings.Cut(string(text), `"signatures"`)
				return []byte(before + `"signatures":[]}`)
			})
		}, third, "signed by none", 2},
		"of another kind": {func(t *testing.T, dir string) {
			overwrite(t, dir+"/"+third, func([]byte) []byte {
				text, err := os.ReadFile(dir + "/records/2026/11/00000004-admission.json")
				if err != nil {
					t.Fatal(err)
				}
				return text
			})
		}, third, "it is record 4 of kind admission by what was signed", 2},
		"under another kind's name": {func(t *testing.T, dir string) {
			if err := os.Rename(dir+"/"+third, dir+"/records/2026/11/00000003-admission.json"); err != nil {
				t.Fatal(err)
			}
		}, "records/2026/11/00000003-admission.json", "it is record 3 of kind attempt by what was signed", 2},
		"played again": {func(t *testing.T, dir string) {
			copyFile(t, dir+"/"+third, dir+"/records/2026/11/00000009-attempt.json")
		}, "records/2026/11/00000009-attempt.json", "it is record 3", 3},
		"signed by another yard": {func(t *testing.T, dir string) {
			y, other := newYard(t)
			defer locked(t, y)()
			for n := range 7 {
				y.record(t, n)
			}
			copyFile(t, other+"/records/2026/11/00000007-attempt.json", dir+"/records/2026/11/00000007-attempt.json")
		}, "records/2026/11/00000007-attempt.json", "signed by none", 3},
		"twice": {func(t *testing.T, dir string) {
			copyFile(t, dir+"/"+third, dir+"/records/2026/12/00000003-attempt.json")
		}, "records/2026/12/00000003-attempt.json", "its number is that of 2026/11/00000003-attempt.json", 3},
		"forged with the number of another": {func(t *testing.T, dir string) {
			if err := os.MkdirAll(dir+"/records/2025/01", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/records/2025/01/00000003-attempt.json", []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "records/2025/01/00000003-attempt.json", "payload of type", 3},
		"a link": {func(t *testing.T, dir string) {
			if err := errors.Join(os.Rename(dir+"/"+third, dir+"/x"), os.Symlink(dir+"/x", dir+"/"+third)); err != nil {
				t.Fatal(err)
			}
		}, third, "no regular file", 2},
		"a folder": {func(t *testing.T, dir string) {
			if err := errors.Join(os.Remove(dir+"/"+third), os.Mkdir(dir+"/"+third, 0o755)); err != nil {
				t.Fatal(err)
			}
		}, third, "no regular file", 2},
	} {
		t.Run(name, func(t *testing.T) {
			y, dir := full(t)
			good := y.dump(t)
			saved := filepath.Join(t.TempDir(), "records")
			if err := os.CopyFS(saved, os.DirFS(filepath.Join(dir, "records"))); err != nil {
				t.Fatal(err)
			}
			c.change(t, dir)
			// Who looks at the catalog only doesn't see what is changed behind it. Verify does.
			y = openYard(t, dir)
			problems, err := y.Verify(context.Background())
			if err != nil || !contains(problems, c.file, c.problem) {
				t.Errorf("verify: %q %v", problems, err)
			}
			if err := y.Rebuild(context.Background()); err != nil {
				t.Fatal(err)
			}
			if a, w := y.state(t); len(a) != c.left || len(w) != 3 {
				t.Errorf("%d attempts, %d wheels", len(a), len(w))
			}
			if damage, err := y.Damage(context.Background()); err != nil || !contains(damage, c.file, c.problem) || len(damage) != 1 {
				t.Errorf("damage: %q %v", damage, err)
			}
			// The sequence goes on behind the highest number that there is.
			unlock := locked(t, y)
			before, _ := y.evidence()
			y.record(t, 1)
			after, _ := y.evidence()
			if after.next() != before.next()+1 {
				t.Errorf("next %d, then %d", before.next(), after.next())
			}
			unlock()
			if err := os.RemoveAll(filepath.Join(dir, "records")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, "records"), os.DirFS(saved)); err != nil {
				t.Fatal(err)
			}
			sound(t, dir)
			if got := y.dump(t); got != good {
				t.Errorf("mended:\n%s\nwant\n%s", got, good)
			}
		})
	}
}

func contains(problems []Problem, file, text string) bool {
	for _, p := range problems {
		if p.File == file && strings.Contains(p.Text, text) {
			return true
		}
	}
	return false
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A damaged record that is mended counts from the next Lock on, without anything else being changed.
func TestMended(t *testing.T) {
	y, dir := full(t)
	want := y.dump(t)
	path := filepath.Join(dir, "records/2026/11/00000003-attempt.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, func([]byte) []byte { return []byte("{}") })
	if err := y.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if y.dump(t) == want {
		t.Error("nobody noticed")
	}
	overwrite(t, path, func([]byte) []byte { return good })
	locked(t, y)()
	if got := y.dump(t); got != want {
		t.Errorf("%s", got)
	}
}

// What Verify finds besides.
func TestVerify(t *testing.T) {
	y, dir := full(t)
	_, wheels := y.state(t)
	path, err := y.Blob(wheels[1].Metadata)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Remove(filepath.Join(dir, "records/2026/11/00000002-admission.json")), os.Chmod(filepath.Join(dir, "keys/signing.key"), 0o644),
		os.WriteFile(filepath.Join(dir, "keys/odd.pub"), []byte("odd"), 0o644), os.WriteFile(filepath.Join(dir, "records/2026/11/notes.txt"), nil, 0o644),
		os.WriteFile(filepath.Join(dir, "records/2026/11/.tmp-1"), nil, 0o644), os.WriteFile(filepath.Join(dir, "blobs/sha256/.tmp-1"), nil, 0o644),
		os.WriteFile(filepath.Join(dir, "blobs/sha256/x"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	problems, err := y.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Problem{{"keys", "0600"}, {"keys/odd.pub", "no public key in PEM"}, {"records/2026/11/notes.txt", "no record by its name"}, {"records", "record 2 is missing"},
		{"records/2026/11/00000004-admission.json", "its METADATA is lost"}, {"catalog.db", "something else than the records"}, {"blobs/sha256/x", "no blob"}} {
		if !contains(problems, want.File, want.Text) {
			t.Errorf("it doesn't find %q", want)
		}
	}
	if len(problems) != 7 {
		t.Errorf("%q", problems)
	}
	// The catalog follows the records.
	locked(t, y)()
	if a, w := y.state(t); len(a) != 3 || len(w) != 2 {
		t.Errorf("%d attempts, %d wheels", len(a), len(w))
	}
	problems, err = y.Verify(context.Background())
	if err != nil || contains(problems, "catalog.db", "") {
		t.Errorf("%q %v", problems, err)
	}
}

// Without its key a yard can be read, and not written; the key isn't replaced by chance. With a new key the records of the old one stay good.
func TestKeyMissing(t *testing.T) {
	y, dir := full(t)
	old, err := y.PublicKeys()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "keys/signing.key")); err != nil {
		t.Fatal(err)
	}
	if err := Create(dir); err != nil {
		t.Error(err)
	}
	if a, w := openYard(t, dir).state(t); len(a) != 3 || len(w) != 3 {
		t.Errorf("%d attempts, %d wheels", len(a), len(w))
	}
	if _, err := y.Lock(context.Background()); !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), "signing.key") {
		t.Error(err)
	}
	if p, err := y.Verify(context.Background()); err != nil || !contains(p, "keys", "no signing key") {
		t.Errorf("%q %v", p, err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys/signing.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	unlock := locked(t, y)
	y.record(t, 1)
	unlock()
	if key, err := y.PublicKeys(); err != nil || strings.HasPrefix(string(key), string(old)) || !strings.HasSuffix(string(key), string(old)) {
		t.Errorf("%s %v", key, err)
	}
	if a, w := sound(t, dir); len(a) != 3 || len(w) != 3 {
		t.Errorf("%d attempts, %d wheels", len(a), len(w))
	}
	if n := files(t, filepath.Join(dir, "keys")); len(n) != 3 {
		t.Errorf("%q", n)
	}
}

// When no record can be believed, a key is missing: nothing is derived from that, least of all that nothing is held.
func TestNoneBelieved(t *testing.T) {
	y, dir := full(t)
	y.Close()
	saved, err := os.ReadFile(filepath.Join(dir, "keys/signing.pub"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "keys/signing.pub")); err != nil {
		t.Fatal(err)
	}
	// A reader has no public key; and nobody who may not read the private one.
	reader := openYard(t, dir)
	if w, err := reader.Wheels(context.Background(), ""); err == nil || !strings.Contains(err.Error(), "public key") {
		t.Errorf("%d wheels, %v", len(w), err)
	}
	if err := os.Remove(filepath.Join(dir, "keys/signing.key")); err != nil {
		t.Fatal(err)
	}
	if err := Create(dir); err != nil { // it is there already
		t.Error(err)
	}
	if _, err := reader.Lock(context.Background()); !errors.Is(err, record.ErrNoKey) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys/signing.pub"), saved, 0o644); err != nil {
		t.Fatal(err)
	}
	if a, w := reader.state(t); len(a) != 3 || len(w) != 3 {
		t.Errorf("%d attempts, %d wheels", len(a), len(w))
	}
}

// Records of kinds and forms that aren't known here are kept, and say nothing.
func TestUnknownKinds(t *testing.T) {
	y, dir := full(t)
	unlock := locked(t, y)
	w, err := y.records.Writer(y.keys())
	if err != nil {
		t.Fatal(err)
	}
	for n, act := range []record.Act{{Kind: "root-lock", Version: 1, Body: []int{1}}, {Kind: "attempt", Version: 2, Body: "other"}} {
		act.Subjects = []record.Subject{{Name: "x", SHA256: strings.Repeat("0", 64)}}
		if _, err := w.Append(context.Background(), int64(7+n), noon, act); err != nil {
			t.Fatal(err)
		}
	}
	unlock()
	if a, w := sound(t, dir); len(a) != 3 || len(w) != 3 {
		t.Errorf("%d attempts, %d wheels", len(a), len(w))
	}
	unlock = locked(t, y)
	y.record(t, 1)
	unlock()
	want := "00000009-attempt.json"
	if got := files(t, filepath.Join(dir, "records")); filepath.Base(got[len(got)-1]) != want {
		t.Errorf("%q", got)
	}
	sound(t, dir)
}

// Between the record and the catalog, a reader that has seen the record stays with the records.
func TestReaderAhead(t *testing.T) {
	y, dir := full(t)
	y.Close()
	path := filepath.Join(dir, "catalog.db")
	old, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := y.records.Writer(y.keys())
	if err != nil {
		t.Fatal(err)
	}
	a := order(9)
	if _, err := w.Append(context.Background(), 7, noon, record.Act{Kind: attemptKind, Version: bodyVersion, Subjects: a.subjects(), Body: a}); err != nil {
		t.Fatal(err)
	}
	reader := openYard(t, dir)
	for range 2 {
		if a, _ := reader.state(t); len(a) != 4 {
			t.Errorf("%d attempts", len(a))
		}
		if err := os.WriteFile(path, old, 0o644); err != nil { // as it was before
			t.Fatal(err)
		}
	}
	sound(t, dir)
}
