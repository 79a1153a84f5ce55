package platform

import (
	"context"
	"debug/elf"
	"fmt"
	"io"
	"regexp"
	"strings"
)

var muslSays = regexp.MustCompile(`(?m)^musl[^\n]*\n(?:.*\n)*?Version ([0-9]+\.[0-9]+[^\s]*)`)

// muslOf asks the loader of an interpreter that doesn't know its C library: musl's prints its version when it is run
// without arguments (PEP 656).
func (h *host) muslOf(ctx context.Context, executable string) (string, error) {
	loader, err := loaderOf(executable)
	if err != nil {
		return "", fmt.Errorf("finding its C library: %w", err)
	}
	if !strings.Contains(loader, "musl") {
		return "", fmt.Errorf("it doesn't know its C library, and its loader %s is not musl's", loader)
	}
	_, said, err := h.output(ctx, h.at(loader)) // its exit status is 1
	m := muslSays.FindSubmatch(said)
	if m == nil {
		return "", fmt.Errorf("asking %s for the version of musl: %q (%v)", loader, lastLine(said), err)
	}
	return "musl " + string(m[1]), nil
}

// loaderOf is the program that an ELF file names as its loader (PT_INTERP).
func loaderOf(executable string) (string, error) {
	f, err := elf.Open(executable)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			b, err := io.ReadAll(p.Open())
			return strings.TrimRight(string(b), "\x00"), err
		}
	}
	return "", fmt.Errorf("%s names no loader", executable)
}
