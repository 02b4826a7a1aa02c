#!/usr/bin/env bash
# Starts the real clients that run without an account on the configuration that `install` writes,
# in a temporary home, and asks each for its list of MCP servers; then the same over HTTP, with what
# the clients' own commands write.
#
#   cargo build && scripts/try-clients.sh
set -uo pipefail
cd "$(dirname "$0")/.."
program=${WOLKVOX_MCP:-$PWD/target/debug/wolkvox-mcp}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
failed=0

try() {
    local client=$1 package=$2 command=$3 expected=$4
    mkdir -p "$folder/$client/home" "$folder/$client/project"
    printf '\n=== %s (%s)\n' "$client" "$package"
    if ! npm install --prefix "$folder/$client" --no-audit --no-fund --loglevel=error "$package"; then
        echo "NOT TRIED: $package could not be installed"
        # In CI it must be.
        [ -z "${CI:-}" ] || failed=1
        return
    fi
    local listed
    listed=$(
        export HOME="$folder/$client/home" GEMINI_CLI_TRUST_WORKSPACE=true
        # They are to talk to this server and to nobody else.
        export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 GEMINI_TELEMETRY_ENABLED=false
        cd "$folder/$client/project" || exit 1
        "$program" install "$client" --sandbox >/dev/null
        timeout 60 "$folder/$client/node_modules/.bin/$command" mcp list 2>&1
    )
    echo "$listed"
    if ! grep -q "$expected" <<<"$listed"; then
        echo "FAILED: expected $expected"
        failed=1
    fi
}

# Lets a client that is installed already add the team's server by its own command.
try_http() {
    local client=$1 command=$2 expected=$3 listed
    [ -x "$folder/$client/node_modules/.bin/$command" ] || return
    printf '\n=== %s over HTTP\n' "$client"
    mkdir -p "$folder/$client/http/project"
    listed=$(
        export HOME="$folder/$client/http" GEMINI_CLI_TRUST_WORKSPACE=true
        export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 GEMINI_TELEMETRY_ENABLED=false
        cd "$folder/$client/http/project" || exit 1
        client() { timeout 60 "$folder/$client/node_modules/.bin/$command" "$@" 2>&1; }
        client mcp add --transport http wolkvox "$url"
        client mcp list
    )
    echo "$listed"
    if ! grep -q "$expected" <<<"$listed"; then
        echo "FAILED: expected $expected"
        failed=1
    fi
}

try claude-code @anthropic-ai/claude-code@2.1.331 claude 'wolkvox.*\(Connected\|✔\|✓\)'
try gemini @google/gemini-cli@0.61.0 gemini 'wolkvox.*Connected'
try codex @openai/codex@0.169.0 codex 'wolkvox.*enabled'

"$program" serve --sandbox --lang en --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
    >"$folder/served" 2>/dev/null &
server=$!
for _ in $(seq 50); do
    [ -s "$folder/served" ] && break
    sleep 0.1
done
url=$(grep -o 'http://[^ ]*' "$folder/served" | head -1)
try_http claude-code claude 'wolkvox.*\(Connected\|✔\|✓\)'
try_http gemini gemini 'wolkvox.*Connected'
exit "$failed"
