#!/usr/bin/env bash
# Writes what a package for Debian brings beside the program, from the program itself: manual pages in
# both languages and completions. They go into the folder `package` beside it, where Cargo.toml has
# `cargo deb` look: scripts/package-files.sh target/release/wolkvox-mcp
set -euo pipefail

program=$1
package=$(dirname "$program")/package
rm -rf "$package"
mkdir -p "$package/completions"
"$program" man --lang en "$package/man/man1"
"$program" man --lang es "$package/man/es/man1"
# Shells look for one script whatever the language of the person is.
for shell in bash fish zsh; do
    "$program" completions --lang en "$shell" >"$package/completions/wolkvox-mcp.$shell"
done
