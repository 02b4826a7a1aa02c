//! What one account is asked with, over any transport.

use std::borrow::Cow;
use std::sync::Arc;

use crate::answer::Mask;
use crate::caller::{Budgets, Caller, Origin};
use crate::clock::Clock;
use crate::error::Error;
use crate::language::Bilingual;
use crate::lookup::{Lookup, Shared, Stage};
use crate::wolkvox::{Operation, Query};

/// One account: whom to ask, and what it asks for by default.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The way to its server, within the limits of its token.
    pub lookup: Arc<Lookup>,
    /// Operation to ask when a call names none.
    pub operation: Option<Operation>,
    /// Fields that answers mask.
    pub mask: Mask,
    /// Which day it is where the call centre is.
    pub clock: Clock,
    /// Whether answers must say that their data are fictitious.
    pub is_sandbox: bool,
    /// What each person has asked so far.
    pub budgets: Budgets,
    /// Who asks, if people are told apart.
    pub caller: Option<Arc<Caller>>,
}

impl Tenant {
    /// Creates an account that asks without limits of its own, for anybody.
    pub fn new(
        lookup: Arc<Lookup>,
        operation: Option<Operation>,
        mask: Mask,
        is_sandbox: bool,
    ) -> Self {
        let (clock, budgets) = (Clock::default(), Budgets::default());
        Self { lookup, operation, mask, clock, is_sandbox, budgets, caller: None }
    }

    /// Returns the account as this caller may ask it: with the mask and within the budget of the
    /// caller's role.
    pub fn asked_by(&self, caller: &Arc<Caller>) -> Cow<'_, Self> {
        if caller.origin == Origin::System {
            return Cow::Borrowed(self);
        }
        let mask = caller.role.mask.clone().unwrap_or_else(|| self.mask.clone());
        Cow::Owned(Self { mask, caller: Some(Arc::clone(caller)), ..self.clone() })
    }

    /// Finds what matches. With a mask, a failure comes without wolkvox's own words: they may name
    /// a person.
    ///
    /// # Errors
    ///
    /// Those of [`Lookup::find`] and [`Budgets::admit`].
    pub async fn find(&self, query: &Query, report: impl FnMut(Stage)) -> Result<Shared, Error> {
        let found = match &self.caller {
            None => self.lookup.find(query, report).await,
            Some(caller) => {
                self.budgets.admit(caller, &self.clock).await?;
                self.lookup.find_for(&caller.person(), query, report).await
            }
        };
        if self.mask.is_empty() { found } else { found.map_err(|error| error.without_words()) }
    }

    /// Returns the operation that a call names, or the configured one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if it is not usable, or if there is none.
    pub fn operation(&self, named: Option<String>) -> Result<Operation, Error> {
        match (named, &self.operation) {
            (Some(named), _) => Operation::parse(named),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(Error::invalid_input(
                Bilingual::new("`operation` is missing", "falta `operation`"),
                Bilingual::new(
                    "It is the company's name (tenant) in wolkvox: ask for it. An administrator \
                     can set a default with WOLKVOX_OPERATION or --operation.",
                    "Es el nombre de la empresa en wolkvox: pregúntelo. Un administrador puede \
                     fijarlo con WOLKVOX_OPERATION o --operation.",
                ),
            )),
        }
    }
}
