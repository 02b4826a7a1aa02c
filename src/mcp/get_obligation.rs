//! The tool `get_obligation`: name, texts, input, output, and the way from arguments to answer.

use std::sync::Arc;

use futures::future::BoxFuture;
use rmcp::model::{JsonObject, Tool as ToolDefinition};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::schema;
use super::tool::{self, Tenant, Tool, read_only};
use crate::answer::{self, ObligationAnswer};
use crate::error::Error;
use crate::lookup::Stage;
use crate::wolkvox::{FieldValue, ObligationQuery};

const NAME: &str = "get_obligation";
const ARGUMENTS: &[&str] = &["operation", "obligation", "record_id"];

const DESCRIPTION: &str = "Gets one obligation's balance: amount owed (saldo), days overdue (mora), \
    due date, last payment, portfolio (cartera). record_id is the wolkvox_idRecord of a \
    query_obligation answer; that answer's `obligation` is the NAME, often but not always the id. \
    Amounts and dates (mostly DD-MM-YYYY) are wolkvox's own text; an absent one is unknown, never 0. \
    For contacts use query_obligation.";

/// The tool `get_obligation`.
#[derive(Debug)]
pub struct GetObligation(Tenant);

impl Tool for GetObligation {
    fn definition(&self) -> ToolDefinition {
        let properties = json!({
            "obligation": {
                "type": ["string", "number"], "maxLength": 256,
                "description": "Obligation's id (id de la obligación)",
            },
            "record_id": {
                "type": "string", "maxLength": 256,
                "description": "Case file's id (expediente): wolkvox_idRecord",
            },
        });
        let input = self.0.input_schema(properties, &["obligation", "record_id"]);
        ToolDefinition::new(NAME, DESCRIPTION, input)
            .with_title("Get an obligation's balance")
            .with_raw_output_schema(Arc::new(schema::of::<ObligationAnswer>()))
            .with_annotations(read_only())
    }

    fn call<'a>(
        &'a self,
        arguments: JsonObject,
        report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Value, Error>> {
        tool::json(self.answer(arguments, report))
    }
}

impl GetObligation {
    /// Builds the tool.
    pub fn new(tenant: Tenant) -> Self {
        Self(tenant)
    }

    /// Answers one call. `report` is called with what the look-up is doing.
    ///
    /// # Errors
    ///
    /// Every kind of failure.
    pub async fn answer(
        &self,
        arguments: JsonObject,
        report: impl FnMut(Stage),
    ) -> Result<ObligationAnswer, Error> {
        let mut given = Arguments::new(arguments, ARGUMENTS)?;
        let (obligation, record) = (given.required("obligation")?, given.required("record_id")?);
        let query = ObligationQuery {
            operation: self.0.operation(&mut given)?,
            obligation: FieldValue::named("obligation", obligation, "for example FIC-001")?,
            case_file: FieldValue::named(
                "record_id",
                record,
                "it is the wolkvox_idRecord of query_obligation's answers",
            )?,
        };
        let asked = query.obligation.clone();
        let found = self.0.find(&query.into(), report).await?;
        let mut answer = answer::obligation(&found, asked.reveal(), &self.0.mask)?;
        answer.sandbox = self.0.sandbox.then_some(true);
        Ok(answer)
    }
}
