//! Measures the way from a reply's bytes to an answer, for replies of several sizes: reading (the
//! reply to records), tidying (records to rows) and building (rows to an answer of 20 records).
//! Throughput counts the bytes of the reply.
//!
//! ```sh
//! cargo bench
//! ```

#[path = "side_by_side/src/reply.rs"]
mod reply;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use wolkvox_mcp::Record;
use wolkvox_mcp::answer::{self, Answer, Found, Mask, Reader, Searched, View};
use wolkvox_mcp::wolkvox::Reply;

const SIZES: [usize; 4] = [1, 20, 500, 5_000];

fn main() {
    divan::main();
}

#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, size: usize) {
    let body = reply::of(size);
    bencher.counter(BytesCount::of_str(&body)).bench_local(|| records(black_box(&body)));
}

#[divan::bench(args = SIZES)]
fn tidy(bencher: Bencher<'_, '_>, size: usize) {
    let body = reply::of(size);
    bencher
        .counter(BytesCount::of_str(&body))
        .with_inputs(|| records(&body))
        .bench_local_values(answer::tidy);
}

#[divan::bench(args = SIZES)]
fn build(bencher: Bencher<'_, '_>, size: usize) {
    let body = reply::of(size);
    let found = Found {
        rows: answer::tidy(records(&body)),
        as_of: jiff::Timestamp::UNIX_EPOCH,
        upstream_total: None,
        complete: true,
        cut_short: None,
        blank: 0,
    };
    let searched = Searched { field: "id_customer", value: "900000001", reader: Reader::Model };
    let as_of = found.as_of.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    bencher.counter(BytesCount::of_str(&body)).bench_local(|| {
        Answer::new(black_box(&found), searched, &View::default(), &Mask::default(), &as_of)
    });
}

fn records(body: &str) -> Vec<Record> {
    let reply =
        Reply { status: 200, content_type: Some("application/json"), body: body.as_bytes() };
    reply.read(None).map(|page| page.records).unwrap_or_default()
}
