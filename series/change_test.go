package series

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"wheelyard/packaging/pep440"
	"wheelyard/source"
	"wheelyard/source/git"
)

func TestBefore(t *testing.T) {
	r := newRepository(t)
	r.branch("stable/a", map[string]string{"upper-constraints.txt": "x===1.0\n"})
	r.git("checkout", "--quiet", "-b", "stable/b")
	r.write("upper-constraints.txt", "x===2.0\n")
	r.branch("other", map[string]string{"upper-constraints.txt": "z===1.0\n"})
	r.fetch()
	all := []Series{{Name: "stable/a"}, {Name: "stable/b"}, {Name: "other"}, {Name: "absent"}}
	tip, err := r.Resolve(t.Context(), "stable/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		since         Since
		want, changed string
	}{
		{Since{Commit: tip.ID}, "stable/a x===1.0\nstable/b x===1.0", "stable/a stable/b"},
		{Since{Time: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, "", "other stable/a stable/b"},
		{Since{Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}, "stable/a x===1.0\nstable/b x===2.0\nother z===1.0", "other stable/a stable/b"},
	} {
		wants, changed, err := Before(t.Context(), r.Mirror, "openstack", layout, all, c.since)
		if err != nil {
			t.Errorf("%+v: %v", c.since, err)
		}
		if got := told(source.Reading{Wants: wants}); got != c.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", c.since, got, c.want)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(changed)), " "); got != c.changed {
			t.Errorf("%+v: changed are %s", c.since, got)
		}
	}
	other, err := r.Resolve(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Before(t.Context(), r.Mirror, "openstack", layout, all[:2], Since{Commit: other.ID}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("%v", err)
	}
	if _, _, err := Before(t.Context(), r.Mirror, "openstack", layout, all[:2], Since{Commit: git.ID(strings.Repeat("0", 40))}); err == nil {
		t.Error("a commit that isn't there was taken")
	}
}

func TestAdded(t *testing.T) {
	want := func(series, name, version string, line int) source.Want {
		v, err := pep440.ParseSpecifiers("===" + version)
		if err != nil {
			t.Fatal(err)
		}
		r := source.Want{Spelt: name, Versions: v, Origin: source.Origin{Source: "s", Series: series, File: "f", Line: line}}
		r.Project = "p"
		return r
	}
	before := []source.Want{want("a", "p", "1", 1), want("b", "p", "1", 1)}
	now := []source.Want{want("a", "P", "1", 7), want("a", "p", "2", 8), want("c", "p", "1", 1)}
	if got := told(source.Reading{Wants: Added(before, now)}); got != "a p===2\nc p===1" {
		t.Errorf("%s", got)
	}
	if got := Added(nil, nil); got != nil {
		t.Errorf("%v", got)
	}
}
