package yard

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNoYard(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir()} {
		if _, err := Open(dir, Options{}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
	}
}

// A yard whose making was cut off is none yet, wherever that was; making it again finishes it.
func TestCreateCutOff(t *testing.T) {
	_, dir := newYard(t)
	for _, gone := range [][]string{{"keys/signing.pub"}, {"keys/signing.pub", "keys/signing.key"}, {"keys/signing.pub", "keys/signing.key", "keys"}} {
		for _, name := range gone {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(dir, Options{}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %v: %v", gone, err)
		}
		if err := Create(dir); err != nil {
			t.Errorf("without %v: %v", gone, err)
		}
		sound(t, dir)
	}
}

func TestCreateAgain(t *testing.T) {
	y, dir := newYard(t)
	key, err := y.PublicKeys()
	if err != nil || !strings.HasPrefix(string(key), "-----BEGIN PUBLIC KEY-----\n") {
		t.Fatalf("%s %v", key, err)
	}
	if err := Create(dir); err != nil {
		t.Fatal(err)
	}
	if again, err := y.PublicKeys(); err != nil || string(again) != string(key) {
		t.Errorf("%s %v", again, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "keys", "signing.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// The last attempt of each order counts, attempts are numbered by order and inputs, and all of it is the same when it is read again.
func TestAttempts(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	first := y.record(t, 1)
	y.record(t, 2)
	second := y.record(t, 1)
	changed := order(1)
	changed.Inputs, changed.Class = "other", Built
	third, err := y.Record(context.Background(), changed, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != 1 || second.Number != 2 || third.Number != 1 {
		t.Errorf("numbers %d %d %d", first.Number, second.Number, third.Number)
	}
	if first.Log.Filename != "log" || first.Log.Size != 5 {
		t.Errorf("log %+v", first.Log)
	}
	check := func(y *Yard) {
		t.Helper()
		attempts, _ := y.state(t)
		if len(attempts) != 2 || attempts[0].Order != orderKey(2) || !reflect.DeepEqual(attempts[1], third) {
			t.Errorf("%+v", attempts)
		}
	}
	check(y)
	unlock()
	check(y)
	check(openYard(t, dir))
	sound(t, dir)
	want := []string{"2026/11/00000001-attempt.json", "2026/11/00000002-attempt.json", "2026/11/00000003-attempt.json", "2026/11/00000004-attempt.json"}
	if got := files(t, filepath.Join(dir, "records")); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestLastAttempt(t *testing.T) {
	y, _ := newYard(t)
	defer locked(t, y)()
	y.record(t, 1)
	y.record(t, 10)
	other := order(3)
	other.Project = "other"
	if _, err := y.Record(context.Background(), other, nil); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]int{"": 2, "1.1": 1, "1.1.0": 1, "1.10": 1, "1.2": 0, "no version": 0} {
		got, err := y.LastAttempt(context.Background(), "demo", version)
		if err != nil || len(got) != want {
			t.Errorf("%q: %d, %v", version, len(got), err)
		}
	}
}

func TestWheels(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	for _, n := range []int{10, 9, 2} {
		y.admitted(t, n)
	}
	elsewhere := offer(9)
	elsewhere.Attempt.Target = "there/cp311"
	if _, err := y.Admit(context.Background(), pure(t, t.TempDir(), 9), elsewhere); err != nil {
		t.Fatal(err)
	}
	unlock()
	wheels, err := y.Wheels(context.Background(), "here")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range wheels {
		names = append(names, w.Filename)
	}
	if want := []string{"demo-1.2-py3-none-any.whl", "demo-1.9-py3-none-any.whl", "demo-1.10-py3-none-any.whl"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	w := wheels[0]
	if w.RequiresPython != ">=3.8" || w.Record != 3 || !w.Admitted.Equal(noon) || w.Order != orderKey(2) || w.Target != "here/cp311" || w.Project != "demo" {
		t.Errorf("%+v", w)
	}
	for _, sum := range []string{w.SHA256, w.Metadata} {
		path, err := y.Blob(sum)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o444 {
			t.Errorf("%v %v", info, err)
		}
	}
	if all, err := y.Wheels(context.Background(), ""); err != nil || len(all) != 4 {
		t.Errorf("%d wheels, %v", len(all), err)
	}
	sound(t, dir)
}

// A clock that goes backwards changes nothing but dates and folders.
func TestClockBackwards(t *testing.T) {
	_, dir := newYard(t)
	now := noon
	y, err := Open(dir, Options{Now: func() time.Time { now = now.AddDate(0, -7, 0); return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	unlock := locked(t, y)
	for range 3 {
		y.record(t, 1)
	}
	last := y.record(t, 1)
	unlock()
	attempts, _ := sound(t, dir)
	if len(attempts) != 1 || !reflect.DeepEqual(attempts[0], last) || last.Number != 4 {
		t.Errorf("%+v", attempts)
	}
	now = time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	unlock = locked(t, y)
	y.record(t, 1)
	now = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	y.record(t, 1)
	unlock()
	if attempts, _ := sound(t, dir); attempts[0].Number != 6 {
		t.Errorf("%+v", attempts)
	}
}

func TestNotLocked(t *testing.T) {
	y, _ := newYard(t)
	ctx := context.Background()
	_, _, keep := y.Keep(strings.NewReader("x"))
	_, record := y.Record(ctx, order(1), nil)
	_, admit := y.Admit(ctx, pure(t, t.TempDir(), 1), offer(1))
	for _, err := range []error{keep, record, admit} {
		if !errors.Is(err, ErrNotLocked) {
			t.Error(err)
		}
	}
}

func TestKeep(t *testing.T) {
	y, _ := newYard(t)
	defer locked(t, y)()
	for range 2 {
		sum, size, err := y.Keep(strings.NewReader("hello"))
		if err != nil || size != 5 || sum != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" {
			t.Errorf("%s %d %v", sum, size, err)
		}
		path, err := y.Blob(sum)
		if text, err2 := os.ReadFile(path); err != nil || err2 != nil || string(text) != "hello" {
			t.Errorf("%s %v %v", text, err, err2)
		}
	}
	for _, sum := range []string{"", "../../keys/signing.key", strings.Repeat("0", 64), strings.Repeat("A", 64)} {
		if _, err := y.Blob(sum); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", sum, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := y.Record(ctx, order(1), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := y.Admit(ctx, pure(t, t.TempDir(), 1), offer(1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	unlock()
	if _, err := y.Lock(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	sound(t, dir)
}

// What is begun is done: a context that ends while a record is written leaves no catalog that is behind.
func TestCancelledHalfway(t *testing.T) {
	y, dir := newYard(t)
	unlock := locked(t, y)
	ctx, cancel := context.WithCancel(context.Background())
	y.now = func() time.Time { cancel(); return noon }
	if _, err := y.Record(ctx, order(1), nil); err != nil {
		t.Error(err)
	}
	if a, err := openYard(t, dir).Attempts(context.Background()); err != nil || len(a) != 1 {
		t.Errorf("%d attempts, %v", len(a), err)
	}
	unlock()
	sound(t, dir)
}
