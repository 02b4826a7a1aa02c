#!/usr/bin/env bash
# Tries `wolkvox-mcp serve` with the MCP conformance suite: every server scenario of every revision
# of the protocol that the suite knows. What cannot apply to this server stands in
# scripts/conformance/expected-failures.yml with the reason; anything else that fails or warns fails
# this. Needs npm; the suite and a Node that is new enough for it come below target/.
#
#   cargo build && scripts/conformance.sh
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(cargo metadata --locked --format-version 1 --no-deps |
    node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
program=${WOLKVOX_MCP:-$target/debug/wolkvox-mcp}
expected=$PWD/scripts/conformance/expected-failures.yml
mkdir -p "$target/conformance"
cp scripts/conformance/package.json "$target/conformance/"
cd "$target/conformance"
npm install --no-audit --no-fund --no-package-lock --loglevel=error

"$program" serve --sandbox --lang en --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
    >served 2>served.log &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do
    grep -q 'http://' served && break
    sleep 0.1
done
url=$(grep -o 'http://[^ ]*' served | head -1)

failed=0
for revision in 2025-03-26 2025-06-18 2025-11-25 2026-07-28; do
    printf '\n=== MCP %s\n' "$revision"
    if node_modules/.bin/node node_modules/.bin/conformance server --url "$url" --suite all \
        --spec-version "$revision" --expected-failures "$expected" \
        --output-dir "results-$revision" >"$revision.log" 2>&1; then
        grep -E '^Total|Baseline' "$revision.log"
    else
        cat "$revision.log"
        echo "FAILED: see above"
        failed=1
    fi
done
exit "$failed"
