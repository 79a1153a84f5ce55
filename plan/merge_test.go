package plan

import "testing"

// TestSeriesOrder: who wants something is told in the order of the series, which is not that of their names.
func TestSeriesOrder(t *testing.T) {
	w := newWorld(t, bookworm311)
	w.page("foo", "foo-1.0-py3-none-any.whl")
	for rank, series := range []string{"stable/zed", "stable/2023.1", "master"} {
		w.want(series, "foo==1.0")
		last := &w.Wants[len(w.Wants)-1].Origin
		last.Series, last.Rank = series, rank
	}
	by := w.only().WantedBy
	if len(by) != 3 || by[0].Series != "stable/zed" || by[1].Series != "stable/2023.1" || by[2].Series != "master" {
		t.Errorf("%+v", by)
	}
}
