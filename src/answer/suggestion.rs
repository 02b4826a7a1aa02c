//! What to try instead, where a search found nothing: the likeliest mistake, in a sentence or two.
//!
//! The digits to try come from the value that the caller typed, so they may stand in the answer to
//! the same caller; a log never gets them.

use super::{Reader, Searched};
use crate::language::{Bilingual, bilingual};
use crate::{clean, fields};

/// Digits of a Colombian phone number, without prefixes.
const PHONE: usize = 10;
/// What may stand before it: the country's code, the trunk's, and the dialler's 9.
const PREFIXES: [&str; 7] = ["0057", "957", "057", "57", "03", "9", "0"];
/// Fewer digits are no phone and no document number.
const FEWEST_DIGITS: usize = 5;
const MOST_DIGITS: usize = 20;

/// Kinds of document as people write them before the number.
const DOCUMENTS: [&str; 14] =
    ["c", "cc", "ce", "ti", "rc", "nit", "rut", "dni", "ppt", "pep", "v", "e", "j", "cedula"];

/// Returns what to try instead.
pub(super) fn instead(Searched { field, value, reader }: Searched<'_>) -> Bilingual {
    let known = fields::find_folded(field).map(|known| known.name);
    let words = clean::folded(field);
    let is_own = |parts: &[&str]| known.is_none() && parts.iter().any(|it| words.contains(it));
    let is_phone =
        matches!(known, Some("client_telephone" | "wolkvox_phoneCall" | "wolkvox_CrmPhoneCall"))
            || is_own(&["telefono", "celular", "movil", "phone", "whatsapp"]);
    let is_document = matches!(known, Some("id_customer" | "customer_id"))
        || is_own(&["documento", "cedula", "nit", "identificacion"]);
    let typed = if is_phone {
        phone(value)
    } else if is_document {
        document(value)
    } else {
        None
    };
    match (typed, known) {
        (Some(typed), Some(_)) => typed,
        (Some(typed), None) => {
            let own_field = &OWN_FIELD;
            bilingual!("{typed} {own_field}", "{typed} {own_field}", typed, own_field)
        }
        (None, Some("date")) => by_date(reader),
        (None, Some(known)) => of_field(known),
        (None, None) => OWN_FIELD,
    }
}

const OWN_FIELD: Bilingual = Bilingual::new(
    "Check the field's name: a misspelt one matches nothing.",
    "Revise el nombre del campo: uno mal escrito no coincide con nada.",
);

fn by_date(reader: Reader) -> Bilingual {
    let (since, until) = (reader.argument("since"), reader.argument("until"));
    bilingual!(
        "It is matched whole: search a customer with {since} and {until} instead.",
        "Se compara completa: mejor busque un cliente con {since} y {until}."
    )
}

/// The likeliest mistake for a documented field.
fn of_field(field: &str) -> Bilingual {
    match field {
        "customer_id" => Bilingual::new(
            "It is the ADDITIONAL id: try `id_customer` for a document number.",
            "Es la identificación ADICIONAL: para un documento use `id_customer`.",
        ),
        "id_customer" => Bilingual::new(
            "If the number may be an additional id, try `customer_id`.",
            "Si el número puede ser una identificación adicional, pruebe `customer_id`.",
        ),
        "obligation" => Bilingual::new(
            "It holds the obligation's name, not its id: try `id_customer`.",
            "Guarda el nombre de la obligación, no su id: pruebe `id_customer`.",
        ),
        "client_telephone" => Bilingual::new(
            "Try `wolkvox_phoneCall` or `wolkvox_CrmPhoneCall`.",
            "Pruebe `wolkvox_phoneCall` o `wolkvox_CrmPhoneCall`.",
        ),
        "wolkvox_phoneCall" | "wolkvox_CrmPhoneCall" => Bilingual::new(
            "A number dialled may have a prefix, such as 9 or 57. Try `client_telephone`.",
            "Un número marcado puede llevar un prefijo, como 9 o 57. Pruebe `client_telephone`.",
        ),
        "agent_id" => Bilingual::new(
            "It is the agent's extension, not a user id.",
            "Es la extensión del agente, no un id de usuario.",
        ),
        "tipification_code" => Bilingual::new(
            "Try the other spelling, `tipifycation_code`.",
            "Pruebe la otra escritura, `tipifycation_code`.",
        ),
        "tipification_description" => Bilingual::new(
            "Try the other spelling, `tipifycation_desc`.",
            "Pruebe la otra escritura, `tipifycation_desc`.",
        ),
        _ => Bilingual::new("The value is matched whole.", "El valor se compara completo."),
    }
}

/// A phone number with a prefix or punctuation.
fn phone(value: &str) -> Option<Bilingual> {
    let digits = digits(value)?;
    let plus = if value.starts_with('+') { "+" } else { "" };
    let is_punctuated = value.strip_prefix('+').unwrap_or(value) != digits;
    let national = PREFIXES.iter().find_map(|prefix| {
        let rest = digits.strip_prefix(prefix).filter(|rest| rest.len() == PHONE)?;
        Some((prefix, rest))
    });
    match national {
        Some((prefix, rest)) => {
            let punctuation = if is_punctuated {
                Bilingual::new(" and the punctuation", " ni la puntuación")
            } else {
                Bilingual::same("")
            };
            Some(bilingual!(
                "Try it without the prefix `{plus}{prefix}`{punctuation}: `{rest}`.",
                "Pruebe sin el prefijo `{plus}{prefix}`{punctuation}: `{rest}`.",
                punctuation
            ))
        }
        None if !plus.is_empty() => Some(bilingual!(
            "Try the digits alone, `{digits}`, and the number without the country's code.",
            "Pruebe solo los dígitos, `{digits}`, y el número sin el código del país."
        )),
        None if is_punctuated => Some(digits_alone(&digits)),
        None => None,
    }
}

