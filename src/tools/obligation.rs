//! The tool `get_obligation`: name, texts, input, output, and the way from arguments to answer.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, join_all};
use rmcp::model::{JsonObject, Tool as ToolDefinition};
use serde_json::json;

use super::arguments::Arguments;
use super::{Answered, Subject, Tool, arguments, read_only, schema, typed};
use crate::answer::{NamedObligations, ObligationAnswer};
use crate::caller::Caller;
use crate::error::Error;
use crate::language::Bilingual;
use crate::lookup::Stage;
use crate::tenant::Tenant;
use crate::wolkvox::{FieldName, FieldValue, GestionQuery, ObligationQuery, Operation, Query};

pub(crate) const NAME: &str = "get_obligation";
/// What the audit log calls an obligation's id: as the field with its name, which is often the same.
const KIND: &str = "obligation";
/// The field of a gestión that holds its case file's id.
const CASE_FILE: &str = "wolkvox_idRecord";
const ARGUMENTS: &[&str] = &["operation", "obligation", "record_id"];

const DESCRIPTION: &str = "Gets balances: amount owed (saldo), days overdue (mora), due date, last \
    payment, portfolio (cartera). record_id is the wolkvox_idRecord of query_obligation's answers. \
    Without `obligation`: all that the case file's gestiones name, at most 8, a request to wolkvox \
    each and one more (the token has a daily quota). A gestión's `obligation` is the NAME, often but \
    not always the id. Amounts are wolkvox's text without currency; days_delay is wolkvox's, of an \
    unknown day; `unknown` is never 0. For contacts use query_obligation.";

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
                "description": "Obligation's id; leave out for all",
            },
            "record_id": {
                "type": "string", "maxLength": 256,
                "description": "Case file's id (expediente): wolkvox_idRecord",
            },
        });
        let input = super::input_schema(&self.0, properties, &["record_id"]);
        ToolDefinition::new(NAME, DESCRIPTION, input)
            .with_title("Saldo de obligaciones / Obligations' balances")
            .with_raw_output_schema(Arc::new(schema::of::<ObligationAnswer>()))
            .with_annotations(read_only())
    }

    fn subject(&self, arguments: &JsonObject) -> Option<Subject> {
        let text = |name| arguments::peek(arguments, name);
        ObligationRequest::subject(text("obligation"), text("record_id")?)
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

/// A checked question for one obligation, or for all of a case file.
#[derive(Clone, Debug)]
pub struct ObligationRequest {
    operation: Operation,
    case_file: FieldValue,
    /// The one that is asked for; without it, all.
    obligation: Option<FieldValue>,
    /// What was read otherwise than it was written, for the answer's hint.
    notes: Vec<Bilingual>,
}

impl ObligationRequest {
    /// Checks a case file's id and an obligation's.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if one of them is not usable.
    pub fn new(
        operation: Operation,
        obligation: Option<String>,
        case_file: String,
    ) -> Result<Self, Error> {
        static OBLIGATION: Bilingual = Bilingual::new("for example FIC-001", "por ejemplo FIC-001");
        static RECORD_ID: Bilingual = Bilingual::new(
            "it is the wolkvox_idRecord of query_obligation's answers",
            "es el wolkvox_idRecord de una gestión",
        );
        let mut notes = Vec::new();
        let mut checked = |name, text, example| {
            FieldValue::named(name, typed::visible(name, text, &mut notes), example)
        };
        let obligation =
            obligation.map(|text| checked("obligation", text, &OBLIGATION)).transpose()?;
        let case_file = checked("record_id", case_file, &RECORD_ID)?;
        Ok(Self { operation, case_file, obligation, notes })
    }

    /// Returns what an obligation's id, or a case file's without one, asks for, as the audit log
    /// knows it.
    pub fn subject(obligation: Option<String>, case_file: String) -> Option<Subject> {
        let (kind, id) = match obligation {
            Some(obligation) => (KIND, obligation),
            None => (CASE_FILE, case_file),
        };
        let id = FieldValue::parse(typed::visible(kind, id, &mut Vec::new())).ok()?;
        Some(Subject::new(kind, id.reveal()))
    }

    /// Reads the arguments of a `tools/call`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`], which names the argument and shows what is accepted.
    pub fn from_json(given: JsonObject, tenant: &Tenant) -> Result<Self, Error> {
        let mut given = Arguments::new(given, ARGUMENTS)?;
        let (obligation, case_file) = (given.text("obligation")?, given.required("record_id")?);
        let operation = super::operation(&mut given, tenant)?;
        let mut request = Self::new(operation, obligation, case_file)?;
        request.notes.extend(given.ignored());
        Ok(request)
    }

    /// Answers it. `report` is called with what the look-ups are doing.
    ///
    /// # Errors
    ///
    /// Every kind of failure.
    pub async fn answer(
        &self,
        tenant: &Tenant,
        report: impl FnMut(Stage) + Send,
    ) -> Result<Answered<ObligationAnswer>, Error> {
        let mut answered = match &self.obligation {
            Some(obligation) => self.one(obligation, tenant, report).await?,
            None => self.all(tenant, report).await?,
        };
        answered.answer.sandbox = tenant.is_sandbox.then_some(true);
        answered.answer.hint.extend(self.notes.iter().cloned());
        Ok(answered)
    }

    async fn one(
        &self,
        obligation: &FieldValue,
        tenant: &Tenant,
        report: impl FnMut(Stage),
    ) -> Result<Answered<ObligationAnswer>, Error> {
        let query = ObligationQuery {
            operation: self.operation.clone(),
            obligation: obligation.clone(),
            case_file: self.case_file.clone(),
        };
        let found = tenant.find(&query.into(), report).await?;
        let as_of = tenant.clock.at(found.as_of);
        let answer = ObligationAnswer::new(&found, obligation.reveal(), &tenant.mask, &as_of)?;
        Ok(Answered { answer, records: found.rows.len(), is_cached: !found.is_fresh() })
    }

    /// Asks for the obligations that the case file's gestiones name, several at once as far as the
    /// token allows it.
    async fn all(
        &self,
        tenant: &Tenant,
        report: impl FnMut(Stage) + Send,
    ) -> Result<Answered<ObligationAnswer>, Error> {
        let report = Mutex::new(report);
        let told = |stage| (report.lock().unwrap_or_else(PoisonError::into_inner))(stage);
        let query = Query::Gestion(GestionQuery {
            operation: self.operation.clone(),
            field: FieldName::parse(CASE_FILE.to_owned())?,
            value: self.case_file.clone(),
        });
        let gestiones = tenant.find(&query, told).await?;
        let named = NamedObligations::of(&gestiones);
        let ask =
            async |name: &String| self.one(&FieldValue::parse(name.clone())?, tenant, told).await;
        let answers = join_all(named.names.iter().map(ask)).await;
        let is_cached = !gestiones.is_fresh()
            && answers.iter().all(|it| it.as_ref().is_ok_and(|it| it.is_cached));
        let as_of = tenant.clock.at(gestiones.as_of);
        let answers = answers.into_iter().map(|it| it.map(|it| it.answer)).collect();
        let answer = named.answer(answers, &tenant.mask, &as_of)?;
        let records = answer.obligations.len();
        Ok(Answered { answer, records, is_cached })
    }
}
