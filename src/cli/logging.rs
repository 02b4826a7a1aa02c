//! Starts the log: on stderr only, and with nothing in it that names a customer.

mod writer;

use std::io::{IsTerminal, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use self::writer::StderrWriter;
use crate::config::{Log, LogFormat};

const OUR_TARGETS: &str = "wolkvox_mcp";

/// The started log. The end of it waits a moment for the last lines to be written.
#[must_use]
pub(super) struct Logging(StderrWriter);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.finish();
    }
}

/// Starts logging. Other crates are held at `warn` whatever the filter says: below it the MCP SDK
/// prints whole requests.
pub(super) fn start(log: &Log) -> Logging {
    let stderr = StderrWriter::default();
    let Log { filter, format } = log.clone();
    let wanted = filter_fn(move |event: &Metadata<'_>| {
        (event.target().starts_with(OUR_TARGETS) || *event.level() <= Level::WARN)
            && filter.would_enable(event.target(), event.level())
    });
    let writer = stderr.clone();
    let lines = fmt::layer().with_writer(move || writer.clone());
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
    Logging(stderr)
}

/// Prints a line on stderr, as the log is printed: a full pipe does not keep the program.
pub(super) fn print(line: &str) {
    let mut stderr = StderrWriter::default();
    // It only queues.
    let _ = stderr.write_all(format!("{line}\n").as_bytes());
    stderr.finish();
}

fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}
