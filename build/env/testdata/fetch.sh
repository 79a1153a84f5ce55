#!/bin/sh
# Fetches the real wheels that tests of build environments use, from the index that pip uses here: fetch.sh DIR
# Then: WHEELYARD_TEST_WHEELS=DIR go test ./build/...
set -eu
mkdir -p "$1"
python3 -m pip download --quiet --no-deps --dest "$1" --only-binary :all: setuptools==65.5.0 wheel==0.37.1 flit_core==3.9.0
python3 -m pip download --quiet --no-deps --dest "$1" --only-binary :all: --platform "musllinux_1_1_$(uname -m)" uv==0.13.9
