//! Pages played without a socket.

use std::ops::Range;

use serde_json::json;

use super::*;

/// A page of wolkvox's: which records, and what it says about the whole.
fn page(ids: Range<usize>, records: Option<u64>, pages: Option<u64>) -> Page {
    let record = |id: usize| Record::from_iter([("wolkvox_id".into(), json!(id.to_string()))]);
    let records_of = |ids: Range<usize>| ids.map(record).collect();
    Page { records: records_of(ids), total_records: records, total_pages: pages, ..Page::default() }
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
    let mut next = paging.begin(pages.next().expect("a page"));
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
    let pages = vec![announcing(0..250, 619), announcing(250..499, 619), announcing(499..619, 619)];
    assert_eq!(play(4, pages), (619, true));
    assert_eq!(play(1, vec![announcing(0..3, 20)]), (3, false));
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
    let next = paging.begin(page(0..250, Some(100), Some(3)));
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
    let first = paging.begin(dated(0..250, 1_500, 6));
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
    let first = paging.begin(dated(0..250, 500, 2));
    assert_eq!(first, Next::Page(2));
    assert_eq!(paging.add(dated(250..500, 500, 2)), Next::Done { complete: true });
    assert!(paging.finish(true).complete);
}

#[test]
fn a_total_that_moves_between_pages_leaves_the_whole_in_doubt() {
    let moved = vec![page(0..250, Some(301), Some(2)), page(250..300, Some(300), Some(2))];
    assert_eq!(play(4, moved), (300, false));
}

#[test]
fn a_total_without_a_count_of_pages_is_followed_to_its_end() {
    let counted = |ids: Range<usize>| page(ids, Some(160), None);
    assert_eq!(play(4, vec![counted(0..80), counted(80..160)]), (160, true));
    // As many as the page has may be a count of the page.
    assert_eq!(play(4, vec![page(0..250, Some(250), None), bare(250..300)]), (300, true));
}

#[test]
fn a_page_without_ids_that_comes_again_counts_once() {
    let page = || {
        let record = |n: usize| Record::from_iter([("n".into(), json!(n))]);
        Page { records: (0..250).map(record).collect(), ..Page::default() }
    };
    assert_eq!(play(4, vec![page(), page()]), (250, false));
}

#[test]
fn where_no_total_was_given_none_is_told() {
    let mut paging = Paging::new(most(4));
    paging.begin(bare(0..0));
    assert_eq!(paging.finish(true).total, None);
}

#[test]
fn as_many_pages_as_may_be_fetched_come_in_their_order() {
    let mut paging = Paging::new(most(3));
    assert_eq!(paging.begin(dated(0..250, 750, 3)), Next::Page(2));
}
