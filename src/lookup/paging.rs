//! Decides which page comes next, and whether all of them have come (pure).
//!
//! Nothing counts as complete unless every sign agrees: wolkvox's totals, the records that its words
//! announce, and the size of its pages. A record that comes twice counts once.

use std::collections::HashSet;
use std::num::NonZeroU32;

use crate::Record;
use crate::answer::is_newest_first;
use crate::error::{Error, ReplyDefect};
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
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedReply`] for a page without records that announces some.
    pub(super) fn begin(&mut self, first: Page) -> Result<Next, Error> {
        if first.records.is_empty() && first.unreadable == 0 {
            let said = first.total_records.max(first.announced).unwrap_or_default();
            if said > 0 {
                return Err(Error::UnexpectedReply(ReplyDefect::Contradiction { said }));
            }
            if let Some(pages @ 2..) = first.total_pages {
                return Err(Error::UnexpectedReply(ReplyDefect::EmptyPage { pages }));
            }
        }
        self.first_size = first.records.len() + first.unreadable;
        self.take(first);
        if let (Some(pages), Some(most)) = (self.usable_pages(), self.most)
            && pages > u64::from(most.get())
            && !is_newest_first(&self.records)
        {
            // The whole is too much: of what is left, the newest end is worth most.
            self.backwards = true;
        }
        Ok(self.next())
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
mod tests {
    use std::ops::Range;

    use serde_json::json;

    use super::*;

    /// A page of wolkvox's: which records, and what it says about the whole.
    fn page(ids: Range<usize>, records: Option<u64>, pages: Option<u64>) -> Page {
        let record = |id: usize| Record::from_iter([("wolkvox_id".into(), json!(id.to_string()))]);
        let records_of = |ids: Range<usize>| ids.map(record).collect();
        Page {
            records: records_of(ids),
            total_records: records,
            total_pages: pages,
            ..Page::default()
        }
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

    fn announcing(ids: Range<usize>, announced: u64) -> Page {
        Page { announced: Some(announced), ..bare(ids) }
    }

    #[test]
    fn words_that_announce_more_than_came_keep_the_pages_coming() {
        let pages =
            vec![announcing(0..250, 619), announcing(250..499, 619), announcing(499..619, 619)];
        assert_eq!(play(4, pages), (619, true));
        assert_eq!(play(1, vec![announcing(0..3, 20)]), (3, false));
        let refused = Paging::new(most(4)).begin(announcing(0..0, 3)).expect_err("refused");
        assert_eq!(refused.kind().as_str(), "unexpected_reply");
    }

    #[test]
    fn a_server_with_smaller_pages_is_followed_by_its_own_size() {
        let pages = vec![bare(0..100), bare(100..200), bare(200..230)];
        assert_eq!(play(4, pages), (230, true));
        assert_eq!(play(4, vec![announcing(0..100, 100)]), (100, true));
        assert_eq!(play(2, vec![bare(0..100), bare(100..200)]), (200, false));
    }

    #[test]
    fn a_count_of_the_page_is_no_count_of_the_whole() {
        let counted = |ids: Range<usize>| page(ids, Some(250), Some(8));
        let pages = (0..4).map(|n| counted(n * 250..(n + 1) * 250)).collect();
        assert_eq!(play(4, pages), (1_000, false));
        for (records, pages) in [(Some(0), Some(0)), (None, Some(1)), (Some(0), Some(1))] {
            let full = || page(0..250, records, pages);
            let second = page(250..300, records, pages);
            assert_eq!(play(4, vec![full(), second]), (300, true), "{records:?} {pages:?}");
        }
        assert_eq!(play(4, vec![page(0..250, Some(250), Some(1))]), (250, true));
    }

    #[test]
    fn a_record_that_comes_twice_counts_once_and_leaves_the_whole_in_doubt() {
        let moved = vec![bare(0..250), bare(249..399)];
        assert_eq!(play(4, moved), (399, false));
        let grown = vec![page(0..250, Some(301), Some(2)), page(250..301, Some(302), Some(2))];
        assert_eq!(play(4, grown), (301, false));
    }

    #[test]
    fn what_is_no_record_leaves_the_whole_in_doubt() {
        let page = Page { unreadable: 2, ..bare(0..1) };
        assert_eq!(play(4, vec![page]), (1, false));
    }

    #[test]
    fn a_count_that_cannot_be_true_is_not_told() {
        let mut paging = Paging::new(most(1));
        let next = paging.begin(page(0..250, Some(100), Some(3))).expect("a page");
        assert_eq!(next, Next::Done { complete: false });
        assert_eq!(paging.finish(false).total, None);
    }

    /// Pages whose records carry dates, one a day from 2024-01-01 on.
    fn dated(days: Range<i64>, total: u64, pages: u64) -> Page {
        let start = jiff::civil::date(2024, 1, 1);
        let record = |day: i64| {
            let date = start.checked_add(jiff::Span::new().days(day)).expect("a day");
            Record::from_iter([
                ("wolkvox_id".into(), json!(day.to_string())),
                ("date".into(), json!(date.to_string())),
            ])
        };
        let records = days.map(record).collect();
        Page { records, total_records: Some(total), total_pages: Some(pages), ..Page::default() }
    }

    #[test]
    fn where_the_whole_is_too_much_the_newest_end_is_fetched() {
        let mut paging = Paging::new(most(3));
        let first = paging.begin(dated(0..250, 1_500, 6)).expect("a page");
        assert_eq!(first, Next::Page(6));
        assert_eq!(paging.add(dated(1_250..1_500, 1_500, 6)), Next::Page(5));
        let last = paging.add(dated(1_000..1_250, 1_500, 6));
        assert_eq!(last, Next::Done { complete: false });
        let whole = paging.finish(false);
        assert_eq!((whole.records.len(), whole.total, whole.complete), (750, Some(1_500), false));
    }

    #[test]
    fn where_everything_fits_pages_come_in_their_order() {
        let mut paging = Paging::new(most(4));
        let first = paging.begin(dated(0..250, 500, 2)).expect("a page");
        assert_eq!(first, Next::Page(2));
        assert_eq!(paging.add(dated(250..500, 500, 2)), Next::Done { complete: true });
        assert!(paging.finish(true).complete);
    }
}
