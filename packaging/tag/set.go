package tag

import "slices"

// Set is an ordered list of supported tags, most preferred first, made for look-ups. It never changes, and may be shared.
// The zero value supports nothing.
type Set struct {
	ordered []Tag
	ranks   map[Tag]int
}

// NewSet keeps the order of the tags; of one that stands there twice, the first counts. The slice is copied.
func NewSet(ordered []Tag) Set {
	s := Set{ordered: make([]Tag, 0, len(ordered)), ranks: make(map[Tag]int, len(ordered))}
	for _, t := range ordered {
		if _, ok := s.ranks[t]; !ok {
			s.ranks[t] = len(s.ordered)
			s.ordered = append(s.ordered, t)
		}
	}
	return s
}

// Rank is the tag's place: 0 is preferred to all others. ok is false when it is not supported.
func (s Set) Rank(t Tag) (rank int, ok bool) {
	rank, ok = s.ranks[t]
	return rank, ok
}

// Best is the most preferred of a wheel's tags and its rank; ok is false when none is supported. It doesn't allocate.
func (s Set) Best(tags []Tag) (best Tag, rank int, ok bool) {
	for _, t := range tags {
		if r, supported := s.ranks[t]; supported && (!ok || r < rank) {
			best, rank, ok = t, r, true
		}
	}
	return best, rank, ok
}

// Tags is the whole list, most preferred first. The caller may change it.
func (s Set) Tags() []Tag { return slices.Clone(s.ordered) }

// Equal tells whether both hold the same tags in the same order.
func (s Set) Equal(t Set) bool { return slices.Equal(s.ordered, t.ordered) }
