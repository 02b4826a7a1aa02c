//! What can be wrong with the value of a setting.

use std::fmt;
use std::io;

use super::{CallersErrorKind, ConfigFileError, TeamError};
use crate::settings::Placeholder;

/// What is wrong with a setting; never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingError {
    /// It is not set, and must be.
    NotSet,
    /// Neither the token nor a file with it is set.
    NoToken {
        /// Whether it is missing in the table of a tenant.
        is_tenants: bool,
    },
    /// The token and a file with it are both set.
    TwoTokens {
        /// Whether they stand in the table of a tenant.
        is_tenants: bool,
    },
    /// A person's own token and a file with it are both set.
    TwoCallerTokens,
    /// Something that only stands for a value.
    Placeholder(Placeholder),
    /// The token, which only its own setting may hold.
    HoldsToken,
    /// The path of a file where the token should be.
    TokenIsPath,
    /// The path of a file where a person's own token should be.
    CallerTokenIsPath,
    /// A path that cannot be understood.
    Path(PathError),
    /// A proxy that cannot be used.
    Proxy(ProxyError),
    /// Bytes that are not Unicode text.
    NotUnicode,
    /// Not an address that may receive the token.
    Address(AddressError),
    /// Not a host name alone.
    Host,
    /// Not a token.
    Token(TokenError),
    /// Not a file with a token.
    TokenFile(TokenFileError),
    /// A file of certificates that cannot be read.
    Unreadable(io::ErrorKind),
    /// Not a bundle of certificates.
    Certificates(CertificatesError),
    /// Not the name of an operation.
    Operation,
    /// Not a list of fields.
    Mask(MaskError),
    /// Not the name of a time zone.
    Timezone,
    /// Not a time with its unit.
    Duration,
    /// Not a whole number from `least` to `most`.
    WholeNumber {
        /// The smallest that is accepted.
        least: u64,
        /// The largest that is accepted.
        most: u64,
    },
    /// Not a way to treat look-ups that cannot be recorded.
    AuditFailure,
    /// Not a way to rotate the audit log.
    AuditRotate,
    /// The audit log goes to stderr, beside which no key can be made.
    AuditKeyNeeded,
    /// Not the address of a Valkey or Redis.
    SharedAddress,
    /// A password in a flag, which every process can read.
    SharedPassword,
    /// A store without a secret for what stands there.
    SharedSecretNeeded,
    /// Not a file of secrets.
    SharedSecrets(SecretsError),
    /// Not a way to do without the store.
    SharedDown,
    /// Neither on nor off.
    OnOrOff,
    /// Not a filter of the log.
    LogFilter,
    /// Not a format of the log.
    LogFormat,
    /// Something in the file of settings.
    ConfigFile(ConfigFileError),
    /// Something that only a team's server knows.
    Team(TeamError),
    /// A file of callers that cannot be used.
    Callers(CallersErrorKind),
}

/// What is wrong with a file of secrets for what processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretsError {
    /// It has none.
    Blank,
    /// One is too short or too long, or holds control characters.
    Length,
    /// It has more than can be meant.
    TooMany,
}

/// Why an address may not receive the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It is not an address.
    Malformed,
    /// It has no host.
    NoHost,
    /// It holds a user name or password.
    Credentials,
    /// It holds `?` or `#`, which may carry a secret.
    Query,
    /// It holds more than host and port.
    NotHostAlone,
    /// A host that wolkvox retired.
    Retired {
        /// The host's new name, if it follows from the old one.
        new_name: Option<String>,
    },
    /// Neither wolkvox's host, nor this computer, nor the one that is allowed.
    Foreign,
    /// http to another computer.
    Unencrypted,
    /// Neither https nor http.
    Scheme,
}

/// Why a text is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is blank.
    Blank,
    /// It only stands for a token.
    Placeholder(Placeholder),
    /// It sets a name to a value, as in a file of variables.
    Assignment,
    /// JSON.
    Json,
    /// The address of a server or a secret.
    Address,
    /// It holds a space, a quote or a character outside printable ASCII.
    Character,
}

/// Why a path cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// It begins with another person's home folder, or there is no home folder.
    Home,
    /// It is an address, not a path.
    Address,
}

/// Why a proxy cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyError {
    /// It is not an address.
    Unreadable,
    /// It is neither an http nor an https proxy.
    Scheme,
    /// `REQUEST_METHOD` is set, as for a CGI program: no proxy is used then.
    Cgi,
}

/// Why a file's token cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFileError {
    /// It cannot be read.
    Unreadable(io::ErrorKind),
    /// It is a folder or a device.
    NotAFile,
    /// It is too large for a token.
    TooLarge,
    /// What it holds is not a token.
    Token(TokenError),
}

/// Why a file is not a bundle of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificatesError {
    /// It holds something else.
    NotPem,
    /// It holds none.
    None,
}

/// Why a list is not one of fields to mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskError {
    /// A name between its commas is blank.
    BlankName,
    /// A name is nearly that of this group.
    NearGroup(&'static str),
    /// A name has a quote.
    Quote,
    /// A name has a bracket.
    Bracket,
    /// Several names stand where one is expected.
    SeveralNames,
    /// A name has `*` for letters that are not written.
    Pattern,
    /// A name has a sign before it, as if it were to be left out.
    Exception,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for SettingError {}
