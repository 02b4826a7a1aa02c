//! Chooses what of the rows an answer shows: the days, the filters, the columns, and what they have
//! in common.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use jiff::civil::Date;

use super::{Filters, Mask, Reader, Row};
use crate::error::Error;
use crate::fields::{self, CUSTOMER, FIELDS, Shown};
use crate::language::bilingual;
use crate::{FieldKey, Record, Value};

/// What an answer shows.
#[derive(Clone, Debug)]
pub struct View {
    /// First day, included.
    pub since: Option<Date>,
    /// Last day, included.
    pub until: Option<Date>,
    /// Which outcomes, channels and obligations.
    pub filters: Filters,
    /// Which fields.
    pub columns: Columns,
    /// Most records, from 1 to 100.
    pub limit: usize,
    /// Records to skip.
    pub offset: usize,
}

/// Which fields an answer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// The usual ones and the tenant's own.
    Usual,
    /// Those and these.
    Also(Vec<String>),
    /// Everything that wolkvox sent.
    All,
}

/// The rows that match a view's days and filters.
pub(super) struct Matches<'a> {
    /// If none is surely on these days, those that may be: the rows without a readable date.
    pub(super) rows: Vec<&'a Row>,
    /// Whether the rows only may be on these days.
    pub(super) is_undecided: bool,
    /// Rows without a readable date that pass the filters, whether they match or not.
    pub(super) undated: usize,
    /// Rows that surely do not match.
    pub(super) others: usize,
}

impl Matches<'_> {
    /// Counts the customers they belong to, by document number.
    pub(super) fn customers(&self) -> usize {
        customers(&self.rows)
    }
}

/// Counts customers by their document numbers.
pub(super) fn customers(rows: &[&Row]) -> usize {
    let numbers = rows.iter().filter_map(|row| row.record.get(CUSTOMER));
    numbers.map(super::filter::text).collect::<HashSet<_, RandomState>>().len()
}

impl Default for View {
    fn default() -> Self {
        Self {
            since: None,
            until: None,
            filters: Filters::default(),
            columns: Columns::Usual,
            limit: 20,
            offset: 0,
        }
    }
}

impl View {
    pub(super) fn is_dated(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Returns whether it leaves anything out.
    pub(super) fn is_narrow(&self) -> bool {
        self.is_dated() || !self.filters.is_empty()
    }

    /// Returns whether all days from one to another are asked for.
    pub(super) fn covers_all(&self, first: Date, last: Date) -> bool {
        self.since.is_none_or(|since| since <= first)
            && self.until.is_none_or(|until| last <= until)
    }

    pub(super) fn matches<'a>(&self, rows: &'a [Row]) -> Matches<'a> {
        let kept = self.filters.keep(rows);
        let undated = kept.iter().filter(|row| row.when.is_none()).count();
        let on_days: Vec<&Row> = kept.iter().copied().filter(|row| self.covers(row)).collect();
        let may_match = if self.is_dated() { undated } else { 0 };
        let others = rows.len() - on_days.len() - may_match;
        let is_undecided = on_days.is_empty() && undated > 0;
        let rows = if is_undecided {
            kept.into_iter().filter(|row| row.when.is_none()).collect()
        } else {
            on_days
        };
        Matches { rows, is_undecided, undated, others }
    }

    fn covers(&self, row: &Row) -> bool {
        match row.when {
            Some(when) => self.covers_all(when.date(), when.date()),
            None => !self.is_dated(),
        }
    }
}

/// Copies of records for one answer.
pub(super) struct Slice {
    /// Fields that all of them share.
    pub(super) common: Option<Record>,
    /// The records without those.
    pub(super) records: Vec<Record>,
}

/// Columns whose names are known to exist.
pub(super) enum Selection {
    Usual(Vec<String>),
    All,
}

impl Columns {
    /// Returns the columns that a list of names asks for; `*` stands for all.
    pub fn named(names: Vec<String>) -> Self {
        if names.iter().any(|name| name == "*") {
            Self::All
        } else if names.is_empty() {
            Self::Usual
        } else {
            Self::Also(names)
        }
    }

