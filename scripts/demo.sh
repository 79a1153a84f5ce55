#!/usr/bin/env bash
# demo.sh: the main job on examples/quickstart, from nothing to imported wheels. Run it again: then nothing is built.
#
# It installs the Debian packages that are missing (without root it says which, and stops), builds bin/wheelyard, runs one round,
# serves the index on a free port of this machine, and lets pip install what was built from there, and from nowhere else.
# All that it keeps is in .cache/demo; the server ends with it.
set -euo pipefail
cd "$(dirname "$0")/.."
config=examples/quickstart/wheelyard.toml
host=/usr/bin/python3

step() { printf '\n== %s\n' "$*"; }
wheelyard() { bin/wheelyard "$@" --config $config; }
tmp=$(mktemp -d)
finish() {
  if [ -n "${SERVER_PID:-}" ]; then
    kill "$SERVER_PID" 2>/dev/null || true
    wait "$SERVER_PID" 2>/dev/null || true
  fi
  rm -rf "$tmp"
}
trap finish EXIT

# The configuration names what its builds need.
mapfile -t packages < <(sed -n 's/^packages = \[\(.*\)\].*/\1/p' $config | tr --delete '"' | tr ', ' '\n' | grep .)
scripts/need.sh bubblewrap python3-venv "${packages[@]}"
"${MAKE:-make}" --silent build

step "wheelyard run"
wheelyard run

step "wheelyard serve"
# Not in a function: the job must be the program itself, so that the trap ends it.
coproc SERVER { exec bin/wheelyard serve --config $config --listen 127.0.0.1:0 --quiet; }
read -r _ address <&"${SERVER[0]}" || { echo "the server did not start" >&2; exit 1; }
read -r platform python < <(wheelyard platform show --format json | $host scripts/demo.py platform)
index=${address}$platform/simple/
echo "$index"

step "pip install, from this index only"
mapfile -t pins < <(wheelyard plan --format json --verdict held --target "$platform" | $host scripts/demo.py pins)
[ ${#pins[@]} -gt 0 ] || { echo "nothing was built" >&2; exit 1; }
"$python" -m venv "$tmp/venv"
(
  for name in "${!PIP_@}"; do unset "$name"; done
  PIP_CONFIG_FILE=/dev/null "$tmp/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-input \
    --index-url "$index" --only-binary :all: --no-deps --report "$tmp/report.json" "${pins[@]}"
)
# What they depend on comes from the index that pip uses here.
"$tmp/venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "${pins[@]}"
(cd "$tmp" && venv/bin/python -I - "$index" report.json) <scripts/demo.py

step "done in $SECONDS s; try: bin/wheelyard why pyeclib --config $config"
