package platform

import "time"

// When Python 3.X.0 was released, at midnight UTC. CPython: the release schedules, PEP 494, 537, 569, 596, 619, 664,
// 693, 719, 745 and 790. PyPy: the day of its first release that implements 3.X, from its announcements.
var (
	cpythonReleased = map[int]string{
		6: "2016-12-23", 7: "2018-06-27", 8: "2019-10-14", 9: "2020-10-05", 10: "2021-10-04",
		11: "2022-10-24", 12: "2023-10-02", 13: "2024-10-07", 14: "2025-10-07", 15: "2026-10-01",
	}
	pypyReleased = map[int]string{
		6: "2018-04-26", 7: "2020-09-25", 8: "2021-10-17", 9: "2022-02-20", 10: "2023-06-16", 11: "2025-02-06",
	}
)

// released is zero for an interpreter that the tables don't know.
func released(implementation, version string) time.Time {
	f := version3.FindStringSubmatch(version)
	if f == nil {
		return time.Time{}
	}
	table := cpythonReleased
	if implementation == "PyPy" {
		table = pypyReleased
	}
	minor := 0
	for _, digit := range f[1] {
		minor = minor*10 + int(digit-'0')
	}
	t, err := time.Parse(time.DateOnly, table[minor])
	if err != nil {
		return time.Time{}
	}
	return t
}
