//! Strips generated JSON Schemas of what costs tokens and confuses some clients.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// Returns the schema of `T` in JSON Schema 2020-12: without `$schema`, titles, integer formats and
/// unions with null, everything inline.
pub(super) fn of<T: JsonSchema>() -> JsonObject {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut value = schema.to_value();
    tidy(&mut value);
    match value {
        // The tool has a description of its own.
        Value::Object(mut object) => {
            object.shift_remove("description");
            object
        }
        _ => JsonObject::new(),
    }
}

fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.shift_remove("title");
            members.shift_remove("format");
            // These two are the defaults.
            members.retain(|key, value| {
                !(key == "additionalProperties" && *value == true
                    || key == "minimum" && *value == 0)
            });
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
