package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// release is what os-release(5) says.
type release struct {
	OS
	like []string // ID_LIKE
}

// debianLike tells whether Debian's package names and tools apply.
func (r release) debianLike() bool { return r.ID == "debian" || slices.Contains(r.like, "debian") }

// osRelease reads /etc/os-release, or /usr/lib/os-release.
func (h *host) osRelease() (release, error) {
	text, err := os.ReadFile(h.at("/etc/os-release"))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = os.ReadFile(h.at("/usr/lib/os-release"))
	}
	if err != nil {
		return release{}, fmt.Errorf("finding out what system this is: %w", err)
	}
	r := parseOSRelease(string(text))
	if r.ID == "" {
		r.ID = "linux" // the default that os-release(5) gives
	}
	return r, nil
}

func parseOSRelease(text string) release {
	var r release
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		value = unquote(value)
		switch key {
		case "ID":
			r.ID = value
		case "VERSION_ID":
			r.VersionID = value
		case "VERSION_CODENAME":
			r.Codename = value
		case "ID_LIKE":
			r.like = strings.Fields(value)
		}
	}
	return r
}

// unquote undoes the shell's quoting as far as os-release(5) allows it: one pair of quotes, and backslashes.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' && s[0] != '\'' || s[len(s)-1] != s[0] {
		return s
	}
	quote, s := s[0], s[1:len(s)-1]
	if quote == '\'' || !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
