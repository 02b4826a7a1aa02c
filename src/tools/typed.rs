//! A field's name and a value as they are typed, read as they are meant. What is changed in a value
//! is said in the answer; neither is ever repeated.

use crate::answer::Reader;
use crate::error::Error;
use crate::language::{Bilingual, bilingual};
use crate::wolkvox::{FieldName, FieldValue};
use crate::{clean, fields};

/// The field that holds document numbers, which are digits.
const DOCUMENT: &str = "id_customer";
/// What people put between the digits of a number.
const SEPARATORS: [char; 6] = ['.', ' ', '\'', '\u{2019}', '\u{b4}', ','];
/// Fewer digits in groups may be a decimal number.
const FEWEST_DIGITS: usize = 6;
/// Far longer than a name may be.
const LONGEST: usize = 1_000;

/// Reads the name of the field to search by: a documented one however it is typed, any other name
/// as it stands.
///
/// A name in double quotes always stands for itself, so that a tenant's own field can be searched
/// though its name is a word for a documented one.
pub(super) fn field(text: String, reader: Reader) -> Result<FieldName, Error> {
    if text.len() > LONGEST {
        return FieldName::parse(text);
    }
    let quoted = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(own) = quoted {
        return FieldName::parse(own.to_owned());
    }
    if let Some(documented) = fields::documented(&text) {
        return FieldName::parse(documented.name.to_owned());
    }
    let Some(meant) = fields::meant(&text) else { return FieldName::parse(text) };
    let field = reader.argument("field");
    let quotes = match reader {
        Reader::Model => Bilingual::new("double quotes", "comillas dobles"),
        // A shell takes off the outer ones.
        Reader::Terminal => {
            Bilingual::new("two kinds of quotes: '\"…\"'", "comillas dobles y simples: '\"…\"'")
        }
    };
    Err(Error::invalid_input(
        bilingual!(
            "{field} is not a field's name (did you mean `{meant}`?)",
            "{field} no es el nombre de un campo (¿quiso decir `{meant}`?)"
        ),
        bilingual!(
            "Nothing was looked up. If it is really a tenant's own field, put its name in {quotes}.",
            "No se consultó nada. Si de verdad es un campo propio de la empresa, ponga su nombre \
             entre {quotes}.",
            quotes
        ),
    ))
}

/// Returns a column's name: a documented one however it is typed, any other as it stands.
pub(super) fn column(name: String) -> String {
    if name.len() > LONGEST {
        return name;
    }
    fields::documented(&name).map_or(name, |documented| documented.name.to_owned())
}

/// Reads the value to look for in a field.
pub(super) fn value(
    field: &FieldName,
    text: String,
    notes: &mut Vec<Bilingual>,
) -> Result<FieldValue, Error> {
    let value = FieldValue::parse(visible("value", text, notes))?;
    match grouped_digits(value.reveal()).filter(|_| field.as_str() == DOCUMENT) {
        None => Ok(value),
        Some(digits) => {
            notes.push(Bilingual::new(
                "`value` was searched without the separators between its digits.",
                "El valor se buscó sin los separadores entre sus dígitos.",
            ));
            FieldValue::parse(digits)
        }
    }
}

/// Takes off what nobody sees: invisible characters, and blanks around a text. Blanks of unusual
/// width become spaces.
pub(super) fn visible(argument: &str, text: String, notes: &mut Vec<Bilingual>) -> String {
    let trimmed = text.trim();
    if trimmed.contains(char::is_control) {
        // It is refused: a line break in the middle may stand between two values.
        return text;
    }
    let cleaned = clean::single_line(trimmed).trim().to_owned();
    if cleaned != text {
        notes.push(bilingual!(
            "Removed from `{argument}`: invisible characters, or spaces around it.",
            "Se quitó de `{argument}`: caracteres invisibles, o espacios alrededor."
        ));
    }
    cleaned
}

