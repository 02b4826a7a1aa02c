//! Masks values that must not leave the call centre's computers.
//!
//! A mask is applied to what an answer shows, after everything was compared and counted: masked
//! values that look alike need not be equal.

use super::distinct::{Distinct, without_number};
use super::mask_list::{self, Group, INNER, Name, is_label};
use crate::error::MaskError;
use crate::fields::{self, Person};
use crate::{FieldKey, Record, Text, Value};

/// The fields that are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// The documented fields that tell of customers.
    personal: bool,
    /// The documented fields that tell of the call centre's people.
    employees: bool,
    names: Vec<Name>,
}

/// Characters of a value that stay readable, of long ones.
const READABLE: usize = 4;

impl Mask {
    /// Reads a comma-separated list of field names; `personal` stands for all fields that tell of
    /// customers, `employees` for those that tell of the call centre's people.
    ///
    /// # Errors
    ///
    /// What is wrong with a name that is blank, cannot be a field's, or is nearly a group's.
    pub fn parse(list: &str) -> Result<Self, MaskError> {
        let (groups, names) = mask_list::read(list)?;
        let has = |group| groups.contains(&group);
        Ok(Self { personal: has(Group::Personal), employees: has(Group::Employees), names })
    }

    /// Returns whether it masks nothing.
    pub fn is_empty(&self) -> bool {
        !self.personal && !self.employees && self.names.is_empty()
    }

