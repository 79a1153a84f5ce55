package upstream

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	minFresh = 10 * time.Minute // when the server says nothing
	maxFresh = 24 * time.Hour   // whatever it says
)

// freshFor is how long an answer may be used without asking again (RFC 9111): its max-age less its age.
func freshFor(h http.Header) time.Duration {
	fresh := minFresh
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			if err != nil {
				return 0 // RFC 9111, section 4.2.1: what can't be understood is stale
			}
			fresh = min(time.Duration(seconds)*time.Second, maxFresh)
		}
	}
	if age, err := strconv.ParseUint(h.Get("Age"), 10, 31); err == nil {
		fresh -= time.Duration(age) * time.Second
	}
	return max(fresh, 0)
}
