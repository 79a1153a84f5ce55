package elf

import (
	"debug/elf"
	"slices"
	"strconv"
	"strings"
)

// glibc is the newest version of glibc that the table of needed versions names.
func (d *dynamic) glibc() (newest string, err error) {
	at, ok := d.value(elf.DT_VERNEED)
	if !ok {
		return "", nil
	}
	table, err := d.file.table(at, 0)
	if err != nil {
		return "", err
	}
	for _, text := range d.versions(table) {
		v, ok := strings.CutPrefix(text, "GLIBC_")
		if !ok {
			continue
		}
		if v == "ABI_DT_RELR" { // came with 2.36, and older ones refuse to load what needs it
			v = "2.36"
		}
		if NewerLibc(v, newest) {
			newest = v
		}
	}
	return newest, nil
}

// versions are the names of all versions in a table: a chain of libraries, each with a chain of versions. Both chains must go on, else they end.
func (d *dynamic) versions(table []byte) (texts []string) {
	u16, u32 := d.file.order.Uint16, d.file.order.Uint32
	const entry = 16 // bytes, of either kind
	budget := maxEntries
	for i := 0; i+entry <= len(table) && budget > 0; budget-- {
		count, next := int(u16(table[i+2:])), int(u32(table[i+12:]))
		for j := i + int(u32(table[i+8:])); count > 0 && j+entry <= len(table) && budget > 0; count, budget = count-1, budget-1 {
			if text, ok := name(d.names, uint64(u32(table[j+8:]))); ok {
				texts = append(texts, text)
			}
			step := int(u32(table[j+12:]))
			if step == 0 {
				break
			}
			j += step
		}
		if next == 0 {
			break
		}
		i += next
	}
	return texts
}

// NewerLibc compares "2.34" with "2.5": whether a is newer than b. "" is older than all, and what is no version, such as "PRIVATE", newer than none.
func NewerLibc(a, b string) bool {
	x, ok := numbers(a)
	if !ok {
		return false
	}
	y, _ := numbers(b)
	return slices.Compare(x, y) > 0
}

func numbers(s string) (all []int, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}
