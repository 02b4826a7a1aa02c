//! Keeps text and tables for people within the width there is, without breaking words.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use console::{Term, measure_text_width};
use textwrap::{Options, WordSplitter};

/// What goes into a file or a pipe is this wide.
const WIDTH_ELSEWHERE: u16 = 120;

/// A line under the names, and none between the rows.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Returns how wide a line may be: as `COLUMNS` says (POSIX, "Environment Variables"), or the
/// terminal.
pub(super) fn width() -> u16 {
    let terminal = Term::stdout();
    let told = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    match told.filter(|width| (20..=1_000).contains(width)) {
        Some(width) => width,
        None if terminal.is_term() => terminal.size().1,
        None => WIDTH_ELSEWHERE,
    }
}

/// Breaks a text between its words; further lines are indented.
pub(super) fn wrapped(text: &str, width: u16, indent: &str) -> String {
    let options = Options::new(width.into())
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// Begins a table as this program shows them.
pub(super) fn table_of(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    table
}

/// Writes a table, if every word of it fits into its column in the width there is.
pub(super) fn table(header: &[String], rows: &[Vec<String>], width: u16) -> Option<String> {
    // A blank of the cell's, and one between two columns.
    const BETWEEN: usize = 2;
    let longest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(header.get(column));
        cells.flat_map(|cell| cell.split_whitespace()).map(measure_text_width).max().unwrap_or(0)
    };
    let words: Vec<usize> = (0..header.len()).map(longest).collect();
    if words.iter().map(|word| word + BETWEEN).sum::<usize>() > width.into() {
        return None;
    }
    let mut table = table_of(width);
    table.set_header(header);
    table.add_rows(rows);
    for (column, word) in table.column_iter_mut().zip(words) {
        let least = u16::try_from(word + 1).unwrap_or(u16::MAX);
        column.set_padding((0, 1));
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    Some(table.trim_fmt() + "\n")
}
