#!/usr/bin/env bash
# The Debian packages that hold the libraries which a program names: deploy/runtime_packages.sh PROGRAM
set -euo pipefail
declare -A needed
for name in $(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do needed[$name]=1; done
ldd "$1" | while read -r name _ path _; do
  [ -n "${needed[$name]:-}" ] || continue
  # Packages name /lib or /usr/lib, the loader either.
  dpkg-query -S "$path" 2>/dev/null || dpkg-query -S "/usr$path" 2>/dev/null || dpkg-query -S "${path#/usr}"
done | sed 's/:.*//' | sort -u
