//! The fields of a *gestión* (one logged contact with a customer), once, as data.
//!
//! The tool's schema texts, the default columns, masking and the README's field table all walk
//! [`FIELDS`]. The sandbox serves the same keys, and a test holds the two together. Source: the
//! vendor's page "Query management" for `queryGestion.php`.
//!
//! A tenant may have fields of its own; they are kept, shown and searchable, but not listed here.

mod key;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

pub use self::key::FieldKey;
use self::words::WORDS;
pub use self::words::meant;
use crate::clean;
use crate::language::Bilingual;

/// Whether an answer shows a field without being asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Shown by default.
    Usual,
    /// Shown when the caller names it in `columns`.
    OnRequest,
}

/// Whom a field tells of: who a person is, or how to reach one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// The customer; `WOLKVOX_MASK=personal` masks these fields.
    Customer,
    /// Somebody of the call centre; `WOLKVOX_MASK=employees` masks these.
    Employee,
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
    /// What a heading calls it, in English and in Spanish.
    label: [&'static str; 2],
    /// Whether answers show it by default.
    pub shown: Shown,
    /// Whom it tells of, if anybody.
    pub person: Option<Person>,
}

impl Field {
    const fn usual(name: &'static str, english: &'static str, spanish: &'static str) -> Self {
        Self { name, english, spanish, label: [name; 2], shown: Shown::Usual, person: None }
    }

    const fn technical(name: &'static str, english: &'static str, spanish: &'static str) -> Self {
        Self { name, english, spanish, label: [name; 2], shown: Shown::OnRequest, person: None }
    }

    const fn called(mut self, english: &'static str, spanish: &'static str) -> Self {
        self.label = [english, spanish];
        self
    }

    /// Returns what a heading calls it.
    pub const fn label(&self) -> Bilingual {
        let [english, spanish] = self.label;
        Bilingual::new(english, spanish)
    }

    const fn customer(mut self) -> Self {
        self.person = Some(Person::Customer);
        self
    }

    const fn employee(mut self) -> Self {
        self.person = Some(Person::Employee);
        self
    }
}

/// The classification's code in the spelling that answers use.
pub const CLASSIFICATION_CODE: &str = "tipification_code";
/// The classification's description in the spelling that answers use.
pub const CLASSIFICATION_DESCRIPTION: &str = "tipification_description";
/// The day and time of the contact.
pub const DATE: &str = "date";
/// The channel of the contact, by wolkvox's code.
pub const CHANNEL: &str = "type_interaction";
/// The agent who made the contact.
pub const AGENT: &str = "agent_name";
/// The customer's document number.
pub const CUSTOMER: &str = "id_customer";
/// The reference name of the obligation (not its id).
pub const OBLIGATION: &str = "obligation";

