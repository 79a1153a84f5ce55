package wheel

import "strings"

// headers are the fields of METADATA or WHEEL, in their order.
type headers struct {
	fields []field
	end    int // where the last of them ends
}

// field has its name in lower case. Its value keeps the line ends and the indentation of folded lines, as Python's does.
type field struct {
	name, value string
	start, end  int // the lines of it
}

// parseHeaders reads what Python's email parser reads (policy compat32), which is what pip reads these files with: the first line that isn't
// understood ends the headers, and begins the body. Old wheels have such lines, of licences that weren't folded.
func parseHeaders(text string) headers {
	var h headers
	open := false // a continuation belongs to the last field
	for h.end < len(text) {
		start := h.end
		line := firstLine(text[start:])
		name, ok := fieldName(line)
		switch {
		case line[0] == ' ' || line[0] == '\t':
			if open {
				h.fields[len(h.fields)-1].end += len(line)
			}
		case strings.HasPrefix(line, "From "): // an envelope: passed over
			open = false
		case !ok:
			return h.values(text)
		case name == "": // a colon without a name: passed over
			open = false
		default:
			open = true
			h.fields = append(h.fields, field{strings.ToLower(name), "", start, start + len(line)})
		}
		h.end += len(line)
	}
	return h.values(text)
}

func (h headers) values(text string) headers {
	for i := range h.fields {
		f := &h.fields[i]
		value := strings.TrimLeft(text[f.start+len(f.name)+1:f.end], " \t\r\n")
		f.value = strings.TrimRight(value, "\r\n")
	}
	return h
}

// firstLine is the first line with its end: \n, \r\n or \r.
func firstLine(text string) string {
	i := strings.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return text
	case strings.HasPrefix(text[i:], "\r\n"):
		i++
	}
	return text[:i+1]
}

// fieldName is what stands before the colon; ok is false if it can't be a name.
func fieldName(line string) (name string, ok bool) {
	for i := range len(line) {
		switch c := line[i]; {
		case c == ':':
			return line[:i], true
		case c <= ' ' || c > '~':
			return "", false
		}
	}
	return "", false
}

// all are the values of a field, nil if there is none of that name.
func (h headers) all(name string) (values []string) {
	for i := range h.fields {
		if h.fields[i].name == name {
			values = append(values, h.fields[i].value)
		}
	}
	return values
}

// first is the value of the first field of that name, "" if there is none.
func (h headers) first(name string) string {
	for i := range h.fields {
		if h.fields[i].name == name {
			return h.fields[i].value
		}
	}
	return ""
}

// twice finds the first field of that kind that stands there a second time; "" if none does.
func (h headers) twice(single func(name string) bool) string {
	seen := map[string]bool{}
	for i := range h.fields {
		name := h.fields[i].name
		if single(name) && seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}
