//! Fetches the pages of one look-up, one after the other: each request through the gate, each
//! failure to the retry rules, all inside the deadline.

use std::sync::Arc;

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use super::Limits;
use super::admission::Admission;
use super::circuit::{Health, Pass};
use super::deadline::Deadline;
use super::gate::Person;
use super::meter::Meter;
use super::paging::{Next, Paging, Whole};
use super::retry::{Decision, decide};
use crate::error::{Error, Kind};
use crate::metrics::Lookups;
use crate::shared::Member;
use crate::wolkvox::{Client, Failure, Page, Query, Retry, Token};

/// What a look-up brought.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) whole: Whole,
    /// When wolkvox answered first.
    pub(super) as_of: Timestamp,
    /// The failure that ended the fetching early; asking again may bring more.
    pub(super) cut_short: Option<Error>,
}

/// What a fetch uses.
#[derive(Clone, Copy)]
pub(super) struct Fetch<'a> {
    pub(super) client: &'a Arc<Client>,
    pub(super) token: &'a Token,
    pub(super) person: &'a Person,
    pub(super) pass: &'a Pass<'a>,
    pub(super) admission: &'a Admission,
    /// The token's part in what processes share.
    pub(super) shared: Option<&'a Member>,
    pub(super) metrics: &'a Lookups,
    pub(super) limits: &'a Limits,
    pub(super) meter: &'a Meter,
    pub(super) deadline: &'a Deadline,
}

impl Fetch<'_> {
    /// Fetches the pages that the limits allow. What ends the fetching early after the first page
    /// leaves an answer that is marked as not complete.
    pub(super) async fn pages(self, query: &Arc<Query>) -> Result<Fetched, Error> {
        let mut paging = Paging::new(self.limits.max_pages);
        let first = self.deadline.within(self.page(query, paging.first())).await;
        let Some(first) = first else { return Err(self.timed_out()) };
        let mut next = paging.begin(first?);
        let as_of = Timestamp::now();
        loop {
            let page = match next {
                Next::Page(page) => page,
                Next::Done { complete } => {
                    return Ok(Fetched { whole: paging.finish(complete), as_of, cut_short: None });
                }
            };
            next = match self.deadline.within(self.page(query, Some(page))).await {
                Some(Ok(page)) => paging.add(page),
                // 416 Range Not Satisfiable: there is no such page.
                Some(Err(Error::Rejected { code: 416, .. })) => paging.no_such_page(),
                ended => {
                    let error = ended.and_then(Result::err).unwrap_or_else(|| self.timed_out());
                    let whole = paging.finish(false);
                    return Ok(Fetched { whole, as_of, cut_short: Some(error) });
                }
            };
        }
    }

    /// Reports to quota and circuit how a request ended.
    async fn note(self, answer: &mut Result<Page, Failure>) {
        let health = match answer {
            Ok(_) => Health::Answered,
            Err(failure) => {
                self.admission.note(self.token, &mut failure.error, self.shared).await;
                match failure.error.kind() {
                    Kind::Unavailable => Health::Failed,
                    _ => Health::Answered,
                }
            }
        };
        self.pass.request_ended(health);
    }

    fn timed_out(self) -> Error {
        Error::Timeout { limit: self.limits.timeout, spent: self.meter.timings() }
    }

    async fn page(self, query: &Arc<Query>, page: Option<u32>) -> Result<Page, Error> {
        let mut tries = 0;
        let mut renews = false;
        loop {
            tries += 1;
            self.meter.queue();
            let is_first = self.meter.timings().attempts == 0;
            let queued = Instant::now();
            let permit =
                self.admission.request(self.token, self.person, is_first, self.shared).await;
            self.metrics.waited(queued.elapsed());
            let mut permit = permit?;
            self.pass.request()?;
            self.meter.ask(page.unwrap_or(1));
            if renews {
                self.client.renew_connections().await;
            }
            let (client, query) = (Arc::clone(self.client), Arc::clone(query));
            let asked = async move { client.page(&query, page).await };
            let request = self.metrics.request();
            let mut answer = permit.ask(asked.boxed()).await;
            request.end(outcome(&answer));
            // Before the place is free: what waits for it must know.
            self.note(&mut answer).await;
            if matches!(&answer, Err(failure) if failure.retry == Retry::NewConnection) {
                // wolkvox may be slow after all, and count the next request beside this one.
                drop(permit);
                renews = true;
            } else {
                permit.end();
            }
            if self.admission.is_full() {
                // A request waits for this place: let it be sent before this reply is read.
                yield_now().await;
            }
            let failure = match answer {
                Ok(page) => {
                    self.meter.page();
                    return Ok(page);
                }
                Err(failure) => failure,
            };
            let left = self.deadline.at().saturating_duration_since(Instant::now());
            let decision = decide(&failure, tries, left, fastrand::f64());
            tracing::debug!(kind = %failure.error.kind(), tries, ?decision, "a request failed");
            match decision {
                Decision::Wait(wait) => {
                    self.meter.wait(matches!(failure.error, Error::Busy { .. }));
                    sleep(wait).await;
                }
                Decision::Stop => {
                    return Err(match failure.error {
                        Error::Busy { .. } => Error::Busy {
                            attempts: tries,
                            max_in_flight: Some(self.limits.max_in_flight.get()),
                        },
                        error => error,
                    });
                }
            }
        }
    }
}

/// Returns what a request counts as.
fn outcome(answer: &Result<Page, Failure>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(failure) => failure.error.kind().as_str(),
    }
}
