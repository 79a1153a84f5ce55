# make demo    shows what wheelyard does, on examples/quickstart
# make test    runs all tests, those against the reference implementations and in real sandboxes too
# make check   holds the form: gofmt, vet, staticcheck, shellcheck; and looks for races in what does several things at once
# make build   makes bin/wheelyard
# make bench   measures, and writes docs/BENCHMARKS.md
# make clean   removes what all these made

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: build demo test check bench clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/wheelyard ./cmd/wheelyard

demo:
	scripts/demo.sh

test:
	scripts/prepare.sh go test ./...

check:
	scripts/check.sh

bench: build
	scripts/prepare.sh go run ./internal/bench >.cache/BENCHMARKS.md
	mv .cache/BENCHMARKS.md docs/BENCHMARKS.md

clean:
	rm -rf bin .cache
