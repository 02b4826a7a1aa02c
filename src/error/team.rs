//! What can be wrong with the file of settings, with a team's settings, and with the callers.

use std::io;
use std::path::PathBuf;

use super::SettingError;
use crate::settings::Setting;

/// What is wrong with the file of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFileError {
    /// It is not UTF-8 text.
    NotUtf8,
    /// It counts for everybody on the computer, and others than an administrator can change it.
    NotAdministrators,
    /// It is not TOML.
    NotToml {
        /// Counted from 1.
        line: usize,
        /// What was met there; never the line's text.
        detail: String,
    },
    /// A key that is not known.
    UnknownKey {
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// A setting of the server in the table of a tenant or a role.
    Misplaced,
    /// A table where a value is expected.
    NotValue,
    /// A value where a table is expected.
    NotTable,
    /// The token, in a file that others can read or change.
    OpenSecret,
}

/// What is wrong with the settings of a team's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamError {
    /// Not an address with a port.
    Listen,
    /// The address of the clients' server.
    SameAddress,
    /// Not an address that clients can be told.
    PublicUrl(PublicUrlError),
    /// Not an address or a network.
    Proxy,
    /// A network of all addresses.
    EveryProxy,
    /// Everybody who reaches the server could look up customers.
    NoCallers {
        /// The setting by which others than this computer reach it.
        because: Setting,
    },
    /// Others than this computer are served, at an address that is not known.
    NoPublicUrl,
    /// Others than this computer are served, and tokens could be read on the way.
    NoEncryption,
    /// A real account is served, and nothing would tell who asked.
    NoAudit,
    /// It is needed beside another.
    NotSetBeside(Setting),
    /// It has no effect without another.
    UselessWithout(Setting),
    /// Not the address of an issuer.
    Issuer,
    /// A list with a blank or broken name.
    Names,
    /// It must stand in the table of each tenant.
    BesideTenants,
    /// Not a name that can stand in an address.
    TenantName,
    /// Not a name of a role.
    RoleName,
    /// A list of tenants without any.
    NoTenants,
    /// A tenant that is not there.
    UnknownTenant {
        /// As the role names it.
        name: String,
        /// Those that are there.
        known: Vec<String>,
    },
}

/// Why an address cannot be told to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicUrlError {
    /// Not an address of a web server.
    Malformed,
    /// It holds a user name or password.
    Credentials,
    /// It has a path, a `?` or a `#`.
    NotHostAlone,
    /// http to another computer.
    Unencrypted,
}

/// Why a file of callers cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallersError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: CallersErrorKind,
}

/// What can be wrong with a file of callers, or with a change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallersErrorKind {
    /// It cannot be read.
    Unreadable(io::ErrorKind),
    /// It cannot be written.
    Unwritable(io::ErrorKind),
    /// Another program is changing it.
    Locked,
    /// Others than its owner can change it, and so let themselves in.
    WritableByOthers,
    /// Something in it is wrong.
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What.
        problem: CallerProblem,
    },
    /// A caller of this name is there already.
    Exists(String),
    /// No caller has this name.
    Unknown(String),
    /// Not a name for a caller.
    Name,
    /// No role of this name is configured.
    UnknownRole {
        /// As it was given.
        name: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// Roles are configured, and none was given.
    NoRole {
        /// Those that are there.
        known: Vec<String>,
    },
    /// Neither a time from now nor a day to come.
    Expiry,
    /// The system gives no random numbers.
    NoRandomness,
}

/// What is wrong at a line of a file of callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallerProblem {
    /// It is not UTF-8 text.
    NotUtf8,
    /// It is not TOML.
    NotToml,
    /// A key that is not known.
    UnknownKey(String),
    /// `callers` is not a list of tables.
    NotCallers,
    /// A key is not text.
    NotText(&'static str),
    /// A key is missing.
    Missing(&'static str),
    /// Not a name for a caller.
    Name,
    /// Not a SHA-256 in hexadecimal digits.
    Digest,
    /// Not a day or a time.
    Time(&'static str),
    /// A name that is there twice.
    SameName(String),
    /// A token that is there twice.
    SameToken,
}

impl From<ConfigFileError> for SettingError {
    fn from(problem: ConfigFileError) -> Self {
        Self::ConfigFile(problem)
    }
}

impl From<TeamError> for SettingError {
    fn from(problem: TeamError) -> Self {
        Self::Team(problem)
    }
}

/// Why the server's certificate cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFilesError {
    /// One of the files cannot be read.
    Unreadable(std::io::ErrorKind),
    /// `WOLKVOX_TLS_CERT` holds no certificate.
    NoCertificate,
    /// `WOLKVOX_TLS_KEY` holds no key that can be used.
    NoKey,
    /// The key belongs to another certificate.
    NotItsKey,
}

impl std::error::Error for TlsFilesError {}

impl std::fmt::Display for TlsFilesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text().fmt(f)
    }
}
