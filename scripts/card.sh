#!/usr/bin/env bash
# Tries the card, the page that chats of MCP Apps show beside an answer: its scripts' types against
# the tools' own output schemas, then the page in a real browser, in a host as a chat is one, and how
# fast it is. Pictures of what was tried come to target/card/pictures. Needs npm; Chromium is
# installed where there is none (as root, on Debian), the rest below target/.
#
#   cargo build && scripts/card.sh            # everything
#   cargo build && scripts/card.sh picture    # only the READMEs' pictures, into docs/pictures
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(cargo metadata --locked --format-version 1 --no-deps |
    node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory')
export WOLKVOX_MCP=${WOLKVOX_MCP:-$target/debug/wolkvox-mcp}
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
# What hosted runners have instead.
[ -x "$CHROMIUM" ] || CHROMIUM=$(command -v google-chrome || echo "$CHROMIUM")

if [ ! -x "$CHROMIUM" ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation
fi >/dev/null 2>&1 || true
if [ ! -x "$CHROMIUM" ]; then
    echo "NOT TRIED: there is no Chromium, and it could not be installed; name one in CHROMIUM"
    # In CI it must be.
    [ -z "${CI:-}" ]
    exit
fi

rm -rf "$target/card/page" "$target/card/chat"
mkdir -p "$target/card"
cp scripts/card/* "$target/card/"
cp -r src/card/page src/card/chat "$target/card/"
pictures=$PWD/docs/pictures
cd "$target/card"
npm install --no-audit --no-fund --no-package-lock --loglevel=error
if [ "${1:-}" = picture ]; then
    exec node picture.mjs "$pictures"
fi
node types.mjs "$WOLKVOX_MCP" answers.d.ts
node_modules/.bin/tsc --project tsconfig.json
node_modules/.bin/tsc --project chat.tsconfig.json
rm -rf pictures
# One after the other: they share a browser, and measure it.
PICTURES=$PWD/pictures node --test --test-reporter=spec card.test.mjs
node --test --test-reporter=spec try.test.mjs
node speed.mjs
