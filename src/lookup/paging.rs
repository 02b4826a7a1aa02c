//! Decides which page comes next, and whether all of them have come (pure).

use std::num::NonZeroU32;
use std::ops::Range;

use crate::Record;
use crate::error::{Error, ReplyDefect};
use crate::wolkvox::{PAGE_SIZE, Page};

/// The pages of one look-up so far.
#[derive(Debug)]
pub(super) struct Paging {
    /// Most pages; none sends no page number, and then there is one page.
    most: Option<NonZeroU32>,
    page: u32,
    records: Vec<Record>,
    last_page: Range<usize>,
    total_records: Option<u64>,
    total_pages: Option<u64>,
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
    /// wolkvox's own count of matches.
    pub(super) total: Option<u64>,
    /// Whether these are all the matches.
    pub(super) complete: bool,
}

impl Paging {
    pub(super) fn new(most: Option<NonZeroU32>) -> Self {
        Self {
            most,
            page: 1,
            records: Vec::new(),
            last_page: 0..0,
            total_records: None,
            total_pages: None,
        }
    }

    /// Returns the number to ask the first page with.
    pub(super) fn first(&self) -> Option<u32> {
        self.most.map(|_| 1)
    }

    /// Takes the first page.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedReply`] for a page without records that announces some.
    pub(super) fn begin(&mut self, first: Page) -> Result<Next, Error> {
        let Page { records, total_records, total_pages, .. } = first;
        match (records.is_empty(), total_records, total_pages) {
            (true, Some(said @ 1..), _) => {
                return Err(Error::UnexpectedReply(ReplyDefect::Contradiction { said }));
            }
            (true, None, Some(pages @ 2..)) => {
                return Err(Error::UnexpectedReply(ReplyDefect::EmptyPage { pages }));
            }
            _ => {}
        }
        self.last_page = 0..records.len();
        self.records = records;
        (self.total_records, self.total_pages) = (total_records, total_pages);
        Ok(self.next())
    }

    /// Takes a further page.
    pub(super) fn add(&mut self, next: Page) -> Next {
        if self.records.get(self.last_page.clone()) == Some(next.records.as_slice()) {
            // The server ignores the page number. If it ignores the size too, the first reply
            // held everything; with an exactly full page that cannot be known.
            return Next::Done { complete: self.last_page.len() != PAGE_SIZE as usize };
        }
        if next.records.is_empty() {
            return self.no_such_page();
        }
        self.last_page = self.records.len()..self.records.len() + next.records.len();
        self.records.extend(next.records);
        self.total_records = next.total_records.or(self.total_records);
        self.total_pages = next.total_pages.or(self.total_pages);
        self.next()
    }

    /// Takes note that the page asked for does not exist.
    pub(super) fn no_such_page(&self) -> Next {
        let is_announced = self.total_pages.is_some_and(|pages| u64::from(self.page) <= pages);
        Next::Done { complete: !is_announced }
    }

    /// Returns everything that came. wolkvox's own count decides where it gave one.
    pub(super) fn finish(self, complete: bool) -> Whole {
        let fetched = self.records.len() as u64;
        Whole {
            records: self.records,
            total: self.total_records,
            complete: self.total_records.map_or(complete, |total| total <= fetched),
        }
    }

    fn next(&mut self) -> Next {
        let more = match self.total_pages {
            Some(pages) => u64::from(self.page) < pages,
            // Without totals, a page that is not full is taken for the last one.
            None => self.last_page.len() >= PAGE_SIZE as usize,
        };
        if !more {
            return Next::Done { complete: true };
        }
        if self.most.is_none_or(|most| self.page >= most.get()) {
            return Next::Done { complete: false };
        }
        self.page += 1;
        Next::Page(self.page)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A page of wolkvox's: which records, and what it says about the whole.
    fn page(ids: Range<usize>, records: Option<u64>, pages: Option<u64>) -> Page {
        let record = |id: usize| Record::from_iter([("wolkvox_id".into(), json!(id))]);
        let (total_records, total_pages) = (records, pages);
        let records = ids.map(record).collect();
        Page { records, total_records, total_pages, ..Page::default() }
    }

    fn bare(ids: Range<usize>) -> Page {
        page(ids, None, None)
    }

    fn most(pages: u32) -> Option<NonZeroU32> {
        NonZeroU32::new(pages)
    }

    /// Plays pages, and returns how many records came, whether that is all, and the last decision.
    #[track_caller]
    fn play(most_pages: u32, pages: Vec<Page>) -> (usize, bool) {
        let mut paging = Paging::new(most(most_pages));
        let mut pages = pages.into_iter();
        let mut next = paging.begin(pages.next().expect("a page")).expect("a first page");
        loop {
            match next {
                Next::Page(_) => next = paging.add(pages.next().expect("another page")),
                Next::Done { complete } => {
                    assert!(pages.next().is_none(), "a page that nobody asked for");
                    let whole = paging.finish(complete);
                    return (whole.records.len(), whole.complete);
                }
            }
        }
    }

    #[test]
    fn a_first_page_that_is_not_full_is_all_there_is() {
        assert_eq!(play(4, vec![bare(0..0)]), (0, true));
        assert_eq!(play(4, vec![bare(0..249)]), (249, true));
    }

    #[test]
    fn announced_pages_are_followed_to_the_last() {
        let pages = vec![page(0..250, Some(320), Some(2)), page(250..320, Some(320), Some(2))];
        assert_eq!(play(4, pages), (320, true));
    }

    #[test]
    fn without_totals_pages_are_followed_while_they_are_full() {
        assert_eq!(play(4, vec![bare(0..250), bare(250..300)]), (300, true));
        assert_eq!(play(4, vec![bare(0..250), bare(250..250)]), (250, true));
    }

    #[test]
    fn the_page_limit_leaves_an_incomplete_whole() {
        let pages = vec![bare(0..250), bare(250..500)];
        assert_eq!(play(2, pages), (500, false));
        let first = vec![page(0..250, Some(320), Some(2))];
        assert_eq!(play(1, first), (250, false));
    }

    #[test]
    fn a_page_that_comes_again_ends_the_fetching() {
        assert_eq!(play(4, vec![bare(0..300), bare(0..300)]), (300, true));
        assert_eq!(play(4, vec![bare(0..250), bare(0..250)]), (250, false));
    }

    #[test]
    fn an_announced_page_that_does_not_come_leaves_an_incomplete_whole() {
        let pages = vec![page(0..250, None, Some(3)), page(0..0, None, Some(3))];
        assert_eq!(play(4, pages), (250, false));
    }

    #[test]
    fn a_page_without_records_that_announces_some_is_no_answer() {
        for first in [page(0..0, Some(3), None), page(0..0, None, Some(2))] {
            let refused = Paging::new(most(4)).begin(first).expect_err("refused");
            assert_eq!(refused.kind().as_str(), "unexpected_reply");
        }
    }

    #[test]
    fn without_a_limit_of_pages_no_page_number_is_sent_and_one_page_asked_for() {
        assert_eq!(Paging::new(None).first(), None);
        assert_eq!(Paging::new(most(1)).first(), Some(1));
        assert_eq!(play(0, vec![bare(0..250)]), (250, false));
    }
}