    /// Checks the names: each must be in the table of fields or in a record. Case and spaces
    /// around a name do not matter. Where nothing was found there is nothing to check against.
    pub(super) fn resolve(&self, rows: &[Row], reader: Reader) -> Result<Selection, Error> {
        let named = match self {
            Self::All => return Ok(Selection::All),
            Self::Usual => return Ok(Selection::Usual(Vec::new())),
            Self::Also(named) => named,
        };
        let mut chosen = Vec::with_capacity(named.len());
        for name in named {
            let alike = |key: &str| key.eq_ignore_ascii_case(name.trim());
            let documented = fields::find(name)
                .or_else(|| FIELDS.iter().find(|field| alike(field.name)))
                .map(|field| field.name);
            let own = || rows.iter().flat_map(|row| row.record.keys()).find(|key| alike(key));
            match documented.or_else(|| own().map(AsRef::as_ref)) {
                Some(known) => chosen.push(known.to_owned()),
                None if rows.is_empty() => {}
                None => return Err(unknown(name, rows, reader)),
            }
        }
        Ok(Selection::Usual(chosen))
    }
}

fn unknown(name: &str, rows: &[Row], reader: Reader) -> Error {
    const CLOSE: f64 = 0.75;
    const MOST: usize = 3;
    let own: HashSet<&str> =
        rows.iter().flat_map(|row| row.record.keys().map(AsRef::as_ref)).collect();
    let mut close: Vec<(f64, &str)> = FIELDS
        .iter()
        .map(|field| field.name)
        .chain(own)
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness > CLOSE)
        .collect();
    close.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let meant = fields::meant(name);
    let close = close.into_iter().map(|(_, known)| known).filter(|known| Some(*known) != meant);
    let mut close: Vec<_> = meant.into_iter().chain(close).collect();
    close.dedup();
    let names: Vec<_> = close.iter().take(MOST).map(|known| format!("`{known}`")).collect();
    let (columns, all) = (reader.argument("columns"), reader.all_columns());
    let hint = match names.as_slice() {
        [] => bilingual!(
            "Leave {columns} out, or give {all} to see every field.",
            "Quite {columns}, o use {all} para ver todos los campos."
        ),
        names => {
            let names = names.join(", ");
            bilingual!(
                "Close names: {names}. {all} shows every field.",
                "Nombres parecidos: {names}. {all} muestra todos los campos."
            )
        }
    };
    let problem = bilingual!(
        "{columns} names a field that no record has",
        "{columns} nombra un campo que ningún registro tiene"
    );
    Error::invalid_input(problem, hint)
}

impl Selection {
    /// Copies the chosen fields of some rows, what all of them share once, and masks the copies.
    pub(super) fn of(&self, rows: &[&Row], mask: &Mask) -> Slice {
        let copy = |(name, value): (&FieldKey, &Value)| {
            let mut shown = value.clone();
            mask.apply(name, &mut shown);
            (name.clone(), shown)
        };
        let common: Record = match rows {
            // With one record there is nothing to share.
            [] | [_] => Record::default(),
            [first, others @ ..] => {
                let fields =
                    first.record.iter().enumerate().filter(|(_, (name, _))| self.shows(name));
                let is_shared = |(place, (name, value)): &(usize, (&FieldKey, &Value))| {
                    others.iter().all(|it| it.record.get_near(*place, name) == Some(*value))
                };
                fields.filter(is_shared).map(|(_, field)| copy(field)).collect()
            }
        };
        let own = |row: &&Row| {
            self.shown(row).filter(|(name, _)| common.get_same(name).is_none()).map(copy).collect()
        };
        Slice {
            records: rows.iter().map(own).collect(),
            common: (!common.is_empty()).then_some(common),
        }
    }

    fn shown<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a FieldKey, &'a Value)> {
        row.record.iter().filter(|(name, _)| self.shows(name))
    }

    fn shows(&self, name: &FieldKey) -> bool {
        match self {
            Self::All => true,
            Self::Usual(also) => {
                name.documented().is_none_or(|field| field.shown == Shown::Usual)
                    || also.iter().any(|it| name == it.as_str())
            }
        }
    }
}