    /// Returns the names that are no documented field's, each with the field that it most likely
    /// means. They may be a tenant's own.
    pub fn unknown_names(&self) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        let unknown = self.names.iter().filter(|name| !name.is_known());
        unknown.map(|name| (name.written.as_str(), fields::likeliest(&name.written)))
    }

    /// Masks the value of a field, if the field is to be masked; else what is to be masked inside
    /// it, by its name there.
    pub(super) fn apply(&self, field: &str, value: &mut Value) {
        if self.is_empty() {
            return;
        }
        if self.covers(field) { mask(value) } else { self.apply_inside(value) }
    }

    /// Returns whether a field is to be masked, by its name as people take it: the spelling,
    /// accents, spaces and a number that tells it from another do not matter.
    pub(super) fn covers(&self, field: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let field = without_number(field);
        match fields::find_folded(field).and_then(|known| known.person) {
            Some(Person::Customer) if self.personal => true,
            Some(Person::Employee) if self.employees => true,
            _ => {
                let compared = fields::compared(field);
                self.names.iter().any(|name| name.compared == compared)
            }
        }
    }

    fn apply_inside(&self, value: &mut Value) {
        match value {
            Value::List(items) => match &mut **items {
                // A pair of a name and its value.
                [Value::Text(name), rest @ ..] if self.covers(name) => {
                    rest.iter_mut().for_each(mask)
                }
                items => items.iter_mut().for_each(|item| self.apply_inside(item)),
            },
            Value::Record(record) => {
                let names = |(key, value): (&FieldKey, &Value)| {
                    is_label(key) && value.as_str().is_some_and(|name| self.covers(name))
                };
                let is_entry = record.iter().any(names);
                for (key, value) in &mut **record {
                    if is_entry && !is_label(key) { mask(value) } else { self.apply(key, value) }
                }
            }
            Value::Text(text) => self.apply_to_json(text),
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    /// Masks inside a text that is JSON. One that only looks like it, as when it was cut, is masked
    /// whole if it names a field to be masked.
    fn apply_to_json(&self, text: &mut Text) {
        if !text.contains(['{', '[']) {
            return;
        }
        match serde_json::from_str(text) {
            Ok(mut inner @ (Value::List(_) | Value::Record(_))) => {
                let before = inner.clone();
                self.apply_inside(&mut inner);
                if inner != before {
                    *text = inner.to_string().into();
                }
            }
            _ => {
                let plain = text.replace("&quot;", "\"");
                if plain.split(is_json_mark).any(|word| self.covers(word)) {
                    *text = masked(text).into();
                }
            }
        }
    }
}

/// Returns whether a character stands between the names and values of JSON and its kin.
fn is_json_mark(letter: char) -> bool {
    "\"'{}[]:=>,;&\\".contains(letter)
}

/// Masks every text and number, in nested values too, and the keys that may be values.
fn mask(value: &mut Value) {
    match value {
        Value::Text(text) if text.is_empty() => {}
        Value::Text(text) => *text = masked(text).into(),
        Value::Number(number) => *value = masked(&number.to_string()).into(),
        Value::List(items) => items.iter_mut().for_each(mask),
        Value::Record(record) => mask_record(record),
        Value::Null | Value::Bool(_) => {}
    }
}

fn mask_record(record: &mut Record) {
    record.values_mut().for_each(mask);
    let is_name =
        |key: &str| is_label(key) || INNER.contains(&key) || fields::find_folded(key).is_some();
    if record.keys().all(|key| is_name(key)) {
        return;
    }
    let mut distinct = Distinct::default();
    for (key, value) in std::mem::take(record) {
        let key = if is_name(&key) { key } else { masked(&key).into() };
        let key = distinct.name(key, |key| record.contains_key(key));
        record.insert(key, value);
    }
}

/// Leaves the last four characters, and of short values at most a third.
pub(super) fn masked(text: &str) -> String {
    let length = text.chars().count();
    let hidden = length - READABLE.min(length / 3);
    "•••".chars().chain(text.chars().skip(hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json;

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
    fn a_group_covers_what_the_table_of_fields_says_inner_fields_too() {
        let mask = Mask::parse("employees").expect("a mask");
        assert!(!mask.covers("client_name") && mask.covers("agent_name"));
        let mut owner = json!({ "user": "agent_1001", "id": 1000000000001_u64, "email": "" });
        mask.apply("wolkvox_owner", &mut owner);
        assert_eq!(owner, json!({ "user": "•••001", "id": "•••0001", "email": "" }));
        let mask = Mask::parse("personal, Mi Campo").expect("a mask");
        for (field, masked) in [
            ("id_customer", true),
            ("client_telephone", true),
            ("mi campo ", true),
            ("agent_name", false),
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

    fn shown(list: &str, field: &str, mut value: Value) -> Value {
        Mask::parse(list).expect("a mask").apply(field, &mut value);
        value
    }

    #[test]
    fn a_name_is_compared_as_people_take_it() {
        for (list, field) in [
            ("Otro teléfono", "Otro tele\u{301}fono"),
            ("Otro tele\u{301}fono", "otro telefono"),
            ("Otro teléfono", "Otro  teléfono"),
            ("Otro teléfono", "Otro\u{a0}teléfono"),
            ("Otro teléfono", "Otro\u{200b} teléfono "),
            ("Otro teléfono", "Otro teléfono (2)"),
            ("tipification_description", "tipifycation_desc"),
            ("tipification_desc", "tipification_description"),
            ("tipifycation_code", "tipification_code"),
            ("CLIENT NAME", "client_name"),
            ("personal", "Client_Name"),
            ("personal", "client\u{200b}_name"),
            ("personal", "client_name (2)"),
        ] {
            assert_eq!(shown(list, field, json!("900000001")), "•••001", "{list}: {field:?}");
        }
        for (list, field) in [("tipification_code", "tipification_description"), ("a b", "ab")] {
            assert_eq!(shown(list, field, json!("900000001")), "900000001", "{list}: {field}");
        }
    }

    #[test]
    fn every_shape_of_a_forms_entry_is_masked() {
        let list = "Otro teléfono";
        for (entry, masked) in [
            (json!({ "Name": list, "Value": "300123" }), json!({ "Name": list, "Value": "•••23" })),
            (
                json!({ "name": list, "values": ["300123", 7] }),
                json!({ "name": list, "values": ["•••23", "•••"] }),
            ),
            (
                json!({ "name": "Otro\u{200b} tele\u{301}fono", "value": 300_123 }),
                json!({ "name": "Otro\u{200b} tele\u{301}fono", "value": "•••23" }),
            ),
            (
                json!({ "campo": list, "valor": "300123" }),
                json!({ "campo": list, "valor": "•••23" }),
            ),
            (json!([list, "300123"]), json!([list, "•••23"])),
            (json!({ "Otro\u{a0}teléfono": "300123" }), json!({ "Otro\u{a0}teléfono": "•••23" })),
        ] {
            assert_eq!(shown(list, "form", json!([entry])), json!([masked]), "{entry}");
        }
    }

    #[test]
    fn json_inside_a_text_is_masked_by_its_names_or_whole() {
        let inside = |text: &str| shown("personal", "datos", json!(text));
        assert_eq!(
            inside(r#" {"client_name":"Ana Ficticia","x":[{"name":"id_customer","value":9}]}"#),
            r#"{"client_name":"•••icia","x":[{"name":"id_customer","value":"•••"}]}"#
        );
        for cut in [
            r#"{"client_name":"Ana Ficticia","…[cut]"#,
            r#"ver: {"client_name":"Ana Ficticia"}"#,
            r"{'client_name': 'Ana Ficticia'}",
            r#"{\"Client_Name\":\"Ana Ficticia\"}"#,
            "{&quot;client_name&quot;:&quot;Ana Ficticia&quot;}",
            "[client_name=Ana Ficticia]",
        ] {
            let masked = inside(cut);
            assert!(!masked.to_string().contains("Ana"), "{cut}: {masked}");
        }
        for other in ["[1] llamar a Ana", r#"{"x":"Ana"}"#, "{client", r#"{"x": 10.50}"#] {
            assert_eq!(inside(other), other);
        }
    }

    #[test]
    fn keys_that_are_values_are_masked_with_their_field() {
        let value = json!({ "573000000001": true, "573000001001": 5, "email": "ana@example.com" });
        assert_eq!(
            shown("personal", "client_telephone", value),
            json!({ "•••0001": true, "•••1001": "•••", "email": "•••.com" })
        );
        let alike = json!({ "30000001": true, "31000001": true });
        assert_eq!(
            shown("personal", "client_telephone", alike),
            json!({ "•••01": true, "•••01 (2)": true })
        );
    }

    #[test]
    fn a_list_is_a_name_and_its_value_only_if_the_name_is_masked() {
        let list = json!([["client_name", "Ana"], ["Canal", "WhatsApp"]]);
        let masked = json!([["client_name", "•••a"], ["Canal", "WhatsApp"]]);
        assert_eq!(shown("personal", "form", list), masked);
    }

    #[test]
    fn a_mask_is_empty_only_if_it_names_nothing() {
        assert!(Mask::default().is_empty());
        for list in ["personal", "employees", "Canal"] {
            assert!(!Mask::parse(list).expect("a mask").is_empty(), "{list}");
        }
    }
}