fn digits_alone(digits: &str) -> Bilingual {
    bilingual!("Try the digits alone: `{digits}`.", "Pruebe solo los dígitos: `{digits}`.")
}

/// A document number with more than digits.
fn document(value: &str) -> Option<Bilingual> {
    let letters: String =
        value.chars().filter(|it| it.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if !letters.is_empty() && !DOCUMENTS.contains(&clean::folded(&letters).as_str()) {
        return None;
    }
    let digits = digits(value)?;
    if let Some((number, "0" | "00")) = value.rsplit_once(['.', ',']) {
        let number = self::digits(number)?;
        return Some(bilingual!(
            "Try it without decimals: `{number}`.",
            "Pruebe sin decimales: `{number}`."
        ));
    }
    if let Some((number, check)) = value.rsplit_once(['-', '–', ' '])
        && check.len() == 1
        && let Some(number) = self::digits(number)
        && check.starts_with(|digit: char| digit.is_ascii_digit())
    {
        return Some(bilingual!(
            "Try `{number}`, without the check digit `{check}`, or all digits: `{digits}`.",
            "Pruebe `{number}`, sin el dígito de verificación `{check}`, o todos los dígitos: \
             `{digits}`."
        ));
    }
    if digits != value {
        return Some(digits_alone(&digits));
    }
    let significant = digits.trim_start_matches('0');
    (significant.len() >= FEWEST_DIGITS && significant != digits).then(|| {
        bilingual!(
            "Try it without the zeros in front: `{significant}`.",
            "Pruebe sin los ceros de delante: `{significant}`."
        )
    })
}

/// Returns the digits of a value, if they may be a number that people go by.
fn digits(value: &str) -> Option<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_suggests(field: &str, value: &str, expected: &str) {
        let said = instead(Searched { field, value, reader: Reader::Model });
        assert_eq!(said.english, expected, "{field} {value:?}");
    }

    #[test]
    fn a_phone_with_a_prefix_or_punctuation_leads_to_its_digits() {
        for (value, expected) in [
            (
                "+57 310 456 7890",
                "Try it without the prefix `+57` and the punctuation: `3104567890`.",
            ),
            ("+573104567890", "Try it without the prefix `+57`: `3104567890`."),
            ("573104567890", "Try it without the prefix `57`: `3104567890`."),
            (
                "0057 3104567890",
                "Try it without the prefix `0057` and the punctuation: `3104567890`.",
            ),
            ("033104567890", "Try it without the prefix `03`: `3104567890`."),
            ("03104567890", "Try it without the prefix `0`: `3104567890`."),
            ("93104567890", "Try it without the prefix `9`: `3104567890`."),
            ("9573104567890", "Try it without the prefix `957`: `3104567890`."),
            ("(310) 456-7890", "Try the digits alone: `3104567890`."),
            ("310.456.7890", "Try the digits alone: `3104567890`."),
            ("310\u{a0}456\u{a0}7890", "Try the digits alone: `3104567890`."),
            (
                "+51 987 654 321",
                "Try the digits alone, `51987654321`, and the number without the country's code.",
            ),
            ("3104567890", "Try `wolkvox_phoneCall` or `wolkvox_CrmPhoneCall`."),
        ] {
            assert_suggests("client_telephone", value, expected);
        }
        let expected = "Try it without the prefix `9`: `3104567890`.";
        assert_suggests("wolkvox_phoneCall", "93104567890", expected);
        assert_suggests("WOLKVOX_CRMPHONECALL", "93104567890", expected);
        let both = format!("{expected} {}", OWN_FIELD.english);
        assert_suggests("Teléfono 2", "93104567890", &both);
    }

    #[test]
    fn a_document_number_with_more_than_digits_leads_to_what_else_to_try() {
        for (value, expected) in [
            ("900.000.001", "Try the digits alone: `900000001`."),
            ("900 000 001", "Try the digits alone: `900000001`."),
            ("900'000'001", "Try the digits alone: `900000001`."),
            ("C.C. 900000001", "Try the digits alone: `900000001`."),
            ("NIT 900000001", "Try the digits alone: `900000001`."),
            (
                "900.123.456-7",
                "Try `900123456`, without the check digit `7`, or all digits: `9001234567`.",
            ),
            ("900000001.0", "Try it without decimals: `900000001`."),
            ("0900000001", "Try it without the zeros in front: `900000001`."),
            ("AB123456", "If the number may be an additional id, try `customer_id`."),
            ("900000001", "If the number may be an additional id, try `customer_id`."),
        ] {
            assert_suggests("id_customer", value, expected);
        }
    }

    #[test]
    fn a_documented_field_is_told_its_likeliest_mistake() {
        for (field, expected) in [
            ("wolkvox_phoneCall", "Try `client_telephone`."),
            ("agent_id", "the agent's extension"),
            ("tipification_code", "`tipifycation_code`"),
            ("tipification_description", "`tipifycation_desc`"),
            ("date", "`since` and `until`"),
            ("campaign_id", "matched whole"),
        ] {
            let searched = Searched { field, value: "3104567890", reader: Reader::Model };
            let said = instead(searched).english;
            assert!(said.contains(expected), "{field}: {said}");
        }
    }

    #[test]
    fn what_looks_like_a_phone_in_another_documented_field_is_none() {
        let expected = "It is the agent's extension, not a user id.";
        assert_suggests("agent_id", "+57 310 456 7890", expected);
        assert_suggests("campo propio", "+57 310 456 7890", &OWN_FIELD.english);
    }
}
