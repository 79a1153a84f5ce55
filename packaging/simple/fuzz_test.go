package simple

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func seeds(f *testing.F) {
	f.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		f.Fatal(err)
	}
	var vectors struct{ Pages []struct{ Page string } }
	if err := json.Unmarshal(text, &vectors); err != nil {
		f.Fatal(err)
	}
	for _, v := range vectors.Pages {
		f.Add([]byte(v.Page))
	}
	f.Add([]byte(sampleJSON))
	f.Add([]byte(sampleHTML))
	f.Add([]byte(`{"meta":{},"projects":[{"name":"\ud83d\ude00"}]}`))
}

// checkSame: what was read and is written and read again is the same.
func checkSame(t *testing.T, p Project) {
	t.Helper()
	if p.Name == "" || p.Status == Quarantined {
		return
	}
	for _, file := range p.Files {
		if !plainName(file.Filename) || file.URL == "" || file.Size < -1 {
			t.Fatalf("%+v", file)
		}
		if y := file.UploadTime.Year(); y > 9999 || file.UploadTime.Nanosecond()%int(time.Microsecond) != 0 || len(file.CoreMetadataHashes) > 0 && !file.CoreMetadata {
			return // more than a page written here can hold
		}
	}
	again, err := ReadProjectJSON(written(t, WriteProjectJSON, p))
	if err != nil {
		t.Fatal(err)
	}
	p.APIVersion = APIVersion
	if p.Versions == nil {
		p.Versions = []string{}
	}
	if p.Status == "" {
		p.StatusReason = ""
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Fatal(diff)
	}
}

func FuzzReadProjectJSON(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ReadProjectJSON(b)
		if err != nil {
			return
		}
		if !json.Valid(bytes.TrimPrefix(b, []byte("\ufeff"))) {
			t.Fatal("what was read is no JSON")
		}
		checkSame(t, p)
	})
}

func FuzzReadProjectHTML(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ReadProjectHTML(b, "demo")
		if err == nil {
			checkSame(t, p)
		}
	})
}

func FuzzReadRoot(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := ReadRootJSON(b); err == nil {
			again, err := ReadRootJSON(written(t, WriteRootJSON, r))
			if err != nil || !cmp.Equal(r.Projects, again.Projects) {
				t.Fatal(r, again, err)
			}
		}
		if r, err := ReadRootHTML(b); err == nil {
			again, err := ReadRootHTML(written(t, WriteRootHTML, r))
			if err != nil || len(again.Projects) != len(r.Projects) {
				t.Fatal(r, again, err)
			}
		}
	})
}

// FuzzText: what is written as a JSON text is what encoding/json reads, and what this package reads.
func FuzzText(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\x1f\"\\/é\u2028😀\xff\xc3")
	f.Fuzz(func(t *testing.T, s string) {
		b := appendText(nil, s)
		var want string
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		d := scanner{s: string(b)}
		if got := d.text(); got != want || d.end() != nil {
			t.Fatalf("%q: %q, want %q, %v", s, got, want, d.err)
		}
		quoted, _ := json.Marshal(s)
		d = scanner{s: string(quoted)}
		if got := d.text(); got != want || d.end() != nil {
			t.Fatalf("%q: %q, want %q, %v", quoted, got, want, d.err)
		}
	})
}
