//! Starts the log: on stderr only, and with nothing in it that names a customer.

#[cfg(target_os = "linux")]
mod direct;
mod writer;

use std::io::{IsTerminal, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use self::writer::StderrWriter;
use crate::config::{Log, LogFormat};

const OUR_TARGETS: &str = "wolkvox_mcp";
const SDK: &str = "rmcp";

/// The started log. The end of it waits a moment for the last lines to be written.
#[must_use]
pub(super) struct Logging(StderrWriter);

impl Drop for Logging {
    fn drop(&mut self) {
        self.0.finish();
    }
}

/// Starts logging. Other crates are held at `warn` whatever the filter says, and the MCP SDK's lines
/// are left out: they print what clients sent, such as ids, addresses of resources and `Host`.
pub(super) fn start(log: &Log) -> Logging {
    let stderr = StderrWriter::default();
    let Log { filter, format } = log.clone();
    let wanted = filter_fn(move |event: &Metadata<'_>| {
        let is_ours = event.target().starts_with(OUR_TARGETS);
        let is_quiet = *event.level() <= Level::WARN && !event.target().starts_with(SDK);
        (is_ours || is_quiet) && filter.would_enable(event.target(), event.level())
    });
    let writer = stderr.clone();
    let lines = fmt::layer().with_writer(move || writer.clone());
    let lines = match format {
        LogFormat::Json => lines.json().with_span_list(false).boxed(),
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Keeps what is logged.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("not poisoned").write(line)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_logged_with_its_place_and_without_its_message() {
        let filter = "off".parse().expect("a filter");
        let logging = start(&Log { filter, format: LogFormat::Text });
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = registry().with(fmt::layer().with_writer(move || writer.clone()));
        let panicked = tracing::subscriber::with_default(subscriber, || {
            std::panic::catch_unwind(|| panic!("900000001"))
        });
        let _ = std::panic::take_hook();
        drop(logging);
        assert!(panicked.is_err());
        let kept = kept.0.lock().expect("not poisoned");
        let log = String::from_utf8_lossy(&kept);
        assert!(log.contains("this program panicked") && log.contains("logging.rs"), "{log}");
        assert!(!log.contains("900000001"), "{log}");
    }
}
