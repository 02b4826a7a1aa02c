//! Any bytes at all as a reply: records or an error, never the token, and tidy rows and an answer
//! from the records.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wolkvox_mcp::answer::{
    Answer, Columns, Found, LONGEST_ANSWER, Mask, Reader, Searched, View, tidy,
};
use wolkvox_mcp::wolkvox::{Reply, Token};

const TOKEN: &str = "ficticio-0001";

fuzz_target!(|input: (u16, Option<&str>, &[u8])| {
    let (status, content_type, body) = input;
    let token = Token::parse(TOKEN).expect("a token");
    let Ok(page) = (Reply { status, content_type, body }).read(Some(&token)) else { return };
    let records = serde_json::to_string(&page.records).expect("records are JSON");
    assert!(!records.to_lowercase().contains(TOKEN));
    let came = page.records.len();
    let rows = tidy(page.records);
    let found = Found {
        blank: came - rows.len(),
        rows,
        as_of: Default::default(),
        upstream_total: page.total_records,
        complete: true,
        cut_short: None,
    };
    let view = View { columns: Columns::All, ..View::default() };
    let searched = Searched { field: "id_customer", value: "1", reader: Reader::Model };
    let as_of = found.as_of.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let answer = Answer::new(&found, searched, &view, &Mask::default(), &as_of)
        .expect("columns need no check");
    let json = serde_json::to_string(&answer).expect("an answer is JSON");
    assert!(json.chars().count() < LONGEST_ANSWER);
});