/// Returns the digits of a number in groups of three (`900.000.001`, `1'020.304.050`). Any other
/// grouping is left alone: `900000001-5` has a check digit, and `12.5` is another number.
fn grouped_digits(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(SEPARATORS).collect();
    let [first, others @ ..] = groups.as_slice() else { return None };
    let is_number = |group: &str| group.bytes().all(|it| it.is_ascii_digit());
    let is_regular = (1..=3).contains(&first.len())
        && !others.is_empty()
        && others.iter().all(|group| group.len() == 3)
        && groups.iter().all(|group| is_number(group));
    // A comma beside a point stands before decimals.
    let is_mixed = text.contains(',') && text.contains('.');
    let digits = groups.concat();
    (is_regular && !is_mixed && digits.len() >= FEWEST_DIGITS).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Result<String, Error> {
        field(name.to_owned(), Reader::Model).map(|it| it.as_str().to_owned())
    }

    fn searched(field: &str, typed: &str) -> (String, usize) {
        let mut notes = Vec::new();
        let field = FieldName::parse(field.to_owned()).expect("a field");
        let value = value(&field, typed.to_owned(), &mut notes).expect("a value");
        (value.reveal().to_owned(), notes.len())
    }

    #[test]
    fn a_documented_field_is_read_however_it_is_typed_and_another_stays_as_it_is() {
        for (typed, name) in [
            ("ID_CUSTOMER", "id_customer"),
            (" id_customer ", "id_customer"),
            ("id customer", "id_customer"),
            ("wolkvox-idrecord", "wolkvox_idRecord"),
            ("\"id_customer\"", "id_customer"),
            ("Otro teléfono", "Otro teléfono"),
            ("Radicado ", "Radicado "),
            ("\"Celular\"", "Celular"),
            ("tipification_desc", "tipification_desc"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(name), "{typed}");
        }
    }

    #[test]
    fn a_word_for_a_field_is_answered_with_its_name_and_not_repeated() {
        let error = read("Cédula").expect_err("refused").for_model();
        assert!(
            error.starts_with(
                "invalid_input: `field` is not a field's name (did you mean `id_customer`?)"
            ),
            "{error}"
        );
        assert!(!error.contains("dula"), "{error}");
    }

    #[test]
    fn what_nobody_sees_is_taken_off_a_value_and_told() {
        for typed in [
            "\u{202a}900000001\u{202c}",
            "900000001\u{200b}",
            "\u{feff}900000001",
            "900\u{ad}000001",
            "900\u{2060}000001",
            "\u{a0}900000001\u{202f}",
            " 900000001 ",
            "900000001\r\n",
            "900000001\u{2066}",
        ] {
            assert_eq!(
                searched("client_telephone", typed),
                ("900000001".to_owned(), 1),
                "{typed:?}"
            );
        }
        let told = ("310 456".to_owned(), 1);
        assert_eq!(searched("client_telephone", "310\u{a0}456"), told);
        for typed in ["900000001", "007", "Íñigo Muñoz", "\"quoted\"", "👩‍👧", "a  b"] {
            assert_eq!(searched("agent_name", typed), (typed.to_owned(), 0), "{typed:?}");
        }
    }

    #[test]
    fn control_characters_inside_a_value_are_refused() {
        let field = FieldName::parse("id_customer".to_owned()).expect("a field");
        for typed in ["1\n2", "1\u{0}2", "1\u{9b}2", "\u{200b}", "  "] {
            assert!(value(&field, typed.to_owned(), &mut Vec::new()).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn a_document_number_in_groups_is_searched_as_digits_and_told() {
        for typed in [
            "900.000.001",
            "900 000 001",
            "900'000'001",
            "900\u{2019}000\u{2019}001",
            "900'000.001",
            "900,000,001",
        ] {
            assert_eq!(searched("id_customer", typed), ("900000001".to_owned(), 1), "{typed}");
        }
        let both = searched("id_customer", " 900\u{a0}000\u{a0}001");
        assert_eq!(both, ("900000001".to_owned(), 2));
        assert_eq!(searched("id_customer", "1'020.304.050").0, "1020304050");
    }

    #[test]
    fn a_number_that_may_be_another_one_is_searched_as_typed() {
        for typed in [
            "900000001-5",
            "900.000.001-5",
            "900 000 001 5",
            "900000001.0",
            "900.000,001",
            "12.5",
            "12.500",
            "1.0000.001",
            "900..001",
            ".900.000",
            "900.000.",
            "CC 900.000.001",
            "9000.001",
        ] {
            assert_eq!(searched("id_customer", typed), (typed.to_owned(), 0), "{typed}");
        }
        for field in ["client_telephone", "customer_id", "obligation", "Documento 2"] {
            assert_eq!(searched(field, "900.000.001"), ("900.000.001".to_owned(), 0), "{field}");
        }
    }
}