/// The fields that `queryGestion.php` documents, in the order in which answers show them.
pub const FIELDS: &[Field] = &[
    Field::usual(DATE, "day and time, no time zone", "fecha y hora").called("Date", "Fecha"),
    Field::usual(CHANNEL, "channel, by wolkvox's code", "canal").called("Channel", "Canal"),
    Field::usual(CLASSIFICATION_CODE, "outcome code", "código de tipificación")
        .called("Code", "Código"),
    Field::usual(CLASSIFICATION_DESCRIPTION, "outcome in words", "tipificación")
        .called("Outcome", "Tipificación"),
    Field::usual("tipifycation_code", "the same in wolkvox's other spelling", "ídem")
        .called("Code, other spelling", "Código, otra escritura"),
    Field::usual("tipifycation_desc", "the same in wolkvox's other spelling", "ídem")
        .called("Outcome, other spelling", "Tipificación, otra escritura"),
    Field::usual(OBLIGATION, "obligation's reference name, not its id", "obligación")
        .called("Obligation", "Obligación"),
    Field::usual(AGENT, "agent", "agente").called("Agent", "Agente").employee(),
    Field::usual(CUSTOMER, "customer's document number, best key", "cédula, NIT")
        .called("Document", "Documento")
        .customer(),
    Field::usual("customer_id", "ADDITIONAL id, often blank", "id adicional")
        .called("Additional id", "Id adicional")
        .customer(),
    Field::usual("client_name", "first name", "nombre").called("First name", "Nombre").customer(),
    Field::usual("client_lastname", "last name", "apellido")
        .called("Last name", "Apellido")
        .customer(),
    Field::usual("client_type_document", "kind of document", "tipo de documento")
        .called("Kind of document", "Tipo de documento"),
    Field::usual("client_telephone", "customer's phone", "teléfono")
        .called("Phone", "Teléfono")
        .customer(),
    Field::usual("wolkvox_idRecord", "case file's id", "id del expediente")
        .called("Case file", "Expediente"),
    Field::technical("agent_id", "agent's extension", "extensión").called("Extension", "Extensión"),
    Field::technical("campaign_id", "campaign", "campaña").called("Campaign", "Campaña"),
    Field::technical("time", "duration or hour, as wolkvox wrote it", "duración u hora")
        .called("Time", "Tiempo"),
    Field::technical("wolkvox_id", "this gestión's id", "id de la gestión")
        .called("Contact's id", "Id de la gestión"),
    Field::technical("wolkvox_idCall", "call's id", "id de la llamada")
        .called("Call's id", "Id de la llamada"),
    Field::technical("wolkvox_idCustomer", "wolkvox's own customer id", "id interno del cliente")
        .called("Internal customer id", "Id interno del cliente"),
    Field::technical("wolkvox_phoneCall", "number dialled", "teléfono marcado")
        .called("Number dialled", "Teléfono marcado")
        .customer(),
    Field::technical("wolkvox_CrmPhoneCall", "number called from the CRM", "llamado desde el CRM")
        .called("Called from the CRM", "Llamado desde el CRM")
        .customer(),
    Field::technical("wolkvox_owner", "user, nombre, id, email", "propietario")
        .called("Owner", "Propietario")
        .employee(),
    Field::technical("wolkvox_usuario_creacion", "creator; API@… is a program", "creado por")
        .called("Created by", "Creado por")
        .employee(),
    Field::technical("wolkvox_origen", "inserted from", "origen").called("Origin", "Origen"),
    Field::technical("wolkvox_ip_address", "inserted from this IP", "IP")
        .called("IP", "IP")
        .employee(),
    Field::technical("module", "CRM module", "módulo").called("Module", "Módulo"),
];

/// The spellings of one thing; the first is the one that answers use.
pub const SPELLINGS: [&[&str]; 2] = [
    &[CLASSIFICATION_CODE, "tipifycation_code"],
    &[
        CLASSIFICATION_DESCRIPTION,
        "tipification_desc",
        "tipifycation_desc",
        "tipifycation_description",
    ],
];

/// Stand for the underscore in a name.
const HYPHENS: [char; 4] = ['-', '\u{2010}', '\u{2011}', '\u{2013}'];

/// How much a name must resemble another to be taken for a slip.
const ALIKE: f64 = 0.87;

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

/// Finds a documented field by a name in any case, with any accents and spaces; by a spelling of the
/// classification that is not documented, the field that answers use.
pub fn find_folded(name: &str) -> Option<&'static Field> {
    static FOLDED: LazyLock<HashMap<String, &'static Field, RandomState>> =
        LazyLock::new(|| FIELDS.iter().map(|it| (clean::folded(it.name), it)).collect());
    find(name)
        .or_else(|| FOLDED.get(&clean::folded(name)).copied())
        .or_else(|| FOLDED.get(compared(name).as_ref()).copied())
}

/// Finds a documented field by its name as people write it: in any case, with spaces or hyphens.
pub fn documented(name: &str) -> Option<&'static Field> {
    if let Some(field) = find(name) {
        // Most callers write a name as it is, and to fold one takes a while.
        return Some(field);
    }
    let name = name.replace(HYPHENS, " ");
    find_folded(&name).filter(|field| clean::folded(field.name) == clean::folded(&name))
}

