//! Decides which page comes next, and whether all of them have come (pure).
//!
//! Nothing counts as complete unless every sign agrees: wolkvox's totals, the records that its words
//! announce, and the size of its pages. A record that comes twice counts once.

use std::collections::HashSet;
use std::num::NonZeroU32;

use crate::Record;
use crate::answer::is_newest_first;
use crate::wolkvox::{PAGE_SIZE, Page};

/// wolkvox's own id of a gestión.
const ID: &str = "wolkvox_id";
/// Sizes at which servers are known to cap their pages below [`PAGE_SIZE`].
const USUAL_CAPS: [usize; 7] = [10, 20, 25, 50, 100, 150, 200];

/// The pages of one look-up so far.
#[derive(Debug)]
pub(super) struct Paging {
    /// Most pages; none sends no page number, and then there is one page.
    most: Option<NonZeroU32>,
    /// Pages that came.
    fetched: u32,
    /// The page that was asked for last.
    page: u32,
    /// Whether the pages come from the last one backwards.
    backwards: bool,
    records: Vec<Record>,
    /// Ids of `records`, once there is a second page.
    ids: HashSet<String>,
    first_size: usize,
    last_size: usize,
    total_records: Option<u64>,
    total_pages: Option<u64>,
    announced: u64,
    /// Whether the records moved between two pages, or one could not be read.
    in_doubt: bool,
}

/// What follows a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This page is to be fetched.
    Page(u32),
    /// No further page; `complete` if these are all the matches, as far as the pages show.
    Done {
        /// Whether nothing is missing.
        complete: bool,
    },
}

/// What the pages held together.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) records: Vec<Record>,
    /// wolkvox's own count of matches, where it gave one that can be true.
    pub(super) total: Option<u64>,
    /// Whether these are all the matches.
    pub(super) complete: bool,
}

impl Paging {
    pub(super) fn new(most: Option<NonZeroU32>) -> Self {
        Self {
            most,
            fetched: 0,
            page: 1,
            backwards: false,
            records: Vec::new(),
            ids: HashSet::new(),
            first_size: 0,
            last_size: 0,
            total_records: None,
            total_pages: None,
            announced: 0,
            in_doubt: false,
        }
    }

    /// Returns the number to ask the first page with.
    pub(super) fn first(&self) -> Option<u32> {
        self.most.map(|_| 1)
    }

    /// Takes the first page.
    pub(super) fn begin(&mut self, first: Page) -> Next {
        self.first_size = first.records.len() + first.unreadable;
        self.take(first);
        if let (Some(pages), Some(most)) = (self.usable_pages(), self.most)
            && pages > u64::from(most.get())
            && !is_newest_first(&self.records)
        {
            // The whole is too much: of what is left, the newest end is worth most.
            self.backwards = true;
        }
        self.next()
    }

    /// Takes a further page.
    pub(super) fn add(&mut self, next: Page) -> Next {
        let before = self.records.len();
        let came = next.records.len();
        if came == 0 && next.unreadable == 0 {
            return self.no_such_page();
        }
        if let (Some(before), Some(now)) = (self.total_records, next.total_records) {
            self.in_doubt |= before != now;
        }
        if self.ids.is_empty() {
            self.ids = self.records.iter().filter_map(id).map(str::to_owned).collect();
        }
        if !self.repeats(&next.records) {
            self.take(next);
        }
        let new = self.records.len() - before;
        if new == 0 {
            // The server ignores the page number, or gives the last page again. If it ignores the
            // size too, that is everything; with pages of exactly our size it cannot be known.
            return Next::Done { complete: self.first_size != PAGE_SIZE as usize };
        }
        if new < came {
            // A record was added meanwhile, and pushed another one into this page.
            self.in_doubt = true;
        }
        self.next()
    }

    /// Takes note that the page asked for does not exist.
    pub(super) fn no_such_page(&self) -> Next {
        let is_announced = self.usable_pages().is_some_and(|pages| u64::from(self.page) <= pages);
        Next::Done { complete: !is_announced }
    }

    /// Returns everything that came. It is complete only if no count of wolkvox's says otherwise.
    pub(super) fn finish(self, complete: bool) -> Whole {
        let fetched = self.records.len() as u64;
        let total = self.total_records.unwrap_or_default().max(self.announced);
        Whole {
            complete: complete && !self.in_doubt && total <= fetched,
            // A count below what came is not a count of all matches.
            total: (total >= fetched && total > 0).then_some(total),
            records: self.records,
        }
    }

    fn take(&mut self, page: Page) {
        self.fetched += 1;
        self.last_size = page.records.len() + page.unreadable;
        self.in_doubt |= page.unreadable > 0;
        self.total_records = page.total_records.or(self.total_records);
        self.total_pages = page.total_pages.or(self.total_pages);
        self.announced = self.announced.max(page.announced.unwrap_or_default());
        if self.records.is_empty() {
            self.records = page.records;
            return;
        }
        for record in page.records {
            if id(&record).is_none_or(|id| self.ids.insert(id.to_owned())) {
                self.records.push(record);
            }
        }
    }

    /// Returns whether a page holds the same as the one before it.
    fn repeats(&self, records: &[Record]) -> bool {
        let start = self.records.len().checked_sub(records.len());
        start.and_then(|start| self.records.get(start..)) == Some(records)
    }

    /// Returns the number of pages, unless it contradicts what came: a full page that is said to be
    /// the only one, without a count of records, proves nothing.
    fn usable_pages(&self) -> Option<u64> {
        let pages = self.total_pages?;
        let is_counted = self.total_records.is_some_and(|total| total >= self.first_size as u64);
        (pages > 1 || is_counted || !is_full(self.first_size)).then_some(pages)
    }

    fn next(&mut self) -> Next {
        if !self.has_more() {
            return Next::Done { complete: true };
        }
        if self.most.is_none_or(|most| self.fetched >= most.get()) {
            return Next::Done { complete: false };
        }
        self.page = match self.usable_pages() {
            Some(pages) if self.backwards && self.fetched == 1 => {
                u32::try_from(pages).unwrap_or(u32::MAX)
            }
            Some(_) if self.backwards => self.page.saturating_sub(1),
            _ => self.page + 1,
        };
        Next::Page(self.page)
    }

    fn has_more(&self) -> bool {
        if let Some(pages) = self.usable_pages() {
            return u64::from(self.fetched) < pages;
        }
        let fetched = self.records.len() as u64;
        if let Some(total) = self.total_records
            && total > self.first_size as u64
        {
            return fetched < total;
        }
        if self.announced > fetched {
            return true;
        }
        // Without a count, a page as long as the server's pages may not be the last one.
        if self.fetched > 1 {
            return self.last_size >= self.first_size;
        }
        let is_counted = self.total_records.is_some() || self.announced > 0;
        is_full(self.last_size) || !is_counted && USUAL_CAPS.contains(&self.last_size)
    }
}

fn is_full(size: usize) -> bool {
    size >= PAGE_SIZE as usize
}

fn id(record: &Record) -> Option<&str> {
    record.get(ID)?.as_str().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
