#!/usr/bin/env bash
# prepare.sh [COMMAND...]: installs what the tests need beside Go, then runs the command so that they find it.
# That is: Debian packages; in .cache/oracles the reference implementations of scripts/oracles.txt; in .cache/wheels a few real wheels.
# What can't be had is said, and the tests that need it are skipped; where CI=true that is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
oracles=$PWD/.cache/oracles
wheels=$PWD/.cache/wheels
fetch=build/env/testdata/fetch.sh

lack() {
  echo "$1 will be skipped" >&2
  [ "${CI:-}" != true ] || exit 1
}

scripts/need.sh bubblewrap g++ gcc libc6-dev python3-dev python3-venv || lack "tests that build wheels"

if ! cmp --silent scripts/oracles.txt "$oracles/made-from" || ! "$oracles/bin/python" -c '' 2>/dev/null; then
  python=/usr/bin/python3
  [ -x $python ] || python=python3
  rm -rf "$oracles"
  if $python -m venv "$oracles" &&
    "$oracles/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --requirement scripts/oracles.txt; then
    cp scripts/oracles.txt "$oracles/made-from"
  else
    rm -rf "$oracles"
    lack "tests against the reference implementations"
  fi
fi

if [ -d "$oracles" ] && ! cmp --silent $fetch "$wheels/made-by"; then
  rm -rf "$wheels"
  if PATH=$oracles/bin:$PATH sh $fetch "$wheels"; then
    cp $fetch "$wheels/made-by"
  else
    rm -rf "$wheels"
    lack "tests with real wheels"
  fi
fi

[ $# -gt 0 ] || exit 0
if [ -d "$oracles" ]; then
  export WHEELYARD_ORACLE_PYTHON=$oracles/bin/python
fi
if [ -d "$wheels" ]; then
  export WHEELYARD_TEST_WHEELS=$wheels
fi
exec "$@"
