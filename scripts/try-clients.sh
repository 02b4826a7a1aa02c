#!/usr/bin/env bash
# Starts the real clients that run without an account on the configuration that `install` writes,
# in a temporary home, and asks each for its list of MCP servers; then the same with a team's server,
# once as `install --url` writes it and once by way of `connect`.
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

# Leads a client that is installed already to the team's server, as `install` does with these flags.
try_team() {
    local client=$1 command=$2 expected=$3 way=$4 listed
    shift 4
    [ -x "$folder/$client/node_modules/.bin/$command" ] || return
    printf '\n=== %s, the team'"'"'s server, %s\n' "$client" "$way"
    mkdir -p "$folder/$client/$way/project"
    listed=$(
        export HOME="$folder/$client/$way" GEMINI_CLI_TRUST_WORKSPACE=true
        export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 GEMINI_TELEMETRY_ENABLED=false
        export WOLKVOX_CALLER_TOKEN="$token"
        cd "$folder/$client/$way/project" || exit 1
        [ "$way" = native ] || unset WOLKVOX_CALLER_TOKEN
        "$program" install "$client" --url "$url" "$@" >/dev/null
        timeout 60 "$folder/$client/node_modules/.bin/$command" mcp list 2>&1
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

token=$("$program" caller add ana --callers "$folder/callers.toml" | grep -o 'wvx_[^ ]*')
(umask 077 && echo "$token" >"$folder/token")
"$program" serve --sandbox --lang en --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
    --callers "$folder/callers.toml" >"$folder/served" 2>/dev/null &
server=$!
for _ in $(seq 50); do
    [ -s "$folder/served" ] && break
    sleep 0.1
done
url=$(grep -o 'http://[^ ]*' "$folder/served" | head -1)
for way in native connect; do
    flags=()
    [ "$way" = native ] || flags=(--token-file "$folder/token")
    try_team claude-code claude 'wolkvox.*\(Connected\|✔\|✓\)' "$way" "${flags[@]}"
    try_team gemini gemini 'wolkvox.*Connected' "$way" "${flags[@]}"
    try_team codex codex 'wolkvox.*enabled' "$way" "${flags[@]}"
done
exit "$failed"
