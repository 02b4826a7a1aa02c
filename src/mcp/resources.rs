//! The resources: the table of fields for the curious, and the card for hosts that show it. Customers'
//! data are never resources.

use std::fmt::Write;

use rmcp::ErrorData;
use rmcp::model::{JsonObject, MetaObject, ReadResourceResult, Resource, ResourceContents};
use serde_json::json;

use crate::card;
use crate::fields::{FIELDS, Person, Shown};

const FIELDS_URI: &str = "wolkvox://fields";
const MARKDOWN: &str = "text/markdown";

/// Lists the resources, the card among them if it is to be shown.
pub(super) fn list(has_card: bool) -> Vec<Resource> {
    let card = has_card.then(|| {
        Resource::new(card::uri(), "card")
            .with_title("The card of an answer / La tarjeta de una respuesta")
            .with_description("What hosts of MCP Apps show beside the tools' answers")
            .with_mime_type(card::MEDIA_TYPE)
    });
    let fields = Resource::new(FIELDS_URI, "fields")
        .with_title("Fields of a gestión / Campos de una gestión")
        .with_description("Name, meaning in English and Spanish, shown by default or on request")
        .with_mime_type(MARKDOWN);
    std::iter::once(fields).chain(card).collect()
}

/// Returns what leads from a tool to the card.
pub(super) fn link_to_card() -> MetaObject {
    MetaObject(JsonObject::from_iter([("ui".to_owned(), json!({ "resourceUri": card::uri() }))]))
}

/// Reads a resource.
pub(super) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    if card::is_card(uri) {
        // Hosts' defaults differ.
        let ui = json!({ "prefersBorder": true });
        let contents = ResourceContents::text(card::page(), uri)
            .with_mime_type(card::MEDIA_TYPE)
            .with_meta(MetaObject(JsonObject::from_iter([("ui".to_owned(), ui)])));
        return Ok(ReadResourceResult::new(vec![contents]));
    }
    if uri != FIELDS_URI {
        let message = format!("unknown resource; this server has {FIELDS_URI}");
        return Err(ErrorData::resource_not_found(message, Some(json!({ "uri": uri }))));
    }
    let contents = ResourceContents::text(fields(), FIELDS_URI).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![contents]))
}

fn fields() -> String {
    let mut table = "| field | meaning | español | shown | personal |\n\
                     | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for field in FIELDS {
        let shown = match field.shown {
            Shown::Usual => "always",
            Shown::OnRequest => "on request",
        };
        let personal = match field.person {
            Some(Person::Customer) => "customer",
            Some(Person::Employee) => "employee",
            None => "",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {shown} | {personal} |",
            field.name, field.english, field.spanish
        );
    }
    table
}
