//! Channels: what wolkvox's codes for them mean, and the words that stand for several of them.
//!
//! Source: the codes of the Manager's reports. That the CRM's gestiones hold the same ones is likely
//! and not certain, so a code that is not known is shown and found as it stands.

use crate::clean;
use crate::language::Bilingual;

/// What several codes have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Inbound,
    Outbound,
    /// A call inside the company, or a part of another call.
    Internal,
    Chat,
}

/// The codes of calls; those of chats begin with `chat`.
static CALLS: [(&str, Group, Words); 8] = [
    ("inbound", Group::Inbound, INCOMING),
    ("outbound_ma", Group::Outbound, MANUAL),
    ("out_pre", Group::Outbound, PREDICTIVE),
    ("internal call", Group::Internal, INTERNAL),
    ("internal call_inb", Group::Internal, INTERNAL),
    ("internal call_que", Group::Internal, INTERNAL),
    ("transfer", Group::Internal, TRANSFERRED),
    ("conference", Group::Internal, CONFERENCE),
];

/// A channel in people's words: of one contact, and of several.
type Words = [Bilingual; 2];

const INCOMING: Words = [
    Bilingual::new("incoming call", "llamada entrante"),
    Bilingual::new("incoming calls", "llamadas entrantes"),
];
const MANUAL: Words = [
    Bilingual::new("manual call", "llamada manual"),
    Bilingual::new("manual calls", "llamadas manuales"),
];
const PREDICTIVE: Words = [
    Bilingual::new("predictive call", "llamada predictiva"),
    Bilingual::new("predictive calls", "llamadas predictivas"),
];
const INTERNAL: Words = [
    Bilingual::new("internal call", "llamada interna"),
    Bilingual::new("internal calls", "llamadas internas"),
];
const TRANSFERRED: Words = [
    Bilingual::new("transferred call", "llamada transferida"),
    Bilingual::new("transferred calls", "llamadas transferidas"),
];
const CONFERENCE: Words = [
    Bilingual::new("conference call", "llamada en conferencia"),
    Bilingual::new("conference calls", "llamadas en conferencia"),
];
const E_MAIL: Words = [Bilingual::new("e-mail", "correo"), Bilingual::new("e-mails", "correos")];
const WEB_CHAT: Words =
    [Bilingual::new("web chat", "chat web"), Bilingual::new("web chats", "chats web")];

/// What chats go through, by the end of their code; names are the same for several.
const CHATS: [(&str, &str); 5] = [
    ("whatsapp", "WhatsApp"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("telegram", "Telegram"),
    ("line", "LINE"),
];

fn call(code: &str) -> Option<&'static (&'static str, Group, Words)> {
    CALLS.iter().find(|(known, ..)| clean::folded(known) == code)
}

fn group(code: &str) -> Option<Group> {
    match call(code) {
        Some((_, group, _)) => Some(*group),
        None => code.starts_with("chat").then_some(Group::Chat),
    }
}

/// Returns whether a code is the channel that somebody asks for: by its own name, or by a word for
/// several. Both are folded.
pub(super) fn is(code: &str, wanted: &str) -> bool {
    let is_of = |groups: &[Group]| group(code).is_some_and(|group| groups.contains(&group));
    code == wanted
        || match wanted {
            "call" | "calls" | "llamada" | "llamadas" => {
                is_of(&[Group::Inbound, Group::Outbound, Group::Internal])
            }
            "inbound" | "incoming" | "entrante" | "entrantes" => is_of(&[Group::Inbound]),
            "outbound" | "outgoing" | "saliente" | "salientes" => is_of(&[Group::Outbound]),
            "chat" | "chats" => is_of(&[Group::Chat]),
            "whatsapp" => code == "chat-whatsapp",
            _ => [1, 2].map(|count| channels_in_words(code, count)).iter().any(|words| {
                [&words.english, &words.spanish].iter().any(|it| clean::folded(it) == wanted)
            }),
        }
}

/// Returns a channel in people's words, or the code where none are known.
pub fn channel_in_words(code: &str) -> Bilingual {
    channels_in_words(code, 1)
}

/// Returns a channel in people's words for so many contacts.
pub fn channels_in_words(code: &str, count: u64) -> Bilingual {
    let [one, several] = match clean::folded(code).as_str() {
        "chat-web" => WEB_CHAT,
        "chat-email" => E_MAIL,
        folded => match call(folded) {
            Some((.., words)) => words.clone(),
            None => return chat(folded).map_or(Bilingual::same(code.to_owned()), Bilingual::same),
        },
    };
    if count == 1 { one } else { several }
}

fn chat(folded: &str) -> Option<&'static str> {
    let end = folded.strip_prefix("chat-")?;
    CHATS.iter().find(|(known, _)| *known == end).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_several_codes_and_a_code_for_itself() {
        for (wanted, codes) in [
            ("call", &["inbound", "outbound_ma", "out_pre", "internal call", "transfer"][..]),
            ("llamadas", &["inbound", "outbound_ma"]),
            ("outbound", &["outbound_ma", "out_pre"]),
            ("inbound", &["inbound"]),
            ("chat", &["chat-whatsapp", "chat-web", "chat-transferSkill"]),
            ("whatsapp", &["chat-whatsapp"]),
            ("outbound_ma", &["outbound_ma"]),
            ("llamada manual", &["outbound_ma"]),
            ("Llamadas predictivas", &["out_pre"]),
            ("incoming call", &["inbound"]),
            ("correo", &["chat-email"]),
            ("Visita", &["visita"]),
        ] {
            for code in codes {
                assert!(is(&clean::folded(code), &clean::folded(wanted)), "{wanted} {code}");
            }
        }
        for (wanted, code) in [
            ("call", "chat-whatsapp"),
            ("call", "sms"),
            ("inbound", "outbound_ma"),
            ("outbound", "inbound"),
            ("chat", "inbound"),
            ("chat", "mensaje chat"),
            ("out_pre", "outbound_ma"),
            ("llamada manual", "out_pre"),
            ("", "inbound"),
        ] {
            assert!(!is(&clean::folded(code), &clean::folded(wanted)), "{wanted} {code}");
        }
    }

    #[test]
    fn a_channel_that_is_not_known_keeps_its_code() {
        assert_eq!(channel_in_words("out_pre").spanish, "llamada predictiva");
        assert_eq!(channel_in_words("CHAT-WhatsApp").english, "WhatsApp");
        assert_eq!(channel_in_words("chat-email").spanish, "correo");
        assert_eq!(channel_in_words("chat-transferSkill").english, "chat-transferSkill");
        assert_eq!(channel_in_words("Visita").english, "Visita");
    }

    #[test]
    fn several_contacts_of_a_channel_are_in_the_plural() {
        assert_eq!(channels_in_words("inbound", 1).spanish, "llamada entrante");
        assert_eq!(channels_in_words("inbound", 33).spanish, "llamadas entrantes");
        assert_eq!(channels_in_words("inbound", 2).english, "incoming calls");
        assert_eq!(channels_in_words("chat-whatsapp", 2).english, "WhatsApp");
    }
}
