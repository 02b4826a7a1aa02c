//! The fields of a *gestión* (one logged contact with a customer), once, as data.
//!
//! The tool's schema texts, the default columns, masking and the README's field table all walk
//! [`FIELDS`]. The sandbox serves the same keys, and a test holds the two together. Source: the
//! vendor's page "Query management" for `queryGestion.php`.
//!
//! A tenant may have fields of its own; they are kept, shown and searchable, but not listed here.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

/// Whether an answer shows a field without being asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Shown by default.
    Usual,
    /// Shown when the caller names it in `columns`.
    OnRequest,
}

/// A field of a gestión.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// wolkvox's own key, by which the field can also be searched.
    pub name: &'static str,
    /// What it holds, in English.
    pub english: &'static str,
    /// What it holds, in Spanish.
    pub spanish: &'static str,
    /// Whether answers show it by default.
    pub shown: Shown,
    /// Whether it says who a person is or how to reach one; `WOLKVOX_MASK=personal` masks these.
    pub personal: bool,
}

impl Field {
    const fn usual(name: &'static str, english: &'static str, spanish: &'static str) -> Self {
        Self { name, english, spanish, shown: Shown::Usual, personal: false }
    }

    const fn technical(name: &'static str, english: &'static str, spanish: &'static str) -> Self {
        Self { name, english, spanish, shown: Shown::OnRequest, personal: false }
    }

    const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }
}

/// The classification's code in the spelling that answers use.
pub const CLASSIFICATION_CODE: &str = "tipification_code";
/// The classification's description in the spelling that answers use.
pub const CLASSIFICATION_DESCRIPTION: &str = "tipification_description";
/// The day and time of the contact.
pub const DATE: &str = "date";
/// The reference name of the obligation (not its id).
pub const OBLIGATION: &str = "obligation";

/// The fields that `queryGestion.php` documents, in the order in which answers show them.
pub const FIELDS: &[Field] = &[
    Field::usual(DATE, "day and time, no time zone", "fecha y hora"),
    Field::usual("type_interaction", "channel: inbound, outbound_ma, chat-whatsapp…", "canal"),
    Field::usual(CLASSIFICATION_CODE, "outcome code", "código de tipificación"),
    Field::usual(CLASSIFICATION_DESCRIPTION, "outcome in words", "tipificación"),
    Field::usual("tipifycation_code", "the same in wolkvox's other spelling", "ídem"),
    Field::usual("tipifycation_desc", "the same in wolkvox's other spelling", "ídem"),
    Field::usual(OBLIGATION, "obligation's reference name, not its id", "obligación"),
    Field::usual("agent_name", "agent", "agente").personal(),
    Field::usual("id_customer", "customer's document number, best key", "cédula, NIT").personal(),
    Field::usual("customer_id", "ADDITIONAL id, often blank", "id adicional").personal(),
    Field::usual("client_name", "first name", "nombre").personal(),
    Field::usual("client_lastname", "last name", "apellido").personal(),
    Field::usual("client_type_document", "kind of document", "tipo de documento"),
    Field::usual("client_telephone", "customer's phone", "teléfono").personal(),
    Field::usual("wolkvox_idRecord", "case file's id", "id del expediente"),
    Field::technical("agent_id", "agent's extension", "extensión"),
    Field::technical("campaign_id", "campaign", "campaña"),
    Field::technical("time", "duration or hour, as wolkvox wrote it", "duración u hora"),
    Field::technical("wolkvox_id", "this gestión's id", "id de la gestión"),
    Field::technical("wolkvox_idCall", "call's id", "id de la llamada"),
    Field::technical("wolkvox_idCustomer", "wolkvox's own customer id", "id interno del cliente"),
    Field::technical("wolkvox_phoneCall", "number dialled", "teléfono marcado").personal(),
    Field::technical("wolkvox_CrmPhoneCall", "number called from the CRM", "llamado desde el CRM")
        .personal(),
    Field::technical("wolkvox_owner", "user, nombre, id, email", "propietario").personal(),
    Field::technical("wolkvox_usuario_creacion", "creator; API@… is a program", "creado por")
        .personal(),
    Field::technical("wolkvox_origen", "inserted from", "origen"),
    Field::technical("wolkvox_ip_address", "inserted from this IP", "IP").personal(),
    Field::technical("module", "CRM module", "módulo"),
];

/// Returns a documented field's place in [`FIELDS`] by its exact name.
pub fn rank(name: &str) -> Option<usize> {
    static RANKS: LazyLock<HashMap<&str, usize, RandomState>> =
        LazyLock::new(|| FIELDS.iter().enumerate().map(|(rank, it)| (it.name, rank)).collect());
    RANKS.get(name).copied()
}

/// Finds a documented field by its exact name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.get(rank(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_field_is_listed_once_and_explained_in_both_languages() {
        let names: HashSet<_> = FIELDS.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), FIELDS.len());
        assert_eq!(FIELDS.len(), 28, "the vendor's sample has 28 keys");
        for field in FIELDS {
            assert!(!field.english.is_empty() && !field.spanish.is_empty(), "{}", field.name);
        }
    }
}
