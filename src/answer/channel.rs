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
static CALLS: [(&str, Group, Bilingual); 8] = [
    ("inbound", Group::Inbound, Bilingual::new("incoming call", "llamada entrante")),
    ("outbound_ma", Group::Outbound, Bilingual::new("manual call", "llamada manual")),
    ("out_pre", Group::Outbound, Bilingual::new("predictive call", "llamada predictiva")),
    ("internal call", Group::Internal, Bilingual::new("internal call", "llamada interna")),
    ("internal call_inb", Group::Internal, Bilingual::new("internal call", "llamada interna")),
    ("internal call_que", Group::Internal, Bilingual::new("internal call", "llamada interna")),
    ("transfer", Group::Internal, Bilingual::new("transferred call", "llamada transferida")),
    ("conference", Group::Internal, Bilingual::new("conference call", "llamada en conferencia")),
];

/// What chats go through, by the end of their code.
const CHATS: [(&str, &str); 7] = [
    ("whatsapp", "WhatsApp"),
    ("web", "chat web"),
    ("email", "e-mail"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("telegram", "Telegram"),
    ("line", "LINE"),
];

fn call(code: &str) -> Option<&'static (&'static str, Group, Bilingual)> {
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
            _ => false,
        }
}

/// Returns a channel in people's words, or the code where none are known.
pub fn channel_in_words(code: &str) -> Bilingual {
    let folded = clean::folded(code);
    if let Some((.., words)) = call(&folded) {
        return words.clone();
    }
    let chat = folded.strip_prefix("chat-").and_then(|end| CHATS.iter().find(|it| it.0 == end));
    match chat {
        Some((_, "e-mail")) => Bilingual::new("e-mail", "correo"),
        Some((_, "chat web")) => Bilingual::new("web chat", "chat web"),
        Some((_, words)) => Bilingual::same(*words),
        None => Bilingual::same(code.to_owned()),
    }
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
}
