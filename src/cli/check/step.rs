//! The steps of a check, in the order in which a request goes.

use crate::language::Bilingual;

/// A step of the check, in the order in which a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Settings,
    /// The store that processes share, if there is one.
    Shared,
    Dns,
    Connection,
    Tls,
    /// The company's name in wolkvox, if something is wrong with it.
    Operation,
    Token,
    Quota,
    LookUp,
    /// A team's server, and what it offers.
    Server,
}

impl Step {
    /// The way to wolkvox.
    pub(super) const OWN: [Self; 7] = [
        Self::Settings,
        Self::Dns,
        Self::Connection,
        Self::Tls,
        Self::Token,
        Self::Quota,
        Self::LookUp,
    ];
    /// The way to a team's server.
    pub(super) const TEAM: [Self; 6] =
        [Self::Settings, Self::Dns, Self::Connection, Self::Tls, Self::Token, Self::Server];

    /// Returns the step's name for people.
    pub(super) const fn name(self) -> Bilingual {
        match self {
            Self::Settings => Bilingual::new("settings", "ajustes"),
            Self::Shared => Bilingual::new("shared", "compartido"),
            Self::Dns => Bilingual::new("DNS", "DNS"),
            Self::Connection => Bilingual::new("connection", "conexión"),
            Self::Tls => Bilingual::new("TLS", "TLS"),
            Self::Operation => Bilingual::new("operation", "operación"),
            Self::Token => Bilingual::new("token", "token"),
            Self::Quota => Bilingual::new("quota", "cupo"),
            Self::LookUp => Bilingual::new("look-up", "consulta"),
            Self::Server => Bilingual::new("server", "servidor"),
        }
    }

    /// Returns the step's name in JSON, the same in every language and version.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Shared => "shared",
            Self::Dns => "dns",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Operation => "operation",
            Self::Token => "token",
            Self::Quota => "quota",
            Self::LookUp => "look_up",
            Self::Server => "server",
        }
    }
}