/// Returns a field's name as it is compared with others: folded, and the spellings of one thing as
/// one name.
pub fn compared(name: &str) -> Cow<'static, str> {
    static DOCUMENTED: LazyLock<Vec<String>> =
        LazyLock::new(|| FIELDS.iter().map(|field| without_spelling(field.name)).collect());
    match rank(name).and_then(|rank| DOCUMENTED.get(rank)) {
        Some(compared) => Cow::Borrowed(compared),
        None => Cow::Owned(without_spelling(name)),
    }
}

fn without_spelling(name: &str) -> String {
    let folded = clean::folded(name);
    // Only they begin so; the others need no second look.
    let mut spellings = SPELLINGS.into_iter().filter(|_| folded.starts_with("tipif"));
    let is_folded = |spelling: &&str| clean::folded(spelling) == folded;
    match spellings.find(|spellings| spellings.iter().any(is_folded)) {
        Some([first, ..]) => clean::folded(first),
        Some([]) | None => folded,
    }
}

/// Returns the documented field that a word for one, or a misspelt name, most likely means.
pub fn likeliest(name: &str) -> Option<&'static str> {
    let name = clean::folded(name);
    let spanish = FIELDS
        .iter()
        .flat_map(|field| field.spanish.split(',').map(|word| (clean::folded(word), field.name)));
    let words = WORDS.iter().map(|(word, field)| ((*word).to_owned(), *field));
    let names = FIELDS.iter().map(|field| (clean::folded(field.name), field.name));
    let alike = names.chain(words).chain(spanish).map(|(word, field)| {
        let likeness = if word == name { 1.0 } else { strsim::jaro_winkler(&word, &name) };
        (likeness, field)
    });
    // Of several that are equally alike, the first of the chain.
    let best = alike.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, field)| field)
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

    #[test]
    fn a_field_is_found_by_its_name_as_people_type_it() {
        for (typed, field) in [
            ("ID_Customer", "id_customer"),
            (" id customer ", "id_customer"),
            ("wolkvox_idrecord", "wolkvox_idRecord"),
            ("tipification_desc", "tipification_description"),
            ("Tipifycation_Code", "tipifycation_code"),
        ] {
            assert_eq!(find_folded(typed).map(|it| it.name), Some(field), "{typed}");
        }
        assert!(find_folded("Otro teléfono").is_none());
    }

    #[test]
    fn a_documented_name_is_that_field_however_it_is_typed() {
        for typed in [
            "id_customer",
            "ID_CUSTOMER",
            " id_customer ",
            "id customer",
            "Id-Customer",
            "id\u{2011}customer",
            "id_customer\u{200b}",
            "id_customer\n",
        ] {
            assert_eq!(documented(typed).map(|it| it.name), Some("id_customer"), "{typed:?}");
        }
        for other in ["idcustomer", "id_costumer", "tipification_desc", "Otro teléfono", ""] {
            assert!(documented(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn a_word_for_a_field_or_a_slip_leads_to_it() {
        for (word, field) in [
            ("cedula", "id_customer"),
            ("Cédula", "id_customer"),
            ("nit", "id_customer"),
            ("documento", "id_customer"),
            ("Teléfono", "client_telephone"),
            ("celular", "client_telephone"),
            ("obligacion", "obligation"),
            ("agente", "agent_name"),
            ("extensión", "agent_id"),
            ("campana", "campaign_id"),
            ("id_custmer", "id_customer"),
            ("client_phone", "client_telephone"),
        ] {
            assert_eq!(likeliest(word), Some(field), "{word}");
        }
        for own in ["Saldo a favor", "Otro teléfono", "xyz"] {
            assert_eq!(likeliest(own), None, "{own}");
        }
    }
}
