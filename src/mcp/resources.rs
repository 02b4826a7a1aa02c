//! The resources for the curious: the table of fields. Customers' data are never resources.

use std::fmt::Write;

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents};
use serde_json::json;

use crate::fields::{FIELDS, Person, Shown};

const FIELDS_URI: &str = "wolkvox://fields";
const MARKDOWN: &str = "text/markdown";

/// Lists the resources.
pub(super) fn list() -> Vec<Resource> {
    vec![
        Resource::new(FIELDS_URI, "fields")
            .with_title("Fields of a gestión / Campos de una gestión")
            .with_description(
                "Name, meaning in English and Spanish, shown by default or on request",
            )
            .with_mime_type(MARKDOWN),
    ]
}

/// Reads a resource.
pub(super) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
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
