//! What the tools have in common: whom they ask, and how they present themselves.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::model::{JsonObject, Tool as ToolDefinition, ToolAnnotations};
use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::Arguments;
use crate::answer::Mask;
use crate::error::Error;
use crate::lookup::{DeferredDrop, Lookup, Stage};
use crate::wolkvox::{Operation, Query};

/// A tool: one kind of `tools/call`.
pub(crate) trait Tool: Send + Sync {
    /// Describes the tool to a model.
    fn definition(&self) -> ToolDefinition;

    /// Answers a call with a JSON object. `report` is called with what it is doing.
    fn call<'a>(
        &'a self,
        arguments: JsonObject,
        report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Value, Error>>;
}

/// What one account is asked with.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The door to its server.
    pub lookup: Arc<Lookup>,
    /// Asked when a call names no operation.
    pub operation: Option<Operation>,
    /// What answers mask.
    pub mask: Mask,
    /// Whether answers must say that their data are fictitious.
    pub sandbox: bool,
}

impl Tenant {
    /// Finds what matches. With a mask, a failure comes without wolkvox's own words: they may name
    /// a person.
    pub(super) async fn find(
        &self,
        query: &Query,
        report: impl FnMut(Stage),
    ) -> Result<Arc<DeferredDrop>, Error> {
        let found = self.lookup.find(query, report).await;
        if self.mask.is_empty() { found } else { found.map_err(|error| error.without_words()) }
    }

    /// Takes the operation from the arguments, or the configured one.
    pub(super) fn operation(&self, given: &mut Arguments) -> Result<Operation, Error> {
        match (given.text("operation")?, &self.operation) {
            (Some(named), _) => Operation::parse(named),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(Error::invalid_input(
                "`operation` is missing",
                "It is the company's name (tenant) in wolkvox: ask for it. An administrator can set a \
                 default with WOLKVOX_OPERATION or --operation.",
            )),
        }
    }

    /// Returns a closed input schema: the operation, then `properties`, of which `required` must be
    /// given.
    pub(super) fn input_schema(&self, properties: Value, required: &[&str]) -> JsonObject {
        let (description, mandatory) = match &self.operation {
            Some(default) => {
                (format!("wolkvox operation (tenant); default {}", default.as_str()), None)
            }
            None => ("wolkvox operation (tenant)".to_owned(), Some("operation")),
        };
        let operation = json!({ "type": "string", "maxLength": 128, "description": description });
        let mut all = JsonObject::from_iter([("operation".to_owned(), operation)]);
        if let Value::Object(properties) = properties {
            all.extend(properties);
        }
        let required: Vec<_> = mandatory.iter().chain(required).collect();
        JsonObject::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), Value::Object(all)),
            ("required".to_owned(), json!(required)),
            ("additionalProperties".to_owned(), json!(false)),
        ])
    }
}

/// Turns a tool's typed answer into the JSON that a client gets.
pub(super) fn json<'a, A: Serialize>(
    answer: impl Future<Output = Result<A, Error>> + Send + 'a,
) -> BoxFuture<'a, Result<Value, Error>> {
    async move { serde_json::to_value(answer.await?).map_err(|_| Error::Internal) }.boxed()
}

/// Returns the annotations of a tool that only reads, from a system that others change.
pub(super) fn read_only() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(true)
}
