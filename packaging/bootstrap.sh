#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: bootstrap.sh LIST...: installs the packages that the lists in this folder name and that are
# missing; needs no network when none is.
set -eu -o pipefail
cd "$(dirname "$0")"

if ! command -v dpkg-query >/dev/null; then
	echo "bootstrap: this is no Debian; install by hand what packaging/ lists: $*" >&2
	exit 0
fi

missing=()
while read -r package; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing+=("$package")
done < <(sed 's/#.*//' "$@" | tr -s ' \t' '\n' | sed '/^$/d')

[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "bootstrap: packages are missing; run: sudo apt-get install ${missing[*]}" >&2
	exit 2
fi
echo "bootstrap: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -q -o DPkg::Lock::Timeout=300)
# The list of packages may be old or missing on a fresh system.
"${apt[@]}" update >/dev/null
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
