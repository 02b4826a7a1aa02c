//! Starts the log: on stderr only, and with nothing in it that names a customer.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use crate::config::{Log, LogFormat};

const OUR_TARGETS: &str = "wolkvox_mcp";

/// Starts logging. Other crates are held at `warn` whatever the filter says: below it the MCP SDK
/// prints whole requests.
pub(super) fn start(log: &Log) {
    let Log { filter, format } = log.clone();
    let wanted = filter_fn(move |event: &Metadata<'_>| {
        (event.target().starts_with(OUR_TARGETS) || *event.level() <= Level::WARN)
            && filter.would_enable(event.target(), event.level())
    });
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Json => lines.json().boxed(),
        LogFormat::Text => lines.with_ansi(colours()).boxed(),
    };
    // A process has one logger; a second start, as in tests, keeps the first.
    let _ = registry().with(lines.with_filter(wanted)).try_init();
    // The default hook prints the panic's message, which may hold a customer's data.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a bug: this program panicked");
    }));
}

fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}
