//! What can be asked, checked at the door: blank text, over-long text and control characters never
//! get further. What was typed is sent byte for byte.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::language::{Bilingual, bilingual};

/// A question to wolkvox; equal queries get equal answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// For gestiones, to `queryGestion.php`.
    Gestion(GestionQuery),
    /// For one obligation, to `queryObligation.php`.
    Obligation(ObligationQuery),
}

impl Query {
    /// Returns the operation that is asked.
    pub fn operation(&self) -> &Operation {
        match self {
            Self::Gestion(query) => &query.operation,
            Self::Obligation(query) => &query.operation,
        }
    }

    /// Returns the canonical form: equal queries have equal keys, and different ones different keys.
    pub fn key(&self) -> QueryKey {
        let parts = match self {
            Self::Gestion(GestionQuery { operation, field, value }) => {
                ["gestion", operation.as_str(), field.as_str(), value.reveal()]
            }
            Self::Obligation(ObligationQuery { operation, obligation, case_file }) => {
                ["obligation", operation.as_str(), case_file.reveal(), obligation.reveal()]
            }
        };
        // No part can hold a control character, so a line break keeps them apart.
        QueryKey(parts.join("\n"))
    }
}

/// The canonical form of a query. It holds what was searched, which names a person, so `Debug` hides
/// it, and nothing may keep it but memory.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QueryKey(String);

impl QueryKey {
    /// Returns the bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for QueryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryKey(hidden)")
    }
}

impl From<GestionQuery> for Query {
    fn from(query: GestionQuery) -> Self {
        Self::Gestion(query)
    }
}

impl From<ObligationQuery> for Query {
    fn from(query: ObligationQuery) -> Self {
        Self::Obligation(query)
    }
}

/// A query for the obligation with this id in this case file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObligationQuery {
    /// wolkvox operation, the tenant's name.
    pub operation: Operation,
    /// Id of the obligation (not its name).
    pub obligation: FieldValue,
    /// Id of the case file, a gestión's `wolkvox_idRecord`.
    pub case_file: FieldValue,
}

/// A query for the gestiones whose `field` has exactly this `value`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GestionQuery {
    /// wolkvox operation, the tenant's name.
    pub operation: Operation,
    /// Field to search by.
    pub field: FieldName,
    /// Value to look for.
    pub value: FieldValue,
}

/// The name of a wolkvox operation (tenant); at most 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Operation(String);

/// The name of a field to search by; at most 128 characters. Tenants have fields of their own, with
/// spaces and accents.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FieldName(String);

/// The value to look for; at most 256 characters. It names a person, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldValue(String);

impl Operation {
    /// Checks an operation's name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if it is blank, over-long or has control characters.
    pub fn parse(text: String) -> Result<Self, Error> {
        const EXAMPLE: Bilingual = Bilingual::new(
            "an operation is your tenant's name in wolkvox",
            "una operación es el nombre de su empresa en wolkvox",
        );
        checked("operation", text, 128, &EXAMPLE).map(Self)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldName {
    /// Checks a field's name.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if it is blank, over-long or has control characters.
    pub fn parse(text: String) -> Result<Self, Error> {
        const EXAMPLE: Bilingual = Bilingual::new(
            "for example `id_customer` for a document number",
            "por ejemplo `id_customer` para un documento",
        );
        checked("field", text, 128, &EXAMPLE).map(Self)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FieldValue {
    /// Checks a value.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if it is blank, over-long or has control characters.
    pub fn parse(text: String) -> Result<Self, Error> {
        const EXAMPLE: Bilingual = Bilingual::new(
            "for example the document number 900000001",
            "por ejemplo el documento 900000001",
        );
        Self::named("value", text, &EXAMPLE)
    }

    /// Checks the value of another argument.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if it is blank, over-long or has control characters.
    pub fn named(argument: &str, text: String, example: &Bilingual) -> Result<Self, Error> {
        checked(argument, text, 256, example).map(Self)
    }

    /// Returns the value, for the request alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue(hidden)")
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn checked(
    argument: &str,
    text: String,
    longest: usize,
    example: &Bilingual,
) -> Result<String, Error> {
    let problem = if text.trim().is_empty() {
        Bilingual::new("is blank", "está en blanco")
    } else if text.chars().any(char::is_control) {
        Bilingual::new(
            "holds a control character, such as a line break or a tab",
            "tiene un carácter de control, como un salto de línea o un tabulador",
        )
    } else {
        match text.chars().count() {
            length if length > longest => {
                bilingual!("has {length} characters", "tiene {length} caracteres")
            }
            _ => return Ok(text),
        }
    };
    Err(Error::invalid_input(
        bilingual!("`{argument}` {problem}", "`{argument}` {problem}", problem),
        bilingual!(
            "Give `{argument}` as 1 to {longest} characters on one line; {example}.",
            "Dé `{argument}` con 1 a {longest} caracteres en una línea; {example}.",
            example
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_byte_for_byte() {
        for text in ["007", " 1 ", "\"quoted\"", "Íñigo", "a\u{200b}b"] {
            let value = FieldValue::parse(text.to_owned()).expect(text);
            assert_eq!(value.reveal(), text);
        }
    }

    #[test]
    fn blank_over_long_and_control_characters_are_refused_without_repeating_them() {
        for (text, reason) in [
            (String::new(), "`value` is blank"),
            ("  ".to_owned(), "`value` is blank"),
            ("1\n2".to_owned(), "control character"),
            ("9".repeat(257), "has 257 characters"),
        ] {
            let error = FieldValue::parse(text.clone()).expect_err("refused");
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert!(FieldValue::parse("ñ".repeat(256)).is_ok());
        assert!(Operation::parse("o".repeat(129)).is_err());
        assert!(FieldName::parse("o".repeat(128)).is_ok());
    }

    #[test]
    fn queries_have_the_same_key_only_if_they_ask_the_same() {
        let name = |text: &str| text.to_owned();
        let gestion = |operation: &str, field: &str, value: &str| {
            Query::Gestion(GestionQuery {
                operation: Operation::parse(name(operation)).expect("an operation"),
                field: FieldName::parse(name(field)).expect("a field"),
                value: FieldValue::parse(name(value)).expect("a value"),
            })
        };
        let obligation = Query::Obligation(ObligationQuery {
            operation: Operation::parse(name("a")).expect("an operation"),
            obligation: FieldValue::parse(name("c")).expect("a value"),
            case_file: FieldValue::parse(name("b")).expect("a value"),
        });
        assert_eq!(gestion("a", "b", "c").key(), gestion("a", "b", "c").key());
        let others =
            [gestion("a", "b", "d"), gestion("a", "bc", "c"), gestion("ab", "b", "c"), obligation];
        for other in others {
            assert_ne!(gestion("a", "b", "c").key(), other.key(), "{other:?}");
        }
        assert!(!format!("{:?}", gestion("a", "b", "900000001").key()).contains('9'));
    }

    #[test]
    fn a_value_never_shows_itself() {
        let value = FieldValue::parse("900000001".to_owned()).expect("a value");
        assert!(!format!("{value:?}").contains('9'));
    }
}
