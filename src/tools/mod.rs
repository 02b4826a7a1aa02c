//! What can be asked, over any transport: each tool's texts, arguments and way to an answer.
//!
//! The names of the tools and of wolkvox's endpoints cross over; this is which is which:
//!
//! | tool | module | endpoint | answer |
//! | --- | --- | --- | --- |
//! | `query_obligation` | `gestiones` | `queryGestion.php` | [`Answer`](crate::answer::Answer) |
//! | `get_obligation` | `obligation` | `queryObligation.php` | [`ObligationAnswer`](crate::answer::ObligationAnswer) |

pub(crate) mod arguments;
mod dispatch;
mod gestiones;
mod obligation;
mod schema;
mod typed;
mod unknown;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::{JsonObject, Tool as ToolDefinition, ToolAnnotations};
use serde::Serialize;
use serde_json::{Value, json};

use self::arguments::Arguments;
pub use self::dispatch::Subject;
pub(crate) use self::dispatch::{AuditLog, Tools};
pub use self::gestiones::{Gestiones, GestionesRequest};
pub(crate) use self::gestiones::{LIMIT, NAME as GESTIONES, OFFSET, columns, filter, to_usize};
pub(crate) use self::obligation::NAME as OBLIGATION;
pub use self::obligation::{Obligation, ObligationRequest};
use crate::caller::Caller;
use crate::error::{Error, internal};
use crate::lookup::Stage;
use crate::tenant::Tenant;
use crate::wolkvox::Operation;

/// An answer, and what is known of how it came.
#[derive(Clone, Debug)]
pub struct Answered<A> {
    /// The answer.
    pub answer: A,
    /// Records that were found; the answer may show fewer.
    pub records: usize,
    /// Whether it came from the cache.
    pub is_cached: bool,
}

/// A tool: one kind of `tools/call`.
pub(crate) trait Tool: Send + Sync {
    /// Describes the tool to a model.
    fn definition(&self) -> ToolDefinition;

    /// Returns what a call asks for, as far as that can be read from its arguments.
    fn subject(&self, _arguments: &JsonObject) -> Option<Subject> {
        None
    }

    /// Answers a call with the text of a JSON object. `report` is called with what it is doing.
    fn call<'a>(
        &'a self,
        arguments: JsonObject,
        caller: &'a Arc<Caller>,
        report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Answered<String>, Error>>;
}

/// Returns a closed input schema: the operation, then `properties`, of which `required` must be
/// given.
fn input_schema(tenant: &Tenant, properties: Value, required: &[&str]) -> JsonObject {
    let (description, mandatory) = match &tenant.operation {
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

/// Takes the operation that a call names, or the configured one.
fn operation(given: &mut Arguments, tenant: &Tenant) -> Result<Operation, Error> {
    let named = given.text("operation")?;
    let is_missing = named.is_none();
    let operation = tenant.operation(named);
    if is_missing { operation.map_err(|error| given.beside(error)) } else { operation }
}

/// Most answers have fewer bytes.
const USUAL_LENGTH: usize = 8 * 1024;

/// Writes a typed answer as the JSON that a client gets.
fn to_json<'a, A: Serialize>(
    answer: impl Future<Output = Result<Answered<A>, Error>> + Send + 'a,
) -> BoxFuture<'a, Result<Answered<String>, Error>> {
    async move {
        let Answered { answer, records, is_cached } = answer.await?;
        let mut text = Vec::with_capacity(USUAL_LENGTH);
        let written = serde_json::to_writer(&mut text, &answer).ok();
        let answer = written.and_then(|()| String::from_utf8(text).ok());
        let answer = answer.ok_or_else(|| internal("an answer cannot be written"))?;
        Ok(Answered { answer, records, is_cached })
    }
    .boxed()
}

/// Returns the annotations of a tool that only reads, from a system that others change.
fn read_only() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).destructive(false).idempotent(true).open_world(true)
}
