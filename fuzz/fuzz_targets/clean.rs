//! Any text at all: cleaning it twice changes nothing, and a value is never longer than asked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wolkvox_mcp::clean;

fuzz_target!(|input: (&str, u8)| {
    let (text, longest) = input;
    let longest = usize::from(longest).max(clean::CUT_MARK.chars().count());
    let once = clean::value(text, longest).into_owned();
    assert!(once.chars().count() <= longest);
    assert_eq!(clean::value(&once, longest), once);
    let whole = clean::single_line(text).into_owned();
    assert_eq!(clean::single_line(&whole), whole);
});
