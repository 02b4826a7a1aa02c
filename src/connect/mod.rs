//! Carries the messages of a client that only starts programs to a team's server over HTTP.
//!
//! The way of a message:
//!
//! ```text
//! message   a line of the client: of it is read only what HTTP needs
//! headers   what the specification wants beside it, by its revision
//! remote    tries it, again where that is safe, within one deadline
//! reply     the server's answer, JSON or events, as lines; or why there is none
//! failure   that reason as an answer, in the person's language
//! ```
//!
//! Lines pass as they are, so that both eras of the protocol do. The server's look-ups only read:
//! what may have been processed can be asked again.

mod failure;
mod headers;
mod message;
mod remote;
mod reply;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::bytes::Bytes;
use tokio_util::codec::FramedRead;

use self::headers::Session;
use self::message::{Message, Part, Unreadable};
pub use self::remote::{Remote, ServerCard};
use crate::error::RemoteError;
use crate::language::Language;
use crate::mcp::GRACE;
use crate::mcp::transport::{Framing, Line, Output, stdio, trimmed};

/// So many calls of one person are served at once; more wait here instead of being refused there.
const CALLS: usize = 8;
/// So many requests are carried at once; one more is refused.
const REQUESTS: usize = 1024;
/// How long the end of a cancelled request is told to the server.
const FAREWELL: Duration = Duration::from_secs(2);

/// Carries the messages on standard input and output until the client closes its side, nobody reads
/// the answers any more, or `stop` resolves. Requests on their way are cancelled then.
pub async fn carry(remote: Remote, language: Language, stop: impl Future<Output = ()>) {
    let (input, output) = stdio::open();
    let mut lines = FramedRead::new(input, Framing::default());
    let mut bridge = Bridge::new(remote, output, language);
    let carried = async {
        loop {
            bridge.common.output.room().await;
            tokio::select! {
                biased;
                () = bridge.common.output.broken() => return,
                line = lines.next() => match line {
                    Some(Ok(line)) => bridge.take(line),
                    Some(Err(_)) | None => break,
                },
                Some(_) = bridge.tasks.join_next(), if !bridge.tasks.is_empty() => {}
            }
        }
        // What is answered at once is still wanted by clients that close their side early.
        let _ = timeout(GRACE, async { while bridge.tasks.join_next().await.is_some() {} }).await;
        let _ = timeout(GRACE, bridge.common.output.write()).await;
    };
    tokio::select! {
        () = carried => {}
        () = stop => {}
        () = stdio::nobody_reads() => {
            tracing::debug!("ending, as nobody reads the answers any more");
        }
    }
}

/// What all requests share.
struct Common {
    remote: Remote,
    session: Session,
    output: Arc<Output<stdio::Output>>,
    calls: Semaphore,
    language: Language,
}

struct Bridge {
    common: Arc<Common>,
    tasks: JoinSet<()>,
    /// The requests on their way, by the client's id.
    requests: Vec<(String, AbortHandle)>,
    warned: bool,
}

impl Bridge {
    fn new(remote: Remote, output: stdio::Output, language: Language) -> Self {
        let common = Common {
            remote,
            session: Session::default(),
            output: Arc::new(Output::new(output)),
            calls: Semaphore::new(CALLS),
            language,
        };
        Self {
            common: Arc::new(common),
            tasks: JoinSet::new(),
            requests: Vec::new(),
            warned: false,
        }
    }

    fn take(&mut self, line: Line) {
        let line = match line {
            Line::Whole(line) => line.slice_ref(trimmed(&line)),
            Line::TooLong => return self.common.say(&failure::unreadable(message::TOO_LONG)),
            Line::Header => return self.warn(),
        };
        if line.is_empty() {
            return;
        }
        match Message::read(line) {
            Ok(message) => self.carry(message),
            Err(Unreadable::NotJson) => self.warn(),
            Err(Unreadable::NotOneMessage) => {
                self.common.say(&failure::unreadable(message::NOT_ONE_MESSAGE));
            }
        }
    }

    fn carry(&mut self, message: Message) {
        self.common.session.heed(&message);
        self.requests.retain(|(_, request)| !request.is_finished());
        let common = Arc::clone(&self.common);
        match message.part.clone() {
            Part::Request(_) if self.requests.len() >= REQUESTS => {
                common.say(&failure::answer(&message, &RemoteError::Crowded, common.language));
            }
            Part::Request(id) => {
                let request = self.tasks.spawn(async move { common.ask(&message).await });
                self.requests.push((id, request));
            }
            Part::Notification { cancels } => {
                let mut is_told = true;
                if let Some(cancelled) = cancels {
                    for (id, request) in &self.requests {
                        if message::is_same_id(id, &cancelled) {
                            // To close its connection is how 2026-07-28 cancels a request.
                            request.abort();
                        }
                    }
                    is_told = common.session.is_older(&message);
                }
                if is_told {
                    self.tasks.spawn(async move { common.tell(&message).await });
                }
            }
            Part::Response => {
                self.tasks.spawn(async move { common.tell(&message).await });
            }
        }
    }

    /// Logs once, and without quoting it, that something could not be read.
    fn warn(&mut self) {
        if !std::mem::replace(&mut self.warned, true) {
            tracing::warn!("the client wrote what is not an MCP message; said once");
        }
    }
}

impl Common {
    /// Carries a request, and writes what comes back for it: events, and one answer in any case.
    async fn ask(&self, request: &Message) {
        let limit = self.remote.limit();
        let asked = async {
            let _place = if request.is_call() { self.calls.acquire().await.ok() } else { None };
            self.remote.ask(request, &self.session, |event| self.say(&event)).await
        };
        let answer = timeout(limit, asked).await.unwrap_or(Err(RemoteError::Timeout { limit }));
        let answer = answer.unwrap_or_else(|error| {
            tracing::warn!(method = request.method_for_log(), "{}", error.sentence());
            failure::answer(request, &error, self.language)
        });
        self.say(&answer);
    }

    /// Carries what has no answer.
    async fn tell(&self, message: &Message) {
        if let Ok(Err(error)) = timeout(FAREWELL, self.remote.tell(message, &self.session)).await {
            tracing::debug!(method = message.method_for_log(), "{}", error.sentence());
        }
    }

    /// Writes a line for the client. A request may be dropped at any await, which must not cut a line
    /// in half.
    fn say(&self, line: &Bytes) {
        if self.output.add(&reply::Raw(line)).is_ok() {
            let output = Arc::clone(&self.output);
            tokio::spawn(async move { output.write().await });
        }
    }
}
