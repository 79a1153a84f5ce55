package wheel

import "strings"

// setBuild removes the Build lines of a WHEEL file, and writes one where the tags begin (at the end of the fields, if there are none) when
// build is given. The line ends as the first line does.
func setBuild(info []byte, build Build) []byte {
	text := withoutBuild(string(info))
	if !build.Given {
		return []byte(text)
	}
	h := parseHeaders(text)
	at := h.end
	for _, f := range h.fields {
		if f.name == "tag" {
			at = f.start
			break
		}
	}
	end := "\n"
	if strings.HasSuffix(firstLine(text), "\r\n") {
		end = "\r\n"
	}
	line := "Build: " + build.String() + end
	if at > 0 && text[at-1] != '\n' && text[at-1] != '\r' {
		line = end + line
	}
	return []byte(text[:at] + line + text[at:])
}

func withoutBuild(text string) string {
	var b strings.Builder
	at := 0
	for _, f := range parseHeaders(text).fields {
		if f.name == "build" {
			b.WriteString(text[at:f.start])
			at = f.end
		}
	}
	return b.String() + text[at:]
}

// validBuild says whether build can stand in a file name, and in a line of WHEEL.
func validBuild(build Build) bool {
	if !build.Given {
		return true
	}
	f, err := ParseFilename("x-1-" + build.String() + "-py3-none-any.whl")
	return err == nil && f.Build == build && strings.TrimSpace(build.Suffix) == build.Suffix
}
