//! Builds the answer about one obligation: its balance, its delay, its last payment.

use jiff::ZonedDateTime;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::page::{length, shorten_until, with_offset};
use super::summary::days_until;
use super::{Found, Hints, LONGEST_ANSWER, Mask, Outcome, dates};
use crate::error::{Error, ReplyDefect};
use crate::language::Bilingual;
use crate::{FieldKey, Record, Value, clean};

/// The answer about one obligation, or about those of a case file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObligationAnswer {
    /// `none`: looked up, no match
    pub outcome: Outcome,
    /// Matches
    pub total: u64,
    /// When wolkvox answered, in the call centre's time zone
    pub as_of: String,
    /// There are more than are shown
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<bool>,
    /// What to do or mind
    #[serde(skip_serializing_if = "Hints::is_empty")]
    #[schemars(default)]
    pub hint: Hints,
    /// id, name, total_balance, portfolio_type, last_pay, last_pay_date, expiring_date,
    /// days_delay (wolkvox's), days_overdue (from expiring_date, if another), form (the tenant's
    /// own fields), unknown (blank in wolkvox)
    pub obligations: Vec<Record>,
    /// Sum, if all are known
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_balance: Option<String>,
    /// Obligations that gestiones name and that are not in `obligations`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub not_found: Vec<NotFound>,
    /// Fictitious data
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(description = "")]
/// An obligation that a gestión names and that could not be shown.
pub struct NotFound {
    #[schemars(description = "")]
    /// Its name.
    pub name: String,
    #[schemars(description = "")]
    /// Why it is not shown.
    pub reason: Hints,
}

const NOTHING: Bilingual = Bilingual::new(
    "No obligation has this id in this case file. A gestión stores the obligation's NAME, while \
     this needs its ID: look it up in the CRM, or ask for it. record_id is the wolkvox_idRecord of \
     a gestión, not a document number.",
    "Ninguna obligación tiene ese id en este expediente. Una gestión guarda el NOMBRE de la \
     obligación, y aquí se necesita su ID: búsquelo en el CRM o pídalo. El expediente es el \
     wolkvox_idRecord de una gestión, no un documento.",
);
const INCOMPLETE: Bilingual = Bilingual::new(
    "INCOMPLETE: not every obligation that matches is shown.",
    "INCOMPLETO: no se muestran todas las obligaciones que coinciden.",
);

const OTHERS: Bilingual = Bilingual::new(
    "wolkvox also sent an obligation with another id, which is left out.",
    "wolkvox también envió una obligación con otro id, que se deja fuera.",
);

/// The id's key, the form's, and those of its entries (the vendor's page "Query obligation").
const ID: &str = "id";
const FORM: &str = "form";
const ENTRY: (&str, &str) = ("name", "value");

impl ObligationAnswer {
    /// Creates the answer about the obligation with the id `asked`. An amount stays wolkvox's text,
    /// a date that can be read is written YYYY-MM-DD, and what wolkvox left blank is `unknown`.
    /// `as_of` is when wolkvox answered, where the call centre is: its day is today.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedReply`] if wolkvox answered with other obligations only;
    /// [`Error::Incomplete`] if nothing matches and there is more that was not fetched.
    pub fn new(
        found: &Found,
        asked: &str,
        mask: &Mask,
        as_of: &ZonedDateTime,
    ) -> Result<Self, Error> {
        let all = found.rows.iter().map(|row| shown(&row.record)).filter(|it| !it.is_empty());
        let (mut obligations, others): (Vec<Record>, Vec<Record>) =
            all.partition(|it| it.get(ID).is_none_or(|id| is_id(id, asked)));
        if obligations.is_empty() && !others.is_empty() {
            return Err(Error::UnexpectedReply(ReplyDefect::AnotherObligation));
        }
        if obligations.is_empty() && !found.complete {
            return Err(found.incomplete());
        }
        for obligation in &mut obligations {
            explain(obligation, as_of.date());
            obligation.into_iter().for_each(|(name, value)| mask.apply(name, value));
        }
        let hint = if !found.complete {
            Hints::from(INCOMPLETE)
        } else if obligations.is_empty() {
            Hints::from(NOTHING)
        } else if !others.is_empty() {
            Hints::from(OTHERS)
        } else {
            Hints::default()
        };
        let mut answer = Self {
            outcome: if obligations.is_empty() { Outcome::None } else { Outcome::Found },
            total: obligations.len() as u64,
            as_of: with_offset(as_of),
            incomplete: (!found.complete).then_some(true),
            hint,
            obligations,
            total_balance: None,
            not_found: Vec::new(),
            sandbox: None,
        };
        answer.fit();
        Ok(answer)
    }

