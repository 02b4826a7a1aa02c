//! What people and models write for a documented field: words for it, and slips of its name.
//!
//! A tenant has fields of its own, and one of them must never be taken for a slip. So a slip is
//! close word by word: short words (`id`) as they are, words of 4 to 6 letters with one letter
//! wrong, longer ones with two (`id_costumer`, `client_telefone`). `client_date` is two letters from
//! `client_name`, `client_telephone_2` has a number, and `obligation_id` has a word more: those are
//! fields of their own.

use super::{CLASSIFICATION_CODE, CLASSIFICATION_DESCRIPTION, DATE, FIELDS, OBLIGATION, SPELLINGS};
use crate::clean;

/// Words for a field beside those of [`FIELDS`]' Spanish column, folded, without articles.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("advisor", "agent_name"),
    ("agent", "agent_name"),
    ("agent code", "agent_id"),
    ("agent extension", "agent_id"),
    ("apellidos", "client_lastname"),
    ("asesor", "agent_name"),
    ("campaign", "campaign_id"),
    ("campaign name", "campaign_id"),
    ("case", "wolkvox_idRecord"),
    ("case file", "wolkvox_idRecord"),
    ("caso", "wolkvox_idRecord"),
    ("cc", "id_customer"),
    ("cedula ciudadania", "id_customer"),
    ("cedula cliente", "id_customer"),
    ("cel", "client_telephone"),
    ("cellphone", "client_telephone"),
    ("celular", "client_telephone"),
    ("celular cliente", "client_telephone"),
    ("channel", "type_interaction"),
    ("classification", CLASSIFICATION_DESCRIPTION),
    ("client", "client_name"),
    ("client document", "id_customer"),
    ("client id", "id_customer"),
    ("client phone", "client_telephone"),
    ("cliente", "client_name"),
    ("codigo tipificacion", CLASSIFICATION_CODE),
    ("customer", "id_customer"),
    ("customer document", "id_customer"),
    ("customer lastname", "client_lastname"),
    ("customer name", "client_name"),
    ("customer phone", "client_telephone"),
    ("customer telephone", "client_telephone"),
    ("dni", "id_customer"),
    ("doc", "id_customer"),
    ("document", "id_customer"),
    ("document id", "id_customer"),
    ("document number", "id_customer"),
    ("document type", "client_type_document"),
    ("documento", "id_customer"),
    ("documento cliente", "id_customer"),
    ("documento identidad", "id_customer"),
    ("expediente", "wolkvox_idRecord"),
    ("extension", "agent_id"),
    ("extension agente", "agent_id"),
    ("fecha", DATE),
    ("first name", "client_name"),
    ("gestion", "wolkvox_id"),
    ("gestor", "agent_name"),
    ("hora", DATE),
    ("id agente", "agent_id"),
    ("id campana", "campaign_id"),
    ("id cliente", "id_customer"),
    ("id documento", "id_customer"),
    ("id gestion", "wolkvox_id"),
    ("id number", "id_customer"),
    ("identificacion", "id_customer"),
    ("identificacion cliente", "id_customer"),
    ("identification", "id_customer"),
    ("identification number", "id_customer"),
    ("last name", "client_lastname"),
    ("llamada", "wolkvox_idCall"),
    ("mobile", "client_telephone"),
    ("mobile phone", "client_telephone"),
    ("movil", "client_telephone"),
    ("name", "client_name"),
    ("nombre agente", "agent_name"),
    ("nombre asesor", "agent_name"),
    ("nombre cliente", "client_name"),
    ("nombre obligacion", OBLIGATION),
    ("nombres", "client_name"),
    ("numero celular", "client_telephone"),
    ("numero cedula", "id_customer"),
    ("numero documento", "id_customer"),
    ("numero identificacion", "id_customer"),
    ("numero nit", "id_customer"),
    ("numero obligacion", OBLIGATION),
    ("numero telefono", "client_telephone"),
    ("outcome", CLASSIFICATION_DESCRIPTION),
    ("phone", "client_telephone"),
    ("phone number", "client_telephone"),
    ("record id", "wolkvox_idRecord"),
    ("resultado", CLASSIFICATION_DESCRIPTION),
    ("rut", "id_customer"),
    ("surname", "client_lastname"),
    ("tax id", "id_customer"),
    ("tel", "client_telephone"),
    ("telefono celular", "client_telephone"),
    ("telefono cliente", "client_telephone"),
    ("telephone", "client_telephone"),
    ("telephone number", "client_telephone"),
    ("tipo interaccion", "type_interaction"),
];

/// What stands between the words of a name and means nothing.
const FILLERS: [&str; 9] = ["de", "del", "la", "el", "los", "las", "the", "of", "s"];
/// Stands for another word in the Spanish column, and means no field.
const DITTO: &str = "idem";
/// Fewer letters are another word when one of them is.
const SHORTEST_NAME: usize = 6;
/// The same for a word of a language, which is nearer to others than a name is.
const SHORTEST_WORD: usize = 8;
/// Longer names are nobody's slip.
const LONGEST: usize = 128;

/// Returns the documented field that a name surely means without being it: a word for the field,
/// or a slip of its name. A tenant's own field means none.
pub fn meant(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST || name.contains(char::is_numeric) {
        return None;
    }
    let typed = words(name);
    let squashed = typed.concat();
    let mut spellings = SPELLINGS.iter().copied().flatten();
    if squashed.is_empty() || spellings.any(|it| words(it).concat() == squashed) {
        return None;
    }
    by_word(&typed).or_else(|| {
        let slips = FIELDS.iter().filter_map(|it| Some((slip(&typed, it.name)?, it.name)));
        let nearest = slips.min_by_key(|(letters, _)| *letters);
        nearest.map(|(_, field)| field).or_else(|| by_misspelt_word(&squashed))
    })
}

