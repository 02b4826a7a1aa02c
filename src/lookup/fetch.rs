//! Fetches the pages of one look-up, one after the other: each request through the gate, each
//! failure to the retry rules, all inside the deadline.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};

use super::Limits;
use super::meter::Meter;
use super::retry::{Decision, decide};
use crate::Record;
use crate::error::{Error, ReplyDefect};
use crate::wolkvox::{Client, PAGE_SIZE, Page, Query};

/// What a look-up brought.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) records: Vec<Record>,
    /// When wolkvox answered first.
    pub(super) as_of: Timestamp,
    /// wolkvox's own count of matches.
    pub(super) upstream_total: Option<u64>,
    /// Whether these are all the matches.
    pub(super) complete: bool,
    /// Whether a failure or the deadline ended the fetching; asking again may bring more.
    pub(super) cut_short: bool,
}

/// When a look-up must end. It moves back when another caller joins.
#[derive(Debug)]
pub(super) struct Deadline(Mutex<Instant>);

impl Deadline {
    pub(super) fn new(at: Instant) -> Self {
        Self(Mutex::new(at))
    }

    pub(super) fn extend(&self, to: Instant) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = to.max(*at);
    }

    fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn passed(&self) {
        while Instant::now() < self.at() {
            sleep_until(self.at()).await;
        }
    }

    /// Returns what `work` brings, or nothing if it takes too long.
    async fn within<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.passed() => None,
        }
    }
}

/// What a fetch uses.
#[derive(Clone, Copy)]
pub(super) struct Fetch<'a> {
    pub(super) client: &'a Client,
    pub(super) gate: &'a Semaphore,
    pub(super) limits: &'a Limits,
    pub(super) meter: &'a Meter,
    pub(super) deadline: &'a Deadline,
}

impl Fetch<'_> {
    /// Fetches the pages that the limits allow. What ends the fetching early after the first page
    /// leaves an answer that is marked as not complete.
    pub(super) async fn pages(self, query: &Query) -> Result<Fetched, Error> {
        let paging = self.limits.max_pages;
        let Some(first) = self.deadline.within(self.page(query, paging.map(|_| 1))).await else {
            let spent = self.meter.spent();
            return Err(Error::Timeout { limit: self.limits.timeout, spent });
        };
        let Page { mut records, mut total_records, mut total_pages } = first?;
        let as_of = Timestamp::now();
        match (records.is_empty(), total_records, total_pages) {
            (true, Some(said @ 1..), _) => {
                return Err(Error::UnexpectedReply(ReplyDefect::Contradiction { said }));
            }
            (true, None, Some(pages @ 2..)) => {
                return Err(Error::UnexpectedReply(ReplyDefect::EmptyPage { pages }));
            }
            _ => {}
        }
        let mut last_page = 0..records.len();
        let mut page = 1;
        let mut cut_short = false;
        let all = loop {
            let more = match total_pages {
                Some(pages) => u64::from(page) < pages,
                // Without totals, a page that is not full is taken for the last one.
                None => last_page.len() >= PAGE_SIZE as usize,
            };
            if !more {
                break true;
            }
            if paging.is_none_or(|most| page >= most.get()) {
                break false;
            }
            page += 1;
            let is_announced =
                |page: u32| total_pages.is_some_and(|pages| u64::from(page) <= pages);
            let next = match self.deadline.within(self.page(query, Some(page))).await {
                Some(Ok(next)) => next,
                // 416 Range Not Satisfiable: there is no such page.
                Some(Err(Error::Rejected { code: 416, .. })) => break !is_announced(page),
                Some(Err(_)) | None => {
                    cut_short = true;
                    break false;
                }
            };
            if records.get(last_page.clone()) == Some(next.records.as_slice()) {
                // The server ignores the page number. If it ignores the size too, the first reply
                // held everything; with an exactly full page that cannot be known.
                break last_page.len() != PAGE_SIZE as usize;
            }
            if next.records.is_empty() {
                break !is_announced(page);
            }
            last_page = records.len()..records.len() + next.records.len();
            records.extend(next.records);
            total_records = next.total_records.or(total_records);
            total_pages = next.total_pages.or(total_pages);
        };
        let fetched = records.len() as u64;
        Ok(Fetched {
            records,
            as_of,
            upstream_total: total_records,
            // wolkvox's own count decides where it gave one.
            complete: total_records.map_or(all, |total| total <= fetched),
            cut_short,
        })
    }

    async fn page(self, query: &Query, page: Option<u32>) -> Result<Page, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            self.meter.queue();
            let place = self.gate.acquire().await.map_err(|_| Error::Internal)?;
            self.meter.ask();
            let sent = || self.meter.sent(page.unwrap_or(1));
            let answer = self.client.page(query, page, &sent).await;
            drop(place);
            if self.gate.available_permits() == 0 {
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
                    self.meter.wait();
                    sleep(wait).await;
                }
                Decision::Stop => {
                    return Err(match failure.error {
                        Error::Busy { .. } => Error::Busy { attempts: tries },
                        error => error,
                    });
                }
            }
        }
    }
}
