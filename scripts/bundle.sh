#!/usr/bin/env bash
# Packs the program into an MCPB bundle, which Claude Desktop installs with a double click, and
# proves that the packed server starts and lists its tools. Needs Node.
#
#   scripts/bundle.sh                                      # builds, for this system alone
#   scripts/bundle.sh linux=FILE darwin=FILE win32=FILE    # packs what was built elsewhere
#
# The bundle is target/bundle/wolkvox-mcp.mcpb.
set -euo pipefail
programs=()
for given in "$@"; do
    programs+=("${given%%=*}=$(realpath "${given#*=}")")
done
cd "$(dirname "$0")/.."
target=$(cargo metadata --locked --format-version 1 --no-deps |
    node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
if [ ${#programs[@]} = 0 ]; then
    cargo build --locked --release
    programs=("$(node -p process.platform)=$target/release/wolkvox-mcp")
fi
manifest=$PWD/manifest.json
mkdir -p "$target/bundle"
cp scripts/bundle/* "$target/bundle/"
cd "$target/bundle"
npm install --no-audit --no-fund --no-package-lock --loglevel=error
node bundle.mjs "$manifest" "$target/bundle/wolkvox-mcp.mcpb" "${programs[@]}"
