//! Puts together the answer about all obligations that a case file's gestiones name.

use std::collections::HashSet;

use jiff::ZonedDateTime;

use super::amount;
use super::filter::text;
use super::obligation::NotFound;
use super::page::with_offset;
use super::{Found, Hints, Mask, ObligationAnswer, Outcome};
use crate::error::Error;
use crate::fields::OBLIGATION;
use crate::language::{Bilingual, bilingual};
use crate::{Record, Value};

/// Most obligations that are asked for, each with a request of its own.
pub const MOST_OBLIGATIONS: usize = 8;

/// The obligations that a case file's gestiones name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedObligations {
    /// Their names, those of the newest gestiones first; at most [`MOST_OBLIGATIONS`].
    pub names: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Why not all gestiones were read, if so.
    pub incomplete: Option<Error>,
    /// Whether there are gestiones.
    pub has_gestiones: bool,
}

impl NamedObligations {
    /// Reads the names.
    pub fn of(found: &Found) -> Self {
        let values = found.rows.iter().filter_map(|row| row.record.get(OBLIGATION));
        let mut seen = HashSet::new();
        let mut names: Vec<String> = values
            .map(|value| text(value).into_owned())
            .filter(|name| seen.insert(name.clone()))
            .collect();
        let more = names.len().saturating_sub(MOST_OBLIGATIONS);
        names.truncate(MOST_OBLIGATIONS);
        let has_gestiones = !found.rows.is_empty();
        let incomplete = (!found.complete).then(|| found.incomplete());
        Self { names, more, incomplete, has_gestiones }
    }

    /// Puts the answers about the single obligations together, each in the place of its name.
    ///
    /// # Errors
    ///
    /// Why nothing can be said, if no obligation was found and not all could be looked up: the first
    /// failure, what ended the reading of gestiones, or [`Error::Incomplete`] for too many names.
    pub fn answer(
        &self,
        answers: Vec<Result<ObligationAnswer, Error>>,
        mask: &Mask,
        as_of: &ZonedDateTime,
    ) -> Result<ObligationAnswer, Error> {
        let (mut obligations, mut not_found): (Vec<Record>, Vec<NotFound>) = Default::default();
        let (mut failed, mut incomplete) = (0, self.incomplete.is_some() || self.more > 0);
        let mut why = None;
        for (name, answer) in self.names.iter().zip(answers) {
            let shown = || {
                let mut shown = Value::from(name.as_str());
                mask.apply(OBLIGATION, &mut shown);
                text(&shown).into_owned()
            };
            match answer {
                Err(error) => {
                    failed += 1;
                    let kind = error.kind();
                    why.get_or_insert(error);
                    let reason = bilingual!(
                        "could not be looked up ({kind}): whether it has a balance is unknown",
                        "no se pudo consultar ({kind}): no se sabe si tiene saldo"
                    );
                    not_found.push(NotFound { name: shown(), reason: reason.into() });
                }
                Ok(one) if one.outcome == Outcome::None => {
                    let reason = Bilingual::new(
                        "no obligation has this name as its id",
                        "ninguna obligación tiene ese nombre como id",
                    );
                    not_found.push(NotFound { name: shown(), reason: reason.into() });
                }
                Ok(one) => {
                    incomplete |= one.incomplete.is_some();
                    obligations.extend(one.obligations);
                }
            }
        }
        incomplete |= failed > 0;
        if obligations.is_empty() && incomplete {
            let (fetched, total) = (self.names.len(), Some((self.names.len() + self.more) as u64));
            let too_many = || Error::Incomplete { fetched, total };
            return Err(why.or_else(|| self.incomplete.clone()).unwrap_or_else(too_many));
        }
        let is_whole = !incomplete && not_found.is_empty();
        let total_balance = balances(&obligations).filter(|_| is_whole && obligations.len() > 1);
        let mut hint = Hints::default();
        hint.extend(self.hints(&obligations, failed, &not_found, total_balance.is_some()));
        let mut answer = ObligationAnswer {
            outcome: if obligations.is_empty() { Outcome::None } else { Outcome::Found },
            total: obligations.len() as u64,
            as_of: with_offset(as_of),
            incomplete: incomplete.then_some(true),
            hint,
            obligations,
            total_balance,
            not_found,
            sandbox: None,
        };
        answer.fit();
        Ok(answer)
    }

    fn hints(
        &self,
        obligations: &[Record],
        failed: usize,
        not_found: &[NotFound],
        has_sum: bool,
    ) -> Vec<Bilingual> {
        let mut hints = Vec::new();
        if !self.has_gestiones {
            hints.push(NO_GESTIONES);
        } else if self.names.is_empty() {
            hints.push(NO_NAMES);
        }
        if self.incomplete.is_some() {
            hints.push(Bilingual::new(
                "INCOMPLETE: not all gestiones of the case file were read; it may have more \
                 obligations.",
                "INCOMPLETO: no se leyeron todas las gestiones del expediente; puede tener más \
                 obligaciones.",
            ));
        }
        if self.more > 0 {
            let more = self.more;
            hints.push(bilingual!(
                "INCOMPLETE: the gestiones name {more} more obligations, which were not asked for.",
                "INCOMPLETO: las gestiones nombran {more} obligaciones más, que no se consultaron."
            ));
        }
        if failed > 0 {
            hints.push(Bilingual::new(
                "INCOMPLETE: some obligations could not be looked up.",
                "INCOMPLETO: algunas obligaciones no se pudieron consultar.",
            ));
        }
        if not_found.len() > failed {
            hints.push(NAME_IS_NO_ID);
        }
        if obligations.len() > 1 && !has_sum {
            hints.push(Bilingual::new(
                "No sum: not every balance is known as a number.",
                "Sin suma: no todos los saldos se conocen como número.",
            ));
        }
        hints
    }
}

const NO_GESTIONES: Bilingual = Bilingual::new(
    "No gestión belongs to this case file: record_id is the wolkvox_idRecord of a gestión, not a \
     document number.",
    "Ninguna gestión es de este expediente: es el wolkvox_idRecord de una gestión, no un documento.",
);
const NO_NAMES: Bilingual = Bilingual::new(
    "The case file's gestiones name no obligation, so that none could be asked for: give its id. \
     This does not mean that nothing is owed.",
    "Las gestiones del expediente no nombran ninguna obligación, así que no se pudo consultar \
     ninguna: dé su id. No significa que no se deba nada.",
);
const NAME_IS_NO_ID: Bilingual = Bilingual::new(
    "A gestión stores an obligation's NAME, which need not be its id: for those under `not_found` \
     give the id. It does not mean that nothing is owed.",
    "Una gestión guarda el NOMBRE de la obligación, que puede no ser su id: para las de `not_found` \
     dé el id. No significa que no se deba nada.",
);

/// Returns the sum of the balances, if every one can be read.
fn balances(obligations: &[Record]) -> Option<String> {
    let balances = obligations.iter().map(|it| it.get("total_balance").and_then(Value::as_str));
    amount::sum(&balances.collect::<Option<Vec<_>>>()?)
}
