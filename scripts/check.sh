#!/usr/bin/env bash
# check.sh: all that must hold beside the tests. The order of imports is a test of its own, internal/archtest.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(git ls-files --cached --others --exclude-standard '*.go' | xargs ls 2>/dev/null | xargs gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'gofmt -w these:\n%s\n' "$unformatted" >&2
  exit 1
fi
go vet ./...
go tool staticcheck ./...
if command -v shellcheck >/dev/null; then
  shellcheck .ci/run scripts/*.sh
fi

# Tests that look for races. Not of packaging/: it starts no goroutine, archtest sees to that, and its vectors take minutes so. Nor those
# that kill a program at each of its changes: what they run hundreds of times is another process. Nor those of hostile sources, whose
# limits of a second or two are for a builder that isn't ten times slower.
mapfile -t packages < <(go list ./... | grep --invert-match /packaging/)
exec scripts/prepare.sh go test -race -skip '^(TestKill|TestHostile)$' "${packages[@]}"
