//! Which program this is: version, build and system.

use std::sync::LazyLock;

/// The commit that a release was built from; releases and images set it when they are built.
pub(super) const BUILD: Option<&str> = option_env!("WOLKVOX_MCP_BUILD");

/// Returns the version with the build, for `--version` and reports.
pub(super) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let build = BUILD
            .filter(|it| !it.is_empty())
            .map_or("built from source", |commit| commit.get(..7).unwrap_or(commit));
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        format!("{} ({build}, {os} {arch})", env!("CARGO_PKG_VERSION"))
    });
    &VERSION
}
