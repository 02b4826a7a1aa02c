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
    width_of(&Term::stdout()).unwrap_or(WIDTH_ELSEWHERE)
}

/// Returns the width of what people read as it comes; what goes elsewhere has none.
fn width_of(terminal: &Term) -> Option<u16> {
    let told = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    told.filter(|width| (20..=1_000).contains(width))
        .or_else(|| terminal.is_term().then(|| terminal.size().1))
}

/// Breaks each line of a text between its words where standard error is a terminal. Lines that go
/// elsewhere stay whole.
pub(super) fn for_stderr(text: &str) -> String {
    let Some(width) = width_of(&Term::stderr()) else { return text.to_owned() };
    let lines = text.lines().map(|line| {
        let own = line.len() - line.trim_start().len();
        wrapped(line, width, &" ".repeat(own + 2))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Breaks a text between its words where standard output is a terminal, for a column with this
/// before it. Lines that go elsewhere stay whole.
pub(super) fn beside(indent: &str, text: &str) -> String {
    let before = u16::try_from(indent.len()).unwrap_or(u16::MAX);
    match width_of(&Term::stdout()).map(|width| width.saturating_sub(before)) {
        // In a narrower column the text is harder to read than in broken lines.
        Some(width) if width >= 20 => {
            wrapped(text, width, "").replace('\n', &format!("\n{indent}"))
        }
        _ => text.to_owned(),
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
