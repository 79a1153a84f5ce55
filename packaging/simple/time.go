package simple

import "time"

// timeLayout is how upload times are written (PEP 700).
const timeLayout = "2006-01-02T15:04:05.000000Z"

// parseTime reads an upload time: the form of PEP 700 with or without fraction, or any other RFC 3339 time, or one without a zone
// (taken as UTC). Anything else is zero: not said.
func parseTime(s string) time.Time {
	if t, ok := parseUTC(s); ok {
		return t
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// parseUTC is the quick way for "2006-01-02T15:04:05[.999999999]Z".
func parseUTC(s string) (time.Time, bool) {
	const shortest = "2006-01-02T15:04:05Z"
	if len(s) < len(shortest) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[len(s)-1] != 'Z' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	hour, ok4 := digits(s[11:13])
	minute, ok5 := digits(s[14:16])
	second, ok6 := digits(s[17:19])
	nano, ok7 := fraction(s[19 : len(s)-1])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	return t, t.Day() == day && t.Month() == time.Month(month) // no 31st of April
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// fraction reads ".5" or "" as nanoseconds; digits beyond the ninth don't count.
func fraction(s string) (nano int, ok bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != '.' || len(s) == 1 {
		return 0, false
	}
	s = s[1:]
	if _, ok := digits(s[min(len(s), 9):]); !ok {
		return 0, false
	}
	s = s[:min(len(s), 9)]
	nano, ok = digits(s)
	for range 9 - len(s) {
		nano *= 10
	}
	return nano, ok
}
