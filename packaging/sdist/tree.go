package sdist

import (
	"fmt"
	"strings"
)

// tree is what lies where, as far as members were read: it keeps members from lying below a link, finds what hard links stand for,
// and counts. Its size is that of the names, each part of a path kept once.
type tree struct {
	top   node
	count int // members, and folders that only stand in the paths of others
	most  int
}

type node struct {
	kind  kind
	below map[string]*node // of a folder
	same  string           // of a hard link: the path of the file that it stands for
}

type kind byte

const (
	folder kind = iota
	file
	link
	hardLink
)

// member counts one more.
func (t *tree) member() error {
	t.count++
	if t.count > t.most {
		return fmt.Errorf("%w: more than %d members", ErrLimit, t.most)
	}
	return nil
}

// add notes a member. What lies at its path already is replaced, but for a link, which never becomes a folder again.
func (t *tree) add(clean string, k kind, same string) (problem string, err error) {
	n := &t.top
	rest := clean
	for more := true; more; {
		var part string
		part, rest, more = strings.Cut(rest, "/")
		next := n.below[part]
		if next == nil {
			if more { // a folder without a member of its own
				if t.member() != nil {
					return "with its folders, there are more members than allowed", ErrLimit
				}
			}
			if n.below == nil {
				n.below = map[string]*node{}
			}
			next = &node{}
			n.below[part] = next
		}
		n = next
		if more && n.isLink() {
			return "it lies below a link", ErrUnsafe
		}
	}
	if k == folder && n.isLink() {
		return "it is a folder where a link was", ErrUnsafe
	}
	n.kind, n.same = k, same
	return "", nil
}

func (n *node) isLink() bool { return n.kind == link || n.kind == hardLink }

// file is the path of the regular file that lies at a path, as itself or as a hard link; "" when there is none.
func (t *tree) file(clean string) string {
	n := &t.top
	for part := range strings.SplitSeq(clean, "/") {
		if n = n.below[part]; n == nil {
			return ""
		}
	}
	switch n.kind {
	case file:
		return clean
	case hardLink:
		return n.same
	}
	return ""
}
