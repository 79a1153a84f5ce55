package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"wheelyard/yard"
)

// existingYard opens the yard for reading.
func (h *house) existingYard() (*yard.Yard, error) {
	if h.yard != nil {
		return h.yard, nil
	}
	y, err := yard.Open(h.config.Yard, yard.Options{Now: h.now})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{fmt.Sprintf("there is no yard in %s yet\n  hint: `wheelyard run` makes it", h.config.Yard)}
	}
	h.yard = y
	return y, err
}

// state is what the yard holds and has tried: nothing, when there is none.
func (h *house) state(ctx context.Context) ([]yard.Wheel, []yard.Attempt, error) {
	y, err := h.existingYard()
	if _, none := errors.AsType[usageError](err); none {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	held, err := y.Wheels(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	past, err := y.Attempts(ctx)
	return held, past, err
}
