#!/usr/bin/env bash
# need.sh PACKAGE...: installs those of the Debian packages that are missing. Nothing missing: asks nobody, changes nothing.
# When it isn't run as root it says which command would do it, and ends with status 1.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "not a Debian system: what these packages have must be there: $*" >&2
  exit 0
fi
missing=()
for package in "$@"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -x installed | head -n 1) || true
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "missing: ${missing[*]}" >&2
  echo "  as root: apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
install() {
  apt-get update --quiet --quiet &&
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" </dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install >"$log" 2>&1 && ! install >"$log" 2>&1; then # once more: mirrors have their moments
  cat "$log" >&2
  exit 1
fi