    /// Makes the answer as short as an answer may be.
    pub(super) fn fit(&mut self) {
        // An id should match one obligation, but a reply with hundreds must not overflow the answer.
        let is_long = |answer: &Self| length(answer) > LONGEST_ANSWER - RESERVE;
        while is_long(self) && self.obligations.len() > 1 {
            let half = self.obligations.len() / 2;
            self.obligations.truncate(half);
            self.incomplete = Some(true);
            self.total_balance = None;
            self.hint = Hints::from(INCOMPLETE);
        }
        if is_long(self) {
            self.hint = Hints::from(SHORTENED);
            let mut obligations = std::mem::take(&mut self.obligations);
            let fits = |obligations: &[Record]| {
                !is_long(&Self { obligations: obligations.to_vec(), ..self.clone() })
            };
            shorten_until(&mut obligations, fits);
            self.obligations = obligations;
        }
        // Thousands of the tenant's own fields must not push out the balance.
        if is_long(self) {
            self.hint = Hints::from(WITHOUT_OWN_FIELDS);
            self.incomplete = Some(true);
            let is_known = |name: &FieldKey, _: &mut Value| {
                KNOWN.contains(&name.as_ref()) || [OVERDUE, UNKNOWN].contains(&name.as_ref())
            };
            self.obligations.iter_mut().for_each(|obligation| obligation.retain(is_known));
        }
    }
}

const SHORTENED: Bilingual = Bilingual::new(
    "This obligation is too long: its values were shortened where marked.",
    "Esta obligación es demasiado larga: sus valores se acortaron donde está marcado.",
);
const WITHOUT_OWN_FIELDS: Bilingual = Bilingual::new(
    "This obligation is too long: the tenant's own fields were left out.",
    "Esta obligación es demasiado larga: se dejaron fuera los campos propios de la empresa.",
);

/// What the answer adds: the days since the due date, and the names of what came blank.
const OVERDUE: &str = "days_overdue";
const UNKNOWN: &str = "unknown";
const DATES: [&str; 2] = ["last_pay_date", DUE];
const DUE: &str = "expiring_date";
const DELAY: &str = "days_delay";

/// Writes amounts as text and dates the way answers show dates, and adds what is not known and what
/// the due date says.
fn explain(obligation: &mut Record, today: Date) {
    for (name, value) in &mut *obligation {
        if let Value::Number(number) = value {
            *value = number.to_string().into();
        }
        if let Value::Text(text) = value
            && DATES.contains(&name.as_ref())
            && let Some(read) = dates::parse(text)
        {
            *text = read.text().into();
        }
    }
    let text = |name: &str| obligation.get(name).and_then(Value::as_str);
    let due = text(DUE).and_then(dates::parse).map(|read| read.when.date());
    let overdue = due.map(|due| days_until(due, today).unwrap_or(0));
    let delay = text(DELAY).and_then(|days| days.trim().parse::<i64>().ok());
    let unknown: Vec<&str> =
        KNOWN.into_iter().filter(|name| !obligation.contains_key(*name)).collect();
    if let Some(overdue) = overdue.filter(|overdue| delay != Some(*overdue))
        && !obligation.contains_key(OVERDUE)
    {
        obligation.insert(OVERDUE.into(), overdue.into());
    }
    if !unknown.is_empty() && !obligation.contains_key(UNKNOWN) {
        obligation.insert(UNKNOWN.into(), unknown.into_iter().collect());
    }
}

/// The keys that the vendor's page "Query obligation" names, but for the form.
pub(super) const KNOWN: [&str; 8] = [
    "id",
    "name",
    "total_balance",
    "portfolio_type",
    "last_pay",
    "last_pay_date",
    "expiring_date",
    "days_delay",
];

/// Characters kept for the sandbox's mark and the hint.
const RESERVE: usize = 500;

/// Returns whether wolkvox's id is the one asked for. PHP may make a number of it, and its
/// database compares without case.
fn is_id(id: &Value, asked: &str) -> bool {
    let asked = clean::single_line(asked).trim().to_lowercase();
    match id {
        Value::Text(id) => clean::single_line(id).trim().to_lowercase() == asked,
        Value::Number(id) => {
            let significant = asked.trim_start_matches('0');
            id.to_string() == if significant.is_empty() { "0" } else { significant }
        }
        _ => false,
    }
}

/// Copies an obligation, without a form whose every field is blank.
fn shown(record: &Record) -> Record {
    let field = |(name, value): (&FieldKey, &Value)| {
        let value = match value {
            Value::List(entries) if name == FORM => by_name(entries.iter()),
            Value::Record(entries) if name == FORM && is_list(entries) => by_name(entries.values()),
            other => other.clone(),
        };
        let is_blank = value.as_record().is_some_and(Record::is_empty);
        (!is_blank).then(|| (name.clone(), value))
    };
    record.iter().filter_map(field).collect()
}

/// Recognises a list that PHP made an object of: all its keys are whole numbers.
fn is_list(record: &Record) -> bool {
    record.keys().all(|key| !key.is_empty() && key.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Turns the form's entries into one object by name. An entry of another shape, one with more than
/// name and value, or a second one of the same name leaves the list as it is.
fn by_name<'a>(entries: impl Iterator<Item = &'a Value> + Clone) -> Value {
    let mut form = Record::default();
    for entry in entries.clone().map(Value::as_record) {
        let name = entry.and_then(|it| it.get(ENTRY.0)?.as_str());
        let value = entry.and_then(|it| it.get(ENTRY.1));
        match (name, value, entry.map_or(0, Record::len)) {
            (Some(name), Some(value), 2) if !form.contains_key(name) => {
                form.insert(name.into(), value.clone());
            }
            // An entry without a value is a blank field.
            (Some(_), None, 1) => {}
            _ => return entries.cloned().collect(),
        }
    }
    form.into()
}
