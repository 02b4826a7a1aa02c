//! Masks values that must not leave the call centre's computers.

use serde_json::Value;

use crate::error::MaskError;
use crate::fields::FIELDS;

/// The fields that are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// All fields that the table of fields calls personal.
    personal: bool,
    /// Further fields, in lower case.
    names: Vec<String>,
}

const PERSONAL: &str = "personal";
/// Characters of a value that stay readable, of long ones.
const READABLE: usize = 4;

impl Mask {
    /// Reads a comma-separated list of field names; `personal` stands for all personal fields.
    ///
    /// # Errors
    ///
    /// A blank name in the list, or one that is nearly `personal`.
    pub fn parse(list: &str) -> Result<Self, MaskError> {
        let names: Vec<String> = list.split(',').map(|name| name.trim().to_lowercase()).collect();
        if names.iter().any(String::is_empty) {
            return Err(MaskError::BlankName);
        }
        let personal = names.iter().any(|name| name == PERSONAL);
        // Read as a tenant's field it would mask nothing, unnoticed.
        let is_nearly =
            |name: &String| strsim::normalized_damerau_levenshtein(name, PERSONAL) > 0.7;
        if !personal && names.iter().any(is_nearly) {
            return Err(MaskError::NearGroup);
        }
        Ok(Self { personal, names: names.into_iter().filter(|name| name != PERSONAL).collect() })
    }

    /// Masks the value of a field, if the field is to be masked; else what is to be masked inside
    /// it, by its name there. wolkvox sends an obligation's own fields as a list of `name` and
    /// `value`.
    pub(super) fn apply(&self, field: &str, value: &mut Value) {
        if self.is_none() {
            return;
        }
        if self.covers(field) {
            return mask(value);
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply("", item)),
            Value::Object(members) => {
                let named = members.get("name").and_then(Value::as_str);
                let is_named = named.is_some_and(|name| self.covers(name));
                for (name, member) in members {
                    if is_named && name == "value" {
                        mask(member)
                    } else {
                        self.apply(name, member)
                    }
                }
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn is_none(&self) -> bool {
        !self.personal && self.names.is_empty()
    }

    fn covers(&self, field: &str) -> bool {
        let field = field.trim();
        self.personal
            && FIELDS.iter().any(|known| known.personal && known.name.eq_ignore_ascii_case(field))
            || !self.names.is_empty() && self.names.contains(&field.to_lowercase())
    }
}

/// Masks every text and number, in nested values too.
fn mask(value: &mut Value) {
    match value {
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => *text = masked(text),
        Value::Number(number) => *value = Value::String(masked(&number.to_string())),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => members.values_mut().for_each(mask),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Leaves the last four characters, and of short values at most a third.
fn masked(text: &str) -> String {
    let length = text.chars().count();
    let hidden = length - READABLE.min(length / 3);
    "•••".chars().chain(text.chars().skip(hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_masked_value_shows_its_last_four_characters_and_a_short_one_less() {
        for (text, shown) in [
            ("900000001", "•••001"),
            ("3000000000001", "•••0001"),
            ("Íñigo", "•••o"),
            ("ab", "•••"),
            ("agente@example.com", "•••.com"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn personal_covers_what_the_table_of_fields_calls_personal_inner_fields_too() {
        let mask = Mask::parse("personal, Mi Campo").expect("a mask");
        let mut owner = json!({ "user": "agent_1001", "id": 1000000000001_u64, "email": "" });
        mask.apply("wolkvox_owner", &mut owner);
        assert_eq!(owner, json!({ "user": "•••001", "id": "•••0001", "email": "" }));
        for (field, masked) in [
            ("id_customer", true),
            ("client_telephone", true),
            ("mi campo ", true),
            ("date", false),
        ] {
            let mut value = json!("900000001");
            mask.apply(field, &mut value);
            assert_eq!(value == json!("•••001"), masked, "{field}");
        }
    }

    #[test]
    fn fields_inside_fields_are_masked_by_their_names() {
        let mask = Mask::parse("teléfono,personal").expect("a mask");
        let mut form = json!([
            { "name": "Teléfono ", "value": "3000000001" },
            { "name": "client_name", "value": "Cliente" },
            { "name": "Frecuencia", "value": "Mensual" },
            { "cliente": { "Client_Name ": "Cliente", "edad": 40 } },
            "3000000001",
        ]);
        mask.apply("form", &mut form);
        assert_eq!(
            form,
            json!([
                { "name": "Teléfono ", "value": "•••001" },
                { "name": "client_name", "value": "•••te" },
                { "name": "Frecuencia", "value": "Mensual" },
                { "cliente": { "Client_Name ": "•••te", "edad": 40 } },
                "3000000001",
            ])
        );
    }

    #[test]
    fn a_list_with_a_blank_name_or_a_slip_is_refused() {
        assert!(Mask::parse("personal,,date").is_err());
        for slip in ["personales", "Personl", "persona"] {
            assert!(Mask::parse(slip).is_err(), "{slip}");
        }
        assert!(Mask::parse("PERSONAL, persona").is_ok(), "a tenant's field beside it");
        assert!(Mask::parse("id_customer").is_ok());
    }
}
