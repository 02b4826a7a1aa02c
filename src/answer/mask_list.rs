//! Reads the list of fields to mask. A name that cannot be a field's is refused with what is wrong:
//! it would mask nothing, unnoticed.

use super::obligation;
use crate::error::MaskError;
use crate::{clean, fields};

/// A group of documented fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Those that tell of customers.
    Personal,
    /// Those that tell of the call centre's people.
    Employees,
}

/// The name of one further field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// As the setting has it.
    pub(super) written: String,
    /// As it is compared.
    pub(super) compared: String,
}

/// The groups by name, each with what may have been meant for it.
const GROUPS: [(Group, &str, &[&str]); 2] = [
    (Group::Personal, "personal", &["personal"]),
    (Group::Employees, "employees", &["employees", "empleados"]),
];

/// What a list of fields calls the name of an entry (wolkvox: `name`).
const LABELS: [&str; 8] =
    ["name", "nombre", "field", "campo", "label", "etiqueta", "key", "titulo"];
/// Further names inside documented fields (wolkvox's page "Query management").
pub(super) const INNER: [&str; 4] = ["user", "id", "email", "value"];

/// Reads a comma-separated list: the groups and the further names.
pub(super) fn read(list: &str) -> Result<(Vec<Group>, Vec<Name>), MaskError> {
    let mut names: Vec<Name> = list.split(',').map(Name::new).collect();
    names.iter().try_for_each(Name::check)?;
    let mut groups = Vec::new();
    for (group, word, meant) in GROUPS {
        let is_nearly = |name: &Name| {
            let likeness = |it| strsim::normalized_damerau_levenshtein(&name.compared, it);
            meant.iter().any(|meant| likeness(meant) > 0.7)
        };
        if names.iter().any(|name| name.compared == word) {
            groups.push(group);
        } else if names.iter().any(is_nearly) {
            return Err(MaskError::NearGroup(word));
        }
    }
    names.retain(|name| !is_group(&name.compared));
    Ok((groups, names))
}

impl Name {
    fn new(written: &str) -> Self {
        let written = clean::single_line(written).trim().to_owned();
        Self { compared: fields::compared(&written).into_owned(), written }
    }

    /// Checks that it can be a field's name. Names of tenants' fields have spaces and accents.
    fn check(&self) -> Result<(), MaskError> {
        const QUOTES: &[char] = &['"', '\'', '`', '´', '“', '”', '„', '‘', '’', '«', '»'];
        const BRACKETS: &[char] = &['[', ']', '{', '}', '<', '>'];
        let Self { written, compared } = self;
        if compared.is_empty() {
            return Err(MaskError::BlankName);
        }
        if written.contains(QUOTES) {
            return Err(MaskError::Quote);
        }
        let is_balanced = written.matches('(').count() == written.matches(')').count();
        if written.contains(BRACKETS) || written.starts_with('(') || !is_balanced {
            return Err(MaskError::Bracket);
        }
        if compared.contains('*') {
            return Err(MaskError::Pattern);
        }
        if compared.starts_with(['-', '!', '+', '^', '~']) {
            return Err(MaskError::Exception);
        }
        // Semicolons and commas of other scripts become plain ones when a name is folded.
        if compared.contains([';', ',', '、']) || self.is_list() {
            return Err(MaskError::SeveralNames);
        }
        Ok(())
    }

    /// Returns whether each of its words is a field or a group by itself.
    fn is_list(&self) -> bool {
        let is_separator = |letter: char| letter.is_whitespace() || "|/+&:".contains(letter);
        let is_name = |word: &str| {
            let compared = fields::compared(word);
            is_group(&compared) || fields::find_folded(word).is_some()
        };
        let words = self.written.split(is_separator).filter(|word| !word.is_empty());
        !self.is_known() && words.clone().count() > 1 && words.clone().all(is_name)
    }

    /// Returns whether one of wolkvox's pages names it.
    pub(super) fn is_known(&self) -> bool {
        // `name` is likelier to be meant for the customer's.
        let inner = INNER.iter().chain(&obligation::KNOWN).filter(|it| !is_label(it));
        fields::find_folded(&self.compared).is_some()
            || inner.map(|inner| clean::folded(inner)).any(|inner| inner == self.compared)
    }
}

fn is_group(compared: &str) -> bool {
    GROUPS.iter().any(|(_, word, _)| *word == compared)
}

/// Returns whether a member holds the name of an entry rather than its value.
pub(super) fn is_label(key: &str) -> bool {
    LABELS.contains(&clean::folded(key).as_str())
}

#[cfg(test)]
mod tests {
    use super::super::Mask;
    use crate::error::SettingError;

    #[test]
    fn a_list_with_a_blank_name_or_a_slip_is_refused() {
        for list in ["personal,,date", "", "personal,\u{200b}"] {
            assert!(Mask::parse(list).is_err(), "{list}");
        }
        for slip in ["personales", "Personl", "persona", "employee", "Employes", "empleados"] {
            assert!(Mask::parse(slip).is_err(), "{slip}");
        }
        assert!(Mask::parse("PERSONAL, persona").is_ok(), "a tenant's field beside it");
        assert!(Mask::parse("Employees, employee").is_ok(), "a tenant's field beside it");
        assert!(Mask::parse("employees, persona").is_err());
        assert!(Mask::parse("id_customer").is_ok());
    }

    #[test]
    fn a_list_in_another_notation_is_refused_with_what_is_wrong() {
        for (list, problem) in [
            (r#""id_customer,client_name""#, "quote"),
            ("'personal'", "quote"),
            ("“personal”", "quote"),
            ("[id_customer]", "bracket"),
            ("{personal}", "bracket"),
            ("(id_customer,client_name)", "bracket"),
            ("id_customer;client_name", "commas"),
            ("id_customer；client_name", "commas"),
            ("id_customer client_name", "commas"),
            ("personal employees", "commas"),
            ("date, id_customer|client_name", "commas"),
            ("*", "in full"),
            ("client_*", "in full"),
            ("personal,-agent_name", "left out"),
            ("personal,!agent_name", "left out"),
        ] {
            let refused = SettingError::Mask(Mask::parse(list).expect_err(list)).to_string();
            assert!(refused.contains(problem), "{list}: {refused}");
        }
        for own in ["Otro teléfono", "Saldo (USD)", "Correo personal", "client name", "a/b"] {
            assert!(Mask::parse(own).is_ok(), "{own}");
        }
    }

    #[test]
    fn names_that_no_page_of_wolkvoxs_has_are_told_with_the_likely_field() {
        let list =
            "personal,cedula,ID Customer,Otro teléfono,tipification_desc,total_balance,email,name";
        let mask = Mask::parse(list).expect("a mask");
        let unknown: Vec<_> = mask.unknown_names().collect();
        assert_eq!(
            unknown,
            [
                ("cedula", Some("id_customer")),
                ("Otro teléfono", None),
                ("name", Some("client_name")),
            ]
        );
    }
}
