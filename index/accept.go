package index

import (
	"strconv"
	"strings"

	"wheelyard/packaging/simple"
)

// offers are the types of a page, best first among those that a client names itself. Whoever says only "anything" gets
// text/html instead (PEP 691: what clients without knowledge of types understand).
var offers = []string{simple.TypeJSON, simple.TypeHTML, simple.TypeText}

var anything = []string{simple.TypeText, simple.TypeJSON, simple.TypeHTML}

// aliases are answered with the version that they stand for now (PEP 691, "Version + Format Selection").
var aliases = map[string]string{
	"application/vnd.pypi.simple.latest+json": simple.TypeJSON,
	"application/vnd.pypi.simple.latest+html": simple.TypeHTML,
}

// negotiate chooses a page's type. Both arguments are as the request has them; a format beats Accept, no Accept means "*/*".
// It returns "" when nothing fits.
func negotiate(accept []string, format string) string {
	if format != "" {
		return formatType(format)
	}
	ranges := parseAccept(strings.Join(accept, ","))
	if len(ranges) == 0 {
		ranges = []mediaRange{{name: "*/*", q: 1000}}
	}
	best, bestQ := "", 0
	consider := func(types []string, named bool) {
		for _, t := range types {
			if q, is := quality(ranges, t); is == named && q > bestQ {
				best, bestQ = t, q
			}
		}
	}
	consider(offers, true)
	consider(anything, false)
	return best
}

// formatType reads the value of ?format=, in which an unescaped '+' has become a space.
func formatType(format string) string {
	format = strings.ToLower(strings.ReplaceAll(format, " ", "+"))
	if t := aliases[format]; t != "" {
		return t
	}
	for _, t := range offers {
		if t == format {
			return t
		}
	}
	return ""
}

// mediaRange is one element of an Accept header, its name in lower case and without alias. q is in thousandths.
type mediaRange struct {
	name string
	q    int
}

// parseAccept leaves out what it can't read. Parameters other than q make no difference: pages have none but the charset.
func parseAccept(header string) []mediaRange {
	var ranges []mediaRange
	for element := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(element, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		kind, sub, ok := strings.Cut(name, "/")
		if !ok || kind == "" || sub == "" || kind == "*" && sub != "*" {
			continue
		}
		if t := aliases[name]; t != "" {
			name = t
		}
		if q, ok := parseQuality(params); ok {
			ranges = append(ranges, mediaRange{name, q})
		}
	}
	return ranges
}

// parseQuality finds q among the parameters; without one it is 1 (RFC 9110, 12.4.2).
func parseQuality(params string) (thousandths int, ok bool) {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		value = strings.TrimSpace(value)
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || !(0 <= f && f <= 1) || strings.Trim(value, "0123456789.") != "" {
			return 0, false
		}
		return int(f*1000 + 0.5), true
	}
	return 1000, true
}

// quality is how much the client wants type t: the most specific range decides (RFC 9110, 12.5.1), and of equals, the best.
func quality(ranges []mediaRange, t string) (q int, named bool) {
	kind, _, _ := strings.Cut(t, "/")
	for _, name := range []string{t, kind + "/*", "*/*"} {
		found, best := false, 0
		for _, r := range ranges {
			if r.name == name {
				found, best = true, max(best, r.q)
			}
		}
		if found {
			return best, name == t
		}
	}
	return 0, false
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3).
func acceptsGzip(header []string) bool {
	gzip, star := -1, -1
	for element := range strings.SplitSeq(strings.Join(header, ","), ",") {
		name, params, _ := strings.Cut(element, ";")
		q, ok := parseQuality(params)
		if !ok {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			gzip = max(gzip, q)
		case "*":
			star = max(star, q)
		}
	}
	if gzip < 0 {
		gzip = star
	}
	return gzip > 0
}
