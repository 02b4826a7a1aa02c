//! stub
use crate::Record;
use crate::error::Error;
use schemars::JsonSchema;
use serde::Serialize;
/// m
#[derive(Clone, Debug, Default)]
pub struct Mask;
impl Mask {
    /// p
    pub fn parse(_: &str) -> Result<Self, String> {
        Ok(Self)
    }
}
/// r
#[derive(Clone, Debug)]
pub struct Row {
    record: Record,
}
/// t
pub fn tidy(records: Vec<Record>, _mask: &Mask) -> Vec<Row> {
    records.into_iter().map(|record| Row { record }).collect()
}
/// f
#[derive(Clone, Debug)]
pub struct Found {
    /// r
    pub rows: Vec<Row>,
    /// r
    pub as_of: jiff::Timestamp,
    /// r
    pub upstream_total: Option<u64>,
    /// r
    pub complete: bool,
}
/// v
#[derive(Clone, Debug)]
pub struct View {
    /// r
    pub since: Option<jiff::civil::Date>,
    /// r
    pub until: Option<jiff::civil::Date>,
    /// r
    pub columns: Columns,
    /// r
    pub limit: usize,
    /// r
    pub offset: usize,
}
/// c
#[derive(Clone, Debug)]
pub enum Columns {
    /// r
    Usual,
    /// r
    Also(Vec<String>),
    /// r
    All,
}
/// s
#[derive(Clone, Copy, Debug)]
pub struct Searched<'a> {
    /// r
    pub field: &'a str,
    /// r
    pub value: &'a str,
}
/// o
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// r
    Found,
    /// r
    None,
}
/// a
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// o
    pub outcome: Outcome,
    /// t
    pub total: u64,
    /// as
    pub as_of: String,
    /// r
    pub records: Vec<Record>,
    /// n
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
    /// s
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
    /// h
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// c
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<Record>,
}
impl Answer {
    /// o
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
    /// o
    pub fn records(&self) -> &[Record] {
        &self.records
    }
    /// c
    pub fn common(&self) -> Option<&Record> {
        None
    }
    /// t
    pub fn total(&self) -> u64 {
        self.total
    }
}
/// b
pub fn build(found: &Found, _: Searched<'_>, view: &View) -> Result<Answer, Error> {
    let records: Vec<Record> =
        found.rows.iter().skip(view.offset).take(view.limit).map(|r| r.record.clone()).collect();
    Ok(Answer {
        outcome: if found.rows.is_empty() { Outcome::None } else { Outcome::Found },
        total: found.rows.len() as u64,
        as_of: found.as_of.to_string(),
        records,
        next_offset: None,
        sandbox: None,
        hint: None,
        common: None,
    })
}
impl Default for View {
    fn default() -> Self {
        Self { since: None, until: None, columns: Columns::Usual, limit: 20, offset: 0 }
    }
}

impl Row {
    /// w
    pub fn weight(&self) -> usize {
        1000
    }
}
