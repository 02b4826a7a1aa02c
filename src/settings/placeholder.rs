//! Distinguishes a value from what only stands for one, because a client, a shell, a template or a person
//! did not fill it in (pure).

use super::Setting;

/// What stands in a value's place when nobody filled it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// A variable of a client, a shell or a template: `${NAME}`, `{{name}}`, `%NAME%`.
    Variable,
    /// A command whose output was meant: `$(cat token)`.
    Command,
    /// The text of an example: `<your-token>`, `changeme`.
    Example,
}

impl Placeholder {
    /// Returns what kind of placeholder a value is or holds, if any.
    pub fn find(text: &str) -> Option<Self> {
        if encloses(text, "$(", ")") || text.len() > 1 && encloses_whole(text, "`", "`") {
            Some(Self::Command)
        } else if holds_variable(text) {
            Some(Self::Variable)
        } else if is_example(text) {
            Some(Self::Example)
        } else {
            None
        }
    }
}

/// Returns whether something stands between two marks.
fn encloses(text: &str, open: &str, close: &str) -> bool {
    text.split_once(open).is_some_and(|(_, rest)| rest.contains(close))
}

fn encloses_whole(text: &str, open: &str, close: &str) -> bool {
    inside(text, open, close).is_some()
}

fn inside<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn holds_variable(text: &str) -> bool {
    let pairs = [("${", "}"), ("{{", "}}"), ("#{", "}"), ("<%", "%>"), ("[[", "]]"), ("((", "))")];
    pairs.iter().any(|(open, close)| encloses(text, open, close))
        || text.to_ascii_lowercase().contains("$env:")
        || holds_braced_name(text)
        || text.split(['/', '\\', ':', '@']).any(is_variable)
        || [("__", "__"), ("@", "@"), ("@@", "@@")].iter().any(|(open, close)| {
            inside(text, open, close).is_some_and(|name| is_identifier(name) && name.len() > 2)
        })
        || text.strip_prefix("env:").is_some_and(|name| is_identifier(name.trim_matches('/')))
        || Setting::of_variable(text).is_some()
}

/// Recognises `{name}`, `{env:NAME}` and `{file:./name}`, which JSON never looks like.
fn holds_braced_name(text: &str) -> bool {
    text.split('{').skip(1).any(|rest| {
        rest.split_once('}').is_some_and(|(name, _)| {
            name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
                && !name.contains(['"', ',', '{'])
        })
    })
}

/// Recognises `$NAME`, `%NAME%` and `!NAME!`, alone or as a part of a path or an address.
fn is_variable(part: &str) -> bool {
    let shell = part.strip_prefix('$').is_some_and(is_identifier);
    let windows = ['%', '!'].iter().any(|mark| {
        let name = part.strip_prefix(*mark).and_then(|rest| rest.split_once(*mark));
        // Two letters after a percent sign may be a character's code.
        name.is_some_and(|(name, _)| name.len() > 2 && is_identifier(name))
    });
    shell || windows
}

/// Words that a value cannot be.
const STAND_INS: &[&str] = &[
    "changeme",
    "changeit",
    "replaceme",
    "fillme",
    "fillmein",
    "fixme",
    "todo",
    "tbd",
    "placeholder",
    "undefined",
    "null",
    "nil",
    "none",
    "objectobject",
    "cambiame",
    "cambieme",
];
const YOURS: &[&str] = &["your", "tu", "su"];
const NOUNS: &[&str] = &[
    "token",
    "operation",
    "operacion",
    "operación",
    "company",
    "empresa",
    "server",
    "servidor",
    "host",
    "key",
    "apikey",
    "secret",
    "clave",
    "tenant",
    "file",
    "archivo",
];
const VERBS: &[&str] = &[
    "put",
    "replace",
    "insert",
    "enter",
    "paste",
    "type",
    "write",
    "change",
    "fill",
    "add",
    "set",
    "ponga",
    "pon",
    "pegue",
    "pega",
    "escriba",
    "escribe",
    "reemplace",
    "reemplaza",
    "cambie",
    "cambia",
    "coloque",
    "coloca",
    "ingrese",
    "ingresa",
    "inserte",
    "inserta",
    "introduzca",
];
const HERE: &[&str] = &["here", "aqui", "aquí"];
const OBJECTS: &[&str] = &["your", "the", "this", "me", "su", "tu", "el", "la"];

