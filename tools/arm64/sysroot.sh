#!/usr/bin/env bash
# Unpacks the arm64 libraries that Auris links into build/arm64/sysroot, with all that they need. The machine's
# own packages stay as they are: apt works on a private database, only downloads, and is given no dpkg to run.
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t wanted < <(grep -E '^[a-z0-9].*-dev$' tools/packages.txt)
root=$PWD/build/arm64/sysroot apt=$PWD/build/arm64/apt
stamp=$root/.packages
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "${wanted[*]}" ] && exit 0
echo "Fetching arm64 libraries into build/arm64/sysroot" >&2

rm -rf "$apt" "$root"
mkdir -p "$root" "$apt/state/lists/partial" "$apt/cache/archives/partial"
: >"$apt/state/status"
options=(-qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Install-Recommends=false
  -o Dir::State="$apt/state" -o Dir::State::status="$apt/state/status" -o Dir::Cache="$apt/cache"
  -o Dir::Bin::dpkg=/bin/false -o Debug::NoLocking=true)
apt-get "${options[@]}" update
apt-get "${options[@]}" --download-only --yes install "${wanted[@]}" >/dev/null

for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
# Links to absolute paths mean the sysroot.
find "$root" -type l -lname '/*' -printf '%p\t%l\n' | while IFS=$'\t' read -r link target; do
  ln -sfnr "$root$target" "$link"
done
echo "${wanted[*]}" >"$stamp"