/// The words for fields, and which field each of them is for.
fn vocabulary() -> impl Iterator<Item = (Vec<String>, &'static str)> {
    let spanish = FIELDS.iter().flat_map(|field| {
        let column = field.spanish.split(',').map(words);
        column.filter(|it| it.concat() != DITTO).map(|it| (it, field.name))
    });
    WORDS.iter().map(|(word, field)| (words(word), *field)).chain(spanish)
}

/// Finds a word for a field, also in the plural and with its parts in another order.
fn by_word(typed: &[String]) -> Option<&'static str> {
    let (squashed, in_order) = (typed.concat(), sorted(typed));
    let is_it = |(word, _): &(Vec<String>, _)| {
        let plural = squashed.strip_prefix(&word.concat()).is_some_and(is_ending);
        plural || sorted(word) == in_order
    };
    vocabulary().find(is_it).map(|(_, field)| field)
}

fn by_misspelt_word(squashed: &str) -> Option<&'static str> {
    let is_it = |(word, _): &(Vec<String>, _)| {
        let word = word.concat();
        word.len() >= SHORTEST_WORD && strsim::osa_distance(&word, squashed) == 1
    };
    vocabulary().find(is_it).map(|(_, field)| field)
}

fn is_ending(letters: &str) -> bool {
    ["", "s", "es"].contains(&letters)
}

/// Returns how many letters a slip of a name is away from it.
fn slip(typed: &[String], name: &str) -> Option<usize> {
    let name = words(name);
    let (squashed, whole) = (typed.concat(), name.concat());
    if whole == squashed || sorted(typed) == sorted(&name) {
        return Some(0);
    }
    if whole.len() < SHORTEST_NAME {
        return None;
    }
    if typed.len() < name.len() {
        // Written in one, as programs do.
        return (strsim::osa_distance(&squashed, &whole) == 1).then_some(1);
    }
    if typed.len() > name.len() {
        return None;
    }
    let letters = typed.iter().zip(&name).map(|(typed, word)| {
        let most = match word.len() {
            ..4 => 0,
            4..7 => 1,
            _ => 2,
        };
        Some(strsim::osa_distance(typed, word)).filter(|letters| *letters <= most)
    });
    letters.sum()
}

/// Returns the words of a name, folded, without articles and the like.
fn words(name: &str) -> Vec<String> {
    let folded = clean::folded(name);
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|it| !it.is_empty() && !FILLERS.contains(it)).map(str::to_owned).collect()
}

fn sorted(words: &[String]) -> Vec<&String> {
    let mut words: Vec<&String> = words.iter().collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{documented, find};

    #[test]
    fn every_word_is_written_as_it_is_compared_and_leads_to_a_documented_field() {
        for (word, field) in WORDS {
            assert_eq!(words(word).join(" "), *word);
            assert!(find(field).is_some(), "{field}");
            assert!(documented(word).is_none(), "{word} is a field's name itself");
        }
    }

    #[test]
    fn a_spanish_or_english_word_means_its_field() {
        for (word, field) in [
            ("cedula", "id_customer"),
            ("Cédula", "id_customer"),
            ("CEDULAS", "id_customer"),
            ("documento", "id_customer"),
            ("número de documento", "id_customer"),
            ("Documento del cliente", "id_customer"),
            ("documentNumber", "id_customer"),
            ("nit", "id_customer"),
            ("N.I.T.", "id_customer"),
            ("client_id", "id_customer"),
            ("telefono", "client_telephone"),
            ("teléfonos", "client_telephone"),
            ("celular", "client_telephone"),
            ("celulares", "client_telephone"),
            ("customer's phone", "client_telephone"),
            ("phone_number", "client_telephone"),
            ("cliente_telefono", "client_telephone"),
            ("obligacion", "obligation"),
            ("agente", "agent_name"),
            ("extension", "agent_id"),
            ("campana", "campaign_id"),
            ("campaña", "campaign_id"),
            ("código de tipificación", "tipification_code"),
            ("tipo de documento", "client_type_document"),
            ("expediente", "wolkvox_idRecord"),
            ("documneto", "id_customer"),
        ] {
            assert_eq!(meant(word), Some(field), "{word}");
        }
    }

    #[test]
    fn a_slip_of_a_name_means_its_field() {
        for (slip, field) in [
            ("id_costumer", "id_customer"),
            ("id_custmer", "id_customer"),
            ("idCustomer", "id_customer"),
            ("client_telefone", "client_telephone"),
            ("telephone_client", "client_telephone"),
            ("client_nmae", "client_name"),
            ("clientname", "client_name"),
            ("obligations", "obligation"),
            ("campaing_id", "campaign_id"),
            ("wolkvox_id_record", "wolkvox_idRecord"),
            ("wolkvox_idrecrod", "wolkvox_idRecord"),
            ("tipificacion_code", "tipification_code"),
        ] {
            assert_eq!(meant(slip), Some(field), "{slip}");
        }
    }

    #[test]
    fn a_tenants_own_field_means_none_however_near_its_name_is() {
        for own in [
            "Otro teléfono",
            "Radicado",
            "Saldo a favor",
            "client_date",
            "client_note",
            "client_telephone_2",
            "client_telephone2",
            "Teléfono 2",
            "Teléfono codeudor",
            "Documento 2",
            "obligation_id",
            "wolkvox_ip",
            "agency_name",
            "Modelo",
            "data",
            "Tiempo",
            "Ciudad",
            "Fecha de pago",
            "Número de cuenta",
            "Llamado",
            "sandbox_fault",
            "xyz",
            "",
            "___",
            "tipification_desc",
            "tipifycation_description",
        ] {
            assert_eq!(meant(own), None, "{own}");
        }
    }
}
