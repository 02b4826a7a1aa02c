//! The tool `get_obligation`: name, texts, input, output, and the way from arguments to answer.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::model::{JsonObject, Tool as ToolDefinition};
use serde_json::json;

use super::arguments::Arguments;
use super::{Answered, Subject, Tool, add_notes, arguments, read_only, schema, typed};
use crate::answer::ObligationAnswer;
use crate::caller::Caller;
use crate::error::Error;
use crate::lookup::Stage;
use crate::tenant::Tenant;
use crate::wolkvox::{FieldValue, ObligationQuery, Operation};

pub(crate) const NAME: &str = "get_obligation";
/// What the audit log calls an obligation's id: as the field with its name, which is often the same.
const KIND: &str = "obligation";
const ARGUMENTS: &[&str] = &["operation", "obligation", "record_id"];

const DESCRIPTION: &str = "Gets one obligation's balance: amount owed (saldo), days overdue (mora), \
    due date, last payment, portfolio (cartera). record_id is the wolkvox_idRecord of a \
    query_obligation answer; that answer's `obligation` is the NAME, often but not always the id. \
    Amounts and dates (mostly DD-MM-YYYY) are wolkvox's own text; an absent one is unknown, never 0. \
    For contacts use query_obligation.";

/// The tool `get_obligation`.
#[derive(Debug)]
pub struct Obligation(Tenant);

impl Obligation {
    /// Creates the tool for one account.
    pub fn new(tenant: Tenant) -> Self {
        Self(tenant)
    }
}

impl Tool for Obligation {
    fn definition(&self) -> ToolDefinition {
        let properties = json!({
            "obligation": {
                "type": "string", "maxLength": 256,
                "description": "Obligation's id (id de la obligación)",
            },
            "record_id": {
                "type": "string", "maxLength": 256,
                "description": "Case file's id (expediente): wolkvox_idRecord",
            },
        });
        let input = super::input_schema(&self.0, properties, &["obligation", "record_id"]);
        ToolDefinition::new(NAME, DESCRIPTION, input)
            .with_title("Get an obligation's balance")
            .with_raw_output_schema(Arc::new(schema::of::<ObligationAnswer>()))
            .with_annotations(read_only())
    }

    fn subject(&self, arguments: &JsonObject) -> Option<Subject> {
        ObligationRequest::subject(arguments::peek(arguments, "obligation")?)
    }

    fn call<'a>(
        &'a self,
        arguments: JsonObject,
        caller: &'a Arc<Caller>,
        report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Answered<String>, Error>> {
        super::to_json(async move {
            let request = ObligationRequest::from_json(arguments, &self.0)?;
            request.answer(&self.0.asked_by(caller), report).await
        })
    }
}

/// A checked question for one obligation.
#[derive(Clone, Debug)]
pub struct ObligationRequest {
    query: ObligationQuery,
    /// What was read otherwise than it was written, for the answer's hint.
    notes: Vec<String>,
}

impl ObligationRequest {
    /// Checks an obligation's id and its case file's.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if one of them is not usable.
    pub fn new(operation: Operation, obligation: String, case_file: String) -> Result<Self, Error> {
        let mut notes = Vec::new();
        let mut checked = |name, text, example| {
            FieldValue::named(name, typed::visible(name, text, &mut notes), example)
        };
        let obligation = checked("obligation", obligation, "for example FIC-001")?;
        let example = "it is the wolkvox_idRecord of query_obligation's answers";
        let case_file = checked("record_id", case_file, example)?;
        Ok(Self { query: ObligationQuery { operation, obligation, case_file }, notes })
    }

    /// Returns what an obligation's id, as it was typed, asks for, as the audit log knows it.
    pub fn subject(obligation: String) -> Option<Subject> {
        let obligation = typed::visible(KIND, obligation, &mut Vec::new());
        let obligation = FieldValue::parse(obligation).ok()?;
        Some(Subject::new(KIND, obligation.reveal()))
    }

    /// Reads the arguments of a `tools/call`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`], which names the argument and shows what is accepted.
    pub fn from_json(given: JsonObject, tenant: &Tenant) -> Result<Self, Error> {
        let mut given = Arguments::new(given, ARGUMENTS)?;
        let (obligation, case_file) = (given.required("obligation")?, given.required("record_id")?);
        let operation = super::operation(&mut given, tenant)?;
        let mut request = Self::new(operation, obligation, case_file)?;
        request.notes.extend(given.ignored());
        Ok(request)
    }

    /// Answers it. `report` is called with what the look-up is doing.
    ///
    /// # Errors
    ///
    /// Every kind of failure.
    pub async fn answer(
        &self,
        tenant: &Tenant,
        report: impl FnMut(Stage),
    ) -> Result<Answered<ObligationAnswer>, Error> {
        let Self { query, notes } = self;
        let found = tenant.find(&query.clone().into(), report).await?;
        let asked = query.obligation.reveal();
        let mut answer = ObligationAnswer::new(&found, asked, &tenant.mask)?;
        answer.sandbox = tenant.is_sandbox.then_some(true);
        add_notes(&mut answer.hint, notes.iter().map(String::as_str));
        let (records, is_cached) = (found.rows.len(), !found.is_fresh());
        Ok(Answered { answer, records, is_cached })
    }
}
