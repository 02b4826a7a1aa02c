//! What one account is asked with, over any transport.

use std::sync::Arc;

use crate::error::Error;
use crate::lookup::Lookup;
use crate::wolkvox::Operation;

/// One account: whom to ask, and what it asks for by default.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The way to its server, within the limits of its token.
    pub lookup: Arc<Lookup>,
    /// Operation to ask when a call names none.
    pub operation: Option<Operation>,
    /// Whether answers must say that their data are fictitious.
    pub is_sandbox: bool,
}

impl Tenant {
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
                "`operation` is missing",
                "It is the company's name (tenant) in wolkvox: ask for it. An administrator can set a \
                 default with WOLKVOX_OPERATION or --operation.",
            )),
        }
    }
}