/// Recognises what documents write where a value is to be put, our own among them.
fn is_example(text: &str) -> bool {
    if text.chars().count() > 2 && text.chars().all(|letter| "….*-_xX?#•".contains(letter)) {
        return true;
    }
    if encloses(text, "<", ">") {
        return true;
    }
    let bracketed = inside(text, "[", "]").is_some_and(|inner| {
        inner.chars().all(|letter| letter.is_alphabetic() || " _-".contains(letter))
    });
    // Of an address the host alone counts.
    let text = text.split_once("://").map_or(text, |(_, host)| host.trim_end_matches('/'));
    let folded = text.to_lowercase();
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let [first, rest @ ..] = words.as_slice() else { return false };
    let is_in = |list: &'static [&'static str]| move |word: &&str| list.contains(word);
    let has_noun = words.iter().any(is_in(NOUNS));
    let is_here = words.iter().any(is_in(HERE));
    let yours = YOURS.iter().find_map(|your| first.strip_prefix(your));
    let is_yours = match yours {
        Some("") => rest.iter().any(is_in(NOUNS)),
        Some(noun) => NOUNS.contains(&noun),
        None => false,
    };
    let is_told = VERBS.contains(first)
        && !rest.is_empty()
        && (is_here || has_noun || rest.iter().any(is_in(OBJECTS)));
    if text.contains(['/', '\\']) {
        return matches!(
            words.as_slice(),
            ["path", "to", ..] | ["c", "path", "to", ..] | ["ruta", "a" | "al", ..]
        );
    }
    let is_numbered = first.strip_prefix("crm").is_some_and(|rest| {
        rest.len() > 1 && ["x", "n"].iter().any(|it| rest.replace(it, "").is_empty())
    });
    bracketed
        || STAND_INS.contains(&words.concat().as_str())
        || is_yours
        || is_told
        || is_here && has_noun
        || is_numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_clients_shells_and_templates_are_told_from_values() {
        for text in [
            "${TOKEN}",
            "$TOKEN",
            "${TOKEN:-x}",
            "${input:token}",
            "${env:TOKEN}",
            "a${b}",
            "$env:WOLKVOX_TOKEN",
            "$Env:TOKEN",
            "%WOLKVOX_TOKEN%",
            "!TOKEN!",
            "{{TOKEN}}",
            "{{ .Values.token }}",
            "{env:TOKEN}",
            "{file:./token}",
            "{token}",
            "#{TOKEN}#",
            "<%= token %>",
            "((token))",
            "[[token]]",
            "__TOKEN__",
            "@TOKEN@",
            "env:TOKEN",
            "WOLKVOX_TOKEN",
            "https://${HOST}",
            "https://$HOST",
            "https://{host}/",
            "$HOME/token",
            "%USERPROFILE%\\token",
            "C:\\Users\\%USERNAME%\\token",
            "/home/$USER/token",
            "%HOMEDRIVE%%HOMEPATH%\\token",
        ] {
            assert_eq!(Placeholder::find(text), Some(Placeholder::Variable), "{text}");
        }
        for text in ["$(cat token)", "`cat token`", "$(TOKEN)"] {
            assert_eq!(Placeholder::find(text), Some(Placeholder::Command), "{text}");
        }
    }

    #[test]
    fn the_texts_of_examples_are_told_from_values() {
        for text in [
            "<your-token>",
            "<token>",
            "https://<host>",
            "<your-server>.wolkvox.com",
            "[token]",
            "[YOUR TOKEN]",
            "your-token",
            "YOUR_TOKEN_HERE",
            "yourtoken",
            "your-internal-token",
            "put the CRM's internal token here",
            "put your operation here",
            "put-your-token",
            "tu-token",
            "su_token",
            "su operación",
            "tuempresa",
            "ponga su token aquí",
            "token-here",
            "aqui-va-el-token",
            "changeme",
            "Change-Me",
            "CHANGE_ME",
            "replace-me",
            "replace_with_token",
            "xxxxxxxx",
            "XXXX-XXXX",
            "...",
            "****",
            "TODO",
            "undefined",
            "null",
            "[object Object]",
            "your-company.wolkvox.com",
            "crmXXXX.wolkvox.com",
            "/path/to/token",
            "C:\\path\\to\\token.txt",
            "/ruta/al/token",
        ] {
            assert_eq!(Placeholder::find(text), Some(Placeholder::Example), "{text}");
        }
    }

    #[test]
    fn values_are_no_placeholders() {
        for text in [
            "FICTITIOUS-TOKEN-0001",
            "7b69642d746f6b656e2d66696374",
            "abc/def+ghi=jkl&mno",
            "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
            "$1abc",
            "$2y$10$abc",
            "$a-b",
            "$",
            "a%2Fb%3D",
            "%AB%CD",
            "tokens",
            "token",
            "crm0001.wolkvox.com",
            "https://[::1]:8080",
            "[::1]",
            "localhost",
            "mycompany",
            "empresa",
            "Su Red S.A.S.",
            "Tu Boleta",
            "surtimax",
            "Yourself",
            "Nulo y Cia",
            "Insertos SAS",
            "/etc/wolkvox/token",
            "./token",
            "~/token",
            "C:\\Users\\ana\\token.txt",
            "\\\\host\\C$\\token",
            "wolkvox-proxy.example.com",
            "personal,employees",
            "debug",
            "20s",
            "x",
            "--",
            "xyz",
        ] {
            assert_eq!(Placeholder::find(text), None, "{text}");
        }
    }
}
